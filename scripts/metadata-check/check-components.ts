import path from 'node:path';
import { isCustom, type Catalog, type MetadataProblem } from './catalog.ts';
import { below, child, textOf, textsOf, type MetadataElement } from './metadata-file.ts';
import { COMPONENT_TARGETS } from './platform-values.ts';

/** Lightning web components: their settings, and what their scripts and templates name. */
export function checkComponents(catalog: Catalog): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  for (const [name, { file, root }] of catalog.of('LightningComponentBundle')) {
    const folder = path.dirname(file);
    const found = targetProblems(root, catalog.script(name) ?? '');
    if (path.basename(folder) !== name)
      found.push(`it lies in the folder ${path.basename(folder)}: name both alike`);
    if (catalog.script(name) === undefined) found.push(`${name}.js is missing beside it`);
    problems.push(...found.map((problem) => ({ file, problem })));
    for (const [part, text] of catalog.source) {
      if (path.dirname(part) !== folder) continue;
      if (part.endsWith('.js')) problems.push(...importProblems(catalog, part, text));
      if (part.endsWith('.html')) problems.push(...templateProblems(catalog, part, text));
    }
  }
  return problems;
}

function targetProblems(root: MetadataElement, script: string): string[] {
  const targets = textsOf(child(root, 'targets') ?? root, 'target');
  const isExposed = textOf(root, 'isExposed') === 'true';
  const configured = below(root, 'targetConfig').flatMap((config) =>
    (config.attributes.targets ?? '').split(',').map((target) => target.trim()),
  );
  return [
    ...(isExposed && targets.length === 0 ? ['it is exposed and nowhere to be put: add <targets>'] : []),
    ...targets
      .filter((target) => !COMPONENT_TARGETS.has(target))
      .map((target) => `${target} is not a target of Salesforce's; lightning__AppPage is one`),
    ...configured
      .filter((target) => !targets.includes(target))
      .map((target) => `<targetConfig> names ${target}, which is not among <targets>`),
    ...below(root, 'targetConfig')
      .flatMap((config) => below(config, 'property'))
      .map((property) => property.attributes.name ?? '')
      .filter((name) => !new RegExp(`@api\\s+(get\\s+|set\\s+)?${name}\\b`).test(script))
      .map((name) => `<property> ${name} is not an @api property of the component`),
  ];
}

const IMPORT = /(?:from|import)\s+'([^']+)'/g;

function importProblems(catalog: Catalog, file: string, text: string): MetadataProblem[] {
  return [...text.matchAll(IMPORT)]
    .map(([, name = '']) => importProblem(catalog, file, name))
    .flatMap((problem) => (problem === null ? [] : [{ file, problem }]));
}

function importProblem(catalog: Catalog, file: string, name: string): string | null {
  const [, scope, rest = ''] = /^(@salesforce\/\w+|c|\.)\/(.+)$/.exec(name) ?? [];
  switch (scope) {
    case '@salesforce/apex':
      return methodProblem(catalog, rest);
    case '@salesforce/label':
      return catalog.labels.has(rest.replace(/^c\./, '')) ? null : `${name} is not a label of the package`;
    case '@salesforce/customPermission':
      return catalog.has('CustomPermission', rest)
        ? null
        : `${name} is not a custom permission of the package`;
    case '@salesforce/schema':
      return schemaProblem(catalog, rest);
    case 'c':
      return catalog.has('LightningComponentBundle', rest)
        ? null
        : `${name} is not a component of the package`;
    case '.':
      return isThere(catalog, path.join(path.dirname(file), rest))
        ? null
        : `${name} is not a file of the component`;
    default:
      return null;
  }
}

const isThere = (catalog: Catalog, file: string) =>
  ['', '.js', '.html', '.css'].some((ending) => catalog.source.has(`${file}${ending}`)) ||
  file.endsWith('.css');

/** A component calls what is static and @AuraEnabled. */
function methodProblem(catalog: Catalog, name: string): string | null {
  const [className = '', method = ''] = name.split('.');
  const body = catalog.classBody(className);
  if (body === undefined) return `the class ${className} is not in the package`;
  const declared = new RegExp(`@AuraEnabled[^;{}]*?static\\s[^;{}()]*\\b${method}\\s*\\(`, 'i');
  return declared.test(body) ? null : `${name} is not a static @AuraEnabled method`;
}

function schemaProblem(catalog: Catalog, name: string): string | null {
  const [object = '', field] = name.split('.');
  if (isCustom(object) && !catalog.has('CustomObject', object))
    return `${object} is not an object of the package`;
  if (field !== undefined && isCustom(field) && !catalog.field(object, field))
    return `${name} is not a field of the package`;
  return null;
}

/** `<c-di-error-panel>` is the component diErrorPanel. */
function templateProblems(catalog: Catalog, file: string, text: string): MetadataProblem[] {
  const names = [...text.matchAll(/<c-([a-z0-9-]+)/g)].map(([, tag = '']) =>
    tag.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase()),
  );
  return [...new Set(names)]
    .filter((name) => !catalog.has('LightningComponentBundle', name))
    .map((name) => ({ file, problem: `the component ${name} is not in the package` }));
}
