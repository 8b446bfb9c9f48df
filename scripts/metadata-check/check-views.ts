import { doubled, isCustom, objectOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, below, child, textOf, textsOf, type MetadataElement } from './metadata-file.ts';
import { LIST_VIEW_COLUMNS, STANDARD_FIELDS } from './platform-values.ts';

/** What shows the fields of an object: list views, compact layouts, page layouts. */
export function checkViews(catalog: Catalog): MetadataProblem[] {
  return [...listViewProblems(catalog), ...compactLayoutProblems(catalog), ...layoutProblems(catalog)];
}

const isField = (catalog: Catalog, object: string, name: string) =>
  STANDARD_FIELDS.has(name) || catalog.field(object, name) !== undefined;

const missing = (object: string, name: string, as: string) =>
  `${as} ${name} is not a field of ${object}: name one that the package has`;

/** Types that no list can show, sort or filter by. */
const NOT_IN_LISTS = new Set(['LongTextArea', 'Html', 'EncryptedText']);

function listViewProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('ListView').values()].flatMap(({ file, root, name }) => {
    const object = objectOf({ file, root, name });
    const columns = textsOf(root, 'columns');
    const filters = all(root, 'filters');
    const named = [...columns, ...filters.map((filter) => textOf(filter, 'field') ?? '')];
    const problems = [
      ...named
        .filter((column) => !LIST_VIEW_COLUMNS.has(column) && !catalog.field(object, column))
        .map((column) => missing(object, column, 'the column or filter')),
      ...named
        .filter((column) => NOT_IN_LISTS.has(textOf(catalog.field(object, column) ?? NOTHING, 'type') ?? ''))
        .map((column) => `${column} is a long text, which no list view shows`),
      ...doubled(columns).map((column) => `the column ${column} stands twice`),
      ...filters.flatMap((filter) => filterProblems(catalog, object, filter)),
    ];
    if (columns.length > 15)
      problems.push(`a list view has 15 columns at most, and this one ${columns.length}`);
    return problems.map((problem) => ({ file, problem }));
  });
}

const NOTHING: MetadataElement = { name: '', text: '', attributes: {}, children: [] };

/** A filter by a picklist names values that it has. */
function filterProblems(catalog: Catalog, object: string, filter: MetadataElement): string[] {
  const name = textOf(filter, 'field') ?? '';
  const field = catalog.field(object, name);
  if (!field || textOf(field, 'type') !== 'Picklist') return [];
  const values = picklistValues(field);
  return (textOf(filter, 'value') ?? '')
    .split(',')
    .filter((value) => value !== '' && !values.includes(value))
    .map((value) => `'${value}' is not a value of ${object}.${name}`);
}

export function picklistValues(field: MetadataElement): string[] {
  return below(field, 'value').flatMap((value) => textOf(value, 'fullName') ?? []);
}

function compactLayoutProblems(catalog: Catalog): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  for (const [fullName, layout] of catalog.of('CompactLayout')) {
    const object = fullName.split('.')[0] ?? '';
    const fields = textsOf(layout.root, 'fields');
    const found = [
      ...fields
        .filter((name) => !isField(catalog, object, name))
        .map((name) => missing(object, name, 'the field')),
      ...fields
        .filter((name) => NOT_IN_LISTS.has(textOf(catalog.field(object, name) ?? NOTHING, 'type') ?? ''))
        .map((name) => `${name} is a long text, which no compact layout shows`),
      ...doubled(fields).map((name) => `the field ${name} stands twice`),
    ];
    if (fields.length > 10)
      found.push(`a compact layout has 10 fields at most, and this one ${fields.length}`);
    problems.push(...found.map((problem) => ({ file: layout.file, problem })));
  }
  for (const [name, { file, root }] of catalog.of('CustomObject')) {
    const assigned = textOf(root, 'compactLayoutAssignment');
    if (assigned && assigned !== 'SYSTEM' && !catalog.has('CompactLayout', `${name}.${assigned}`))
      problems.push({
        file,
        problem: `<compactLayoutAssignment> names ${assigned}, which ${name} does not have`,
      });
  }
  return problems;
}

/** A page layout shows fields that there are, once, and every field that a record needs. */
function layoutProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('Layout').values()].flatMap(({ file, root, name }) => {
    const object = decodeURIComponent(name).split('-')[0] ?? '';
    if (!isCustom(object)) return [];
    if (!catalog.has('CustomObject', object))
      return [{ file, problem: `it is the layout of ${object}, which is not in the package` }];
    const items = below(root, 'layoutItems').filter((item) => child(item, 'field'));
    const fields = items.map((item) => textOf(item, 'field') ?? '');
    const problems = [
      ...fields
        .filter((each) => !isField(catalog, object, each))
        .map((each) => missing(object, each, 'the field')),
      ...doubled(fields).map((each) => `the field ${each} stands twice`),
      ...requiredFields(catalog, object)
        .filter((each) => !fields.includes(each))
        .map((each) => `it leaves out ${each}, which a record needs: add it`),
      ...items.flatMap((item) => behaviorProblems(catalog, object, item)),
      ...relatedListProblems(catalog, root),
    ];
    return problems.map((problem) => ({ file, problem }));
  });
}

function requiredFields(catalog: Catalog, object: string): string[] {
  const isTyped = textOf(child(catalog.object(object) ?? NOTHING, 'nameField') ?? NOTHING, 'type') === 'Text';
  const required = catalog
    .fieldsOf(object)
    .filter(([, field]) => textOf(field, 'required') === 'true' || textOf(field, 'type') === 'MasterDetail')
    .map(([name]) => name);
  return [...(isTyped ? ['Name'] : []), ...required];
}

/** What a record needs is marked as required, and what nobody types is marked as read only. */
function behaviorProblems(catalog: Catalog, object: string, item: MetadataElement): string[] {
  const name = textOf(item, 'field') ?? '';
  const behavior = textOf(item, 'behavior');
  const field = catalog.field(object, name);
  const isComputed =
    field !== undefined && (child(field, 'formula') !== undefined || textOf(field, 'type') === 'AutoNumber');
  if (isComputed && behavior !== 'Readonly') return [`${name} is computed: its <behavior> is Readonly`];
  if (requiredFields(catalog, object).includes(name) && behavior !== 'Required')
    return [`${name} is needed by a record: its <behavior> is Required`];
  return [];
}

/** `DI_Load__c.Transfer__c` is the list of loads below a transfer. */
function relatedListProblems(catalog: Catalog, root: MetadataElement): string[] {
  return all(root, 'relatedLists').flatMap((list) => {
    const name = textOf(list, 'relatedList') ?? '';
    if (!isCustom(name)) return [];
    const object = name.split('.')[0] ?? '';
    if (!catalog.has('CustomField', name)) return [`the related list ${name} is not a field of the package`];
    return textsOf(list, 'fields')
      .filter((each) => !LIST_VIEW_COLUMNS.has(each) && !catalog.field(object, each))
      .map((each) => missing(object, each, 'the column'));
  });
}
