import { doubled, isCustom, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, below, child, textOf, textsOf, type MetadataElement } from './metadata-file.ts';
import { PAGE_TYPES } from './platform-values.ts';
import { TAB_ICONS } from './tab-icons.ts';

/** Applications, tabs and Lightning pages, and what they name. */
export function checkPages(catalog: Catalog): MetadataProblem[] {
  return [...applicationProblems(catalog), ...tabProblems(catalog), ...pageProblems(catalog)];
}

function applicationProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomApplication').values()].flatMap(({ file, root }) => {
    const tabs = textsOf(root, 'tabs');
    const bar = textOf(root, 'utilityBar');
    const problems = [
      ...tabs
        .filter((tab) => !tab.startsWith('standard-') && !catalog.has('CustomTab', tab))
        .map((tab) => `the tab ${tab} is not in the package: add it or take it out`),
      ...doubled(tabs).map((tab) => `the tab ${tab} stands twice`),
    ];
    const colour = textOf(child(root, 'brand') ?? root, 'headerColor') ?? '#000000';
    if (!/^#[0-9A-Fa-f]{6}$/.test(colour))
      problems.push(`<headerColor> is six hexadecimal digits after #, not ${colour}`);
    problems.push(
      ...all(root, 'actionOverrides')
        .filter((each) => textOf(each, 'type') === 'Flexipage')
        .map((each) => textOf(each, 'content') ?? '')
        .filter((page) => !catalog.has('FlexiPage', page))
        .map((page) => `the page ${page} is not in the package`),
    );
    if (bar && !catalog.has('FlexiPage', bar)) problems.push(`the utility bar ${bar} is not in the package`);
    return problems.map((problem) => ({ file, problem }));
  });
}

/** Of these a tab names one, and shows it. */
const SHOWN_BY_TABS = ['customObject', 'flexiPage', 'lwcComponent', 'page', 'url', 'auraComponent'];

function tabProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomTab').values()].flatMap(({ file, root, name }) => {
    const shown = SHOWN_BY_TABS.filter((each) => child(root, each));
    const [page, component, icon] = [
      textOf(root, 'flexiPage'),
      textOf(root, 'lwcComponent'),
      textOf(root, 'motif'),
    ];
    const problems: string[] = [];
    if (shown.length !== 1)
      problems.push(`a tab shows one thing, and this one ${shown.join(', ') || 'nothing'}`);
    if (textOf(root, 'customObject') === 'true') problems.push(...objectTabProblems(catalog, name, root));
    else if (!child(root, 'label')) problems.push('a tab that shows no object needs <label>');
    if (page !== undefined && !catalog.has('FlexiPage', page))
      problems.push(`the page ${page} is not in the package`);
    if (component !== undefined && !catalog.targets(component).includes('lightning__Tab'))
      problems.push(`the component ${component} is not in the package with the target lightning__Tab`);
    if (icon === undefined || !TAB_ICONS.has(icon))
      problems.push(`<motif> '${icon ?? ''}' is not one of Salesforce's tab icons; Custom13: Box is one`);
    return problems.map((problem) => ({ file, problem }));
  });
}

function objectTabProblems(catalog: Catalog, name: string, root: MetadataElement): string[] {
  if (!catalog.has('CustomObject', name)) return [`it is the tab of ${name}, which is not in the package`];
  const object = catalog.object(name);
  if (name.endsWith('__e') || (object && child(object, 'customSettingsType')))
    return [`${name} holds no records that a tab could show`];
  return child(root, 'label')
    ? ['the tab of an object takes no <label>: it has the label of the object']
    : [];
}

function pageProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('FlexiPage').values()].flatMap(({ file, root }) =>
    [
      ...templateProblems(root),
      ...sobjectProblems(catalog, root),
      ...below(root, 'componentInstance').flatMap((instance) => componentProblems(catalog, root, instance)),
      ...doubled(below(root, 'identifier').map(({ text }) => text)).map(
        (identifier) => `the identifier ${identifier} stands twice: give each component its own`,
      ),
    ].map((problem) => ({ file, problem })),
  );
}

/** The template is one of the page's type, and has the regions that are filled. */
function templateProblems(root: MetadataElement): string[] {
  const type = textOf(root, 'type') ?? '';
  const template = textOf(child(root, 'template') ?? root, 'name') ?? '';
  const templates = PAGE_TYPES[type]?.templates;
  if (!templates)
    return [`the page's type ${type} is not known here: add it to PAGE_TYPES with its templates`];
  const regions = templates[template];
  if (!regions)
    return [`the template ${template} is none of ${type}: take one of ${Object.keys(templates).join(', ')}`];
  return all(root, 'flexiPageRegions')
    .filter((region) => textOf(region, 'type') === 'Region')
    .map((region) => textOf(region, 'name') ?? '')
    .filter((name) => !regions.includes(name))
    .map((name) => `the region ${name} is not in ${template}: take one of ${regions.join(', ')}`);
}

function sobjectProblems(catalog: Catalog, root: MetadataElement): string[] {
  const object = textOf(root, 'sobjectType');
  if (textOf(root, 'type') === 'RecordPage' && object === undefined)
    return ['a record page needs <sobjectType>'];
  if (textOf(root, 'type') === 'AppPage' && object !== undefined)
    return [`an app page is of no object, and this one of ${object}: remove <sobjectType>`];
  return object !== undefined && isCustom(object) && !catalog.has('CustomObject', object)
    ? [`<sobjectType> names ${object}, which is not in the package`]
    : [];
}

/** Components of the platform have a namespace, `flexipage:richText`; the package's own have none, or `c:`. */
function componentProblems(catalog: Catalog, page: MetadataElement, instance: MetadataElement): string[] {
  const name = (textOf(instance, 'componentName') ?? '').replace(/^c:/, '');
  if (name.includes(':')) return [];
  if (!catalog.has('LightningComponentBundle', name))
    return [`the component ${name} is not in the package: add it or take it out`];
  const type = textOf(page, 'type') ?? '';
  const target = PAGE_TYPES[type]?.target;
  const script = catalog.script(name) ?? '';
  return [
    ...(target === undefined || catalog.targets(name).includes(target)
      ? []
      : [
          `the component ${name} may not stand on a page of type ${type}: expose it with the target ${target}`,
        ]),
    ...all(instance, 'componentInstanceProperties')
      .map((property) => textOf(property, 'name') ?? '')
      .filter((property) => !new RegExp(`@api\\s+(get\\s+|set\\s+)?${property}\\b`).test(script))
      .map((property) => `the component ${name} has no property ${property}`),
  ];
}
