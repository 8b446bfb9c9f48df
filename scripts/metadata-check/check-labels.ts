import path from 'node:path';
import { doubled, type Catalog, type MetadataProblem } from './catalog.ts';
import { picklistValues } from './check-views.ts';
import { all, textOf, textsOf, type MetadataElement } from './metadata-file.ts';

/** How long the parts of a label may be (Help: Custom Labels). */
const LONGEST = { fullName: 80, shortDescription: 80, categories: 255, value: 1000 };

/** Characters of the label of an app, a tab, a page (Metadata API: Translations). */
const LONGEST_LABEL = 80;

/** Custom labels and the translations of everything that has one. */
export function checkLabels(catalog: Catalog): MetadataProblem[] {
  return [
    ...labelProblems(catalog),
    ...translationProblems(catalog),
    ...fieldTranslationProblems(catalog),
    ...objectTranslationProblems(catalog),
  ];
}

function labelProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomLabels').values()].flatMap(({ file, root }) => {
    const names = textsOfAll(root, 'labels', 'fullName');
    return [
      ...doubled(names.map((name) => name.toLowerCase())).map(
        (name) => `the label ${name} stands twice: rename one`,
      ),
      ...root.children.flatMap((label) => lengthProblems(label, textOf(label, 'fullName') ?? '')),
      ...all(root, 'labels').flatMap(valueProblems),
    ].map((problem) => ({ file, problem }));
  });
}

/** A language as Salesforce names it, `fr` or `en_US`, and a text in it. */
function valueProblems(label: MetadataElement): string[] {
  const name = textOf(label, 'fullName') ?? '';
  const language = textOf(label, 'language') ?? '';
  return [
    ...((textOf(label, 'value') ?? '').trim() === '' ? [`the label ${name} has no <value>`] : []),
    ...(/^[a-z]{2}(_[A-Z]{2})?$/.test(language)
      ? []
      : [`<language> of the label ${name} is not one: en_US is`]),
  ];
}

const textsOfAll = (root: MetadataElement, list: string, key: string) =>
  all(root, list).flatMap((entry) => textOf(entry, key) ?? []);

function lengthProblems(label: MetadataElement, name: string): string[] {
  return Object.entries(LONGEST).flatMap(([element, most]) =>
    textsOf(label, element)
      .filter((text) => text.length > most)
      .map(
        (text) => `<${element}> of the label ${name} has ${text.length} characters, and ${most} are allowed`,
      ),
  );
}

/** What a translation names by its list, and what of the package that has to be. */
const TRANSLATED = [
  ['customApplications', 'CustomApplication'],
  ['customTabs', 'CustomTab'],
  ['reportTypes', 'ReportType'],
  ['flexiPages', 'FlexiPage'],
] as const;

function translationProblems(catalog: Catalog): MetadataProblem[] {
  const labels = catalog.labels;
  return [...catalog.of('Translations').values()].flatMap(({ file, root }) => {
    const names = textsOfAll(root, 'customLabels', 'name');
    return [
      ...names
        .filter((name) => !labels.has(name))
        .map((name) => `it translates the label ${name}, which is not in the package`),
      ...doubled(names).map((name) => `it translates the label ${name} twice`),
      ...[...labels.keys()]
        .filter((name) => !names.includes(name))
        .map((name) => `the label ${name} is not translated: add it`),
      ...all(root, 'customLabels')
        .filter((entry) => (textOf(entry, 'label') ?? '').length > LONGEST.value)
        .map(
          (entry) => `the translation of ${textOf(entry, 'name')} is longer than ${LONGEST.value} characters`,
        ),
      ...TRANSLATED.flatMap(([list]) =>
        all(root, list)
          .filter((entry) => (textOf(entry, 'label') ?? '').length > LONGEST_LABEL)
          .map(
            (entry) =>
              `the translation of ${textOf(entry, 'name')} is longer than ${LONGEST_LABEL} characters`,
          ),
      ),
      ...TRANSLATED.flatMap(([list, type]) =>
        textsOfAll(root, list, 'name')
          .filter((name) => !catalog.has(type, name))
          .map((name) => `${list} translates ${name}, which is not in the package`),
      ),
    ].map((problem) => ({ file, problem }));
  });
}

/** `objectTranslations/DI_Outbox__c-fr/Status__c.fieldTranslation-meta.xml` is about DI_Outbox__c. */
const objectOfFolder = (file: string) => path.basename(path.dirname(file)).replace(/-[^-]+$/, '');

function fieldTranslationProblems(catalog: Catalog): MetadataProblem[] {
  const files = catalog.files.filter(({ root }) => root.name === 'CustomFieldTranslation');
  return files.flatMap(({ file, root }) => {
    const object = objectOfFolder(file);
    const name = textOf(root, 'name') ?? '';
    const field = catalog.field(object, name);
    if (!field) return [{ file, problem: `it translates ${object}.${name}, which is not in the package` }];
    const values = picklistValues(field);
    const [help, translated] = [textOf(field, 'inlineHelpText'), textOf(root, 'help')];
    return [
      ...textsOfAll(root, 'picklistValues', 'masterLabel')
        .filter((value) => !values.includes(value))
        .map((value) => `'${value}' is not a value of ${object}.${name}`),
      ...(help !== undefined && translated === undefined ? [`the help of ${name} is not translated`] : []),
      ...(help === undefined && translated !== undefined ? [`${name} has no help to be translated`] : []),
    ].map((problem) => ({ file, problem }));
  });
}

/** An object that is translated is so with all its fields. */
function untranslatedFields(catalog: Catalog, file: string, object: string): string[] {
  const folder = path.dirname(file);
  return catalog
    .fieldsOf(object)
    .map(([name]) => name)
    .filter((name) => !catalog.source.has(path.join(folder, `${name}.fieldTranslation-meta.xml`)))
    .map((name) => `the field ${name} is not translated: add it`);
}

function objectTranslationProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomObjectTranslation').values()].flatMap(({ file, root }) => {
    const object = objectOfFolder(file);
    const name = path.basename(path.dirname(file));
    return [
      ...(catalog.has('CustomObject', object)
        ? []
        : [`it translates ${object}, which is not in the package`]),
      ...(path.basename(file).startsWith(`${name}.`)
        ? []
        : [`it lies in the folder ${name}: name both alike`]),
      ...textsOfAll(root, 'layouts', 'layout')
        .filter((layout) => !catalog.has('Layout', `${object}-${layout}`))
        .map((layout) => `it translates the layout ${layout}, which is not in the package`),
      ...untranslatedFields(catalog, file, object),
      ...all(root, 'layouts').flatMap((layout) => sectionProblems(catalog, object, layout)),
    ].map((problem) => ({ file, problem }));
  });
}

/** A section that has a label of the package's own is translated by that label. */
function sectionProblems(catalog: Catalog, object: string, translation: MetadataElement): string[] {
  const layout = textOf(translation, 'layout') ?? '';
  const found = catalog.of('Layout').get(`${object}-${layout}`);
  if (!found) return [];
  const sections = all(found.root, 'layoutSections')
    .filter((section) => textOf(section, 'customLabel') === 'true')
    .flatMap((section) => textOf(section, 'label') ?? []);
  const translated = textsOfAll(translation, 'sections', 'section');
  return [
    ...sections
      .filter((section) => !translated.includes(section))
      .map((section) => `the section ${section} of ${layout} is not translated: add it`),
    ...translated
      .filter((section) => !sections.includes(section))
      .map((section) => `it translates the section ${section}, which ${layout} does not have`),
  ];
}
