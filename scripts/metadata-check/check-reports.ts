import { doubled, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, textOf, type MetadataElement } from './metadata-file.ts';
import { isField, missing } from './check-views.ts';

/** Report types: the object they are of, and the fields that they offer. */
export function checkReports(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('ReportType').values()].flatMap(({ file, root }) => {
    const base = textOf(root, 'baseObject') ?? '';
    const columns = all(root, 'sections').flatMap((section) => all(section, 'columns'));
    const problems = [
      ...baseProblems(catalog, base),
      ...columns.flatMap((column) => columnProblems(catalog, base, column)),
      ...doubled(columns.map((column) => textOf(column, 'field') ?? '')).map(
        (field) => `the field ${field} stands twice`,
      ),
    ];
    return problems.map((problem) => ({ file, problem }));
  });
}

function baseProblems(catalog: Catalog, base: string): string[] {
  const object = catalog.object(base);
  if (!object) return [`the object ${base} is not in the package`];
  return textOf(object, 'enableReports') === 'true'
    ? []
    : [`${base} allows no reports: set <enableReports> of the object`];
}

function columnProblems(catalog: Catalog, base: string, column: MetadataElement): string[] {
  const [table, field] = [textOf(column, 'table') ?? '', textOf(column, 'field') ?? ''];
  if (table !== base) return [`the field ${field} is of ${table}, which the report type does not join`];
  return isField(catalog, base, field) ? [] : [missing(base, field, 'the column')];
}
