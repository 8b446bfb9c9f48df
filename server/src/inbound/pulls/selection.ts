import { unprocessable } from '../../http/problem.ts';
import type { OrgObject, SalesforceOrg } from '../../salesforce/org.ts';
import { fieldsOf, type MappingEntry } from '../../projects/mapping-schema.ts';
import { soqlText } from '../../salesforce/soql.ts';
import type { PullSelection } from './pull-schema.ts';
import { readCustomQuery } from './custom-query.ts';

/** A run's queries over one object. */
export interface RunQueries {
  /** Records, with `Id`, `SystemModstamp`, `IsDeleted` where deleted ones are asked for, the checkbox, and the mapped fields. */
  readonly records: string;
  /** How many records there are; one row with `n`. */
  readonly count: string;
  /** The most that are fetched, whatever their number; null without a limit. */
  readonly limit: number | null;
  /** Whether deleted records are asked for. */
  readonly withDeleted: boolean;
  /** Values a record brings beside Id and SystemModstamp, by the paths that the mapping has. */
  readonly fields: readonly string[];
  readonly checkbox: string | null;
}

/** A query written by hand has to bring what it fetches to some column. Throws a 422 problem that names what is not mapped. */
export function checkSelection(selection: PullSelection, object: string, mapped: readonly string[]): void {
  if (selection.type !== 'query') return;
  const known = new Set([...mapped, 'Id', 'SystemModstamp'].map((field) => field.toLowerCase()));
  const stray = readCustomQuery(selection.soql, object).fields.filter(
    (field) => !known.has(field.toLowerCase()),
  );
  if (stray.length > 0)
    throw unprocessable(
      'field-not-mapped',
      `The query selects ${stray.join(', ')}, which the transfer maps to no column. Map them, or leave them out.`,
    );
}

/** Throws a 422 problem where the selection's checkbox is none, or the object cannot be queried. */
export function checkSelectionInOrg(selection: PullSelection, described: OrgObject): void {
  if (!described.isQueryable)
    throw unprocessable(
      'object-not-queryable',
      `${described.name} cannot be queried by the authorized user.`,
    );
  if (selection.type !== 'checkbox') return;
  const field = described.fields.find((each) => each.name.toLowerCase() === selection.field.toLowerCase());
  if (!field)
    throw unprocessable(
      'unknown-field',
      `${described.name} has no field ${selection.field}, or the authorized user may not see it. Create the checkbox in Salesforce and give the user field-level security on it.`,
    );
  if (field.type !== 'boolean' || !field.isFilterable)
    throw unprocessable(
      'not-a-checkbox',
      `${described.name}.${field.name} is no checkbox that can be queried by.`,
    );
}

/** Everything that the selection holds. */
export function fullQueries(selection: PullSelection, object: string, mapped: readonly string[]): RunQueries {
  if (selection.type === 'query') {
    const query = readCustomQuery(selection.soql, object);
    const wanted = new Set(query.fields.map((field) => field.toLowerCase()));
    const fields = mapped.filter((field) => wanted.has(field.toLowerCase()));
    return {
      records: query.select(['Id', 'SystemModstamp', ...others(fields)]),
      count: query.count,
      limit: query.limit,
      withDeleted: false,
      fields,
      checkbox: null,
    };
  }
  const where = selection.type === 'checkbox' ? ` WHERE ${selection.field} = TRUE` : '';
  return {
    records: `SELECT ${['Id', 'SystemModstamp', ...others(mapped)].join(', ')} FROM ${object}${where}`,
    count: `SELECT COUNT(Id) n FROM ${object}${where}`,
    limit: null,
    withDeleted: false,
    fields: mapped,
    checkbox: null,
  };
}

/**
 * What changed since a moment: deleted records too, and unchecked ones, which are archived.
 *
 * @param since ISO 8601 in UTC
 */
export function changedQueries(
  selection: Exclude<PullSelection, { type: 'query' }>,
  object: string,
  mapped: readonly string[],
  since: string,
): RunQueries {
  const checkbox = selection.type === 'checkbox' ? selection.field : null;
  const isMapped = mapped.some((field) => field.toLowerCase() === checkbox?.toLowerCase());
  const fields = [
    'Id',
    'SystemModstamp',
    'IsDeleted',
    ...others(mapped),
    ...(checkbox === null || isMapped ? [] : [checkbox]),
  ];
  const where = `WHERE SystemModstamp >= ${since}`;
  return {
    records: `SELECT ${fields.join(', ')} FROM ${object} ${where}`,
    count: `SELECT COUNT(Id) n FROM ${object} ${where}`,
    limit: null,
    withDeleted: true,
    fields: mapped,
    checkbox,
  };
}

const OWN = new Set(['id', 'systemmodstamp', 'isdeleted']);

/** Fields that a query does not name anyway: SOQL refuses one that is named twice. */
function others(fields: readonly string[]): readonly string[] {
  return fields.filter((field) => !OWN.has(field.toLowerCase()));
}

/** Salesforce fields that a mapping reads, each once. */
export function mappedFields(mapping: readonly MappingEntry[]): readonly string[] {
  return [...new Map(mapping.flatMap(fieldsOf).map((field) => [field.toLowerCase(), field])).values()];
}

/** How many records the queries will bring, as the org counts them now. */
export async function countRecords(org: SalesforceOrg, queries: RunQueries): Promise<number> {
  for await (const [first] of org.query(queries.count, { all: queries.withDeleted }))
    if (first) return Math.min(Number(first.n), queries.limit ?? Infinity);
  return 0;
}

/** Whether Bulk API 2.0 can fetch some fields: it has no compound ones (addresses, locations) and no binary ones. */
export function canBulk(described: OrgObject, fields: readonly string[]): boolean {
  const compound = new Set(
    described.fields
      .filter((field) => ['address', 'location', 'base64'].includes(field.type))
      .map((field) => field.name.toLowerCase()),
  );
  return !fields.some((field) => compound.has(field.toLowerCase()));
}

/**
 * Everything that the selection holds, in the order of ids and in parts: a reading may stop and go on. Throws a 422 problem
 * for a query that has a limit of its own.
 */
export function queriesById(
  selection: PullSelection,
  object: string,
  mapped: readonly string[],
): RunQueries & { readonly after: (id: string | null, limit: number) => string } {
  const full = fullQueries(selection, object, mapped);
  if (full.limit !== null)
    throw unprocessable(
      'selection-limited',
      'The query of the pull has a LIMIT: which records it holds is not the same from one time to the next, and cannot be compared.',
    );
  const condition = conditionOf(selection, object);
  const fields = ['Id', 'SystemModstamp', ...others(full.fields)].join(', ');
  return {
    ...full,
    after: (id, limit) => {
      const conditions = [
        ...(condition === null ? [] : [`(${condition})`]),
        ...(id === null ? [] : [`Id > ${soqlText(id)}`]),
      ];
      const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
      return `SELECT ${fields} FROM ${object}${where} ORDER BY Id LIMIT ${limit}`;
    },
  };
}

function conditionOf(selection: PullSelection, object: string): string | null {
  if (selection.type === 'query') return readCustomQuery(selection.soql, object).condition;
  return selection.type === 'checkbox' ? `${selection.field} = TRUE` : null;
}
