import { doubled, objectOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, below, textOf, textsOf, type MetadataElement } from './metadata-file.ts';
import { LIST_VIEW_COLUMNS, STANDARD_FIELDS } from './platform-values.ts';

/** What shows the fields of an object in short: list views, compact layouts. */
export function checkViews(catalog: Catalog): MetadataProblem[] {
  return [...listViewProblems(catalog), ...compactLayoutProblems(catalog)];
}

export const isField = (catalog: Catalog, object: string, name: string) =>
  STANDARD_FIELDS.has(name) || catalog.field(object, name) !== undefined;

export const missing = (object: string, name: string, as: string) =>
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
      ...viewProblems(root, name, filters.length),
    ];
    if (columns.length > 15)
      problems.push(`a list view has 15 columns at most, and this one ${columns.length}`);
    return problems.map((problem) => ({ file, problem }));
  });
}

const NOTHING: MetadataElement = { name: '', text: '', attributes: {}, children: [] };

function viewProblems(root: MetadataElement, name: string, filters: number): string[] {
  const places = [...(textOf(root, 'booleanFilter') ?? '').matchAll(/\d+/g)].map(([place]) => Number(place));
  return [
    ...(textOf(root, 'fullName') === name ? [] : [`<fullName> is not the file's name, ${name}`]),
    ...places
      .filter((place) => place < 1 || place > filters)
      .map((place) => `<booleanFilter> names the filter ${place}, and there are ${filters}`),
    ...(textOf(root, 'filterScope') === 'Queue' && textOf(root, 'queue') === undefined
      ? ['<filterScope> Queue needs a <queue>']
      : []),
  ];
}

/** A filter by a picklist names values that it has, one by a number a number. */
function filterProblems(catalog: Catalog, object: string, filter: MetadataElement): string[] {
  const name = textOf(filter, 'field') ?? '';
  const field = catalog.field(object, name);
  const value = textOf(filter, 'value') ?? '';
  if (field && textOf(field, 'type') === 'Number' && Number.isNaN(Number(value)))
    return [`'${value}' is not a number, which ${object}.${name} is filtered by`];
  if (!field || textOf(field, 'type') !== 'Picklist') return [];
  const values = picklistValues(field);
  return value
    .split(',')
    .filter((each) => each !== '' && !values.includes(each))
    .map((each) => `'${each}' is not a value of ${object}.${name}`);
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
