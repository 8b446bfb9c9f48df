import type { Knex } from 'knex';
import { quoteIdentifier, unbound } from '../database/identifiers.ts';
import { isPostgresColumn } from './column-names.ts';
import { conversion } from './conversions.ts';
import { TEXT_TYPES, type Field } from './field-types.ts';
import { indexedBytes, indexFault } from './index-limits.ts';
import type { BuiltDefinition, TableDefinition } from './tables.ts';

/** Why no table can have a code; null where one can. */
export function codeFault(code: string, taken: ReadonlySet<string>): string | null {
  return taken.has(code)
    ? `The database has something else called ${code} beside the project’s tables: choose another code.`
    : null;
}

/** Why no column can have a name. */
export function nameFault(name: string): string | null {
  return isPostgresColumn(name)
    ? `PostgreSQL has a column ${name} in every table already: rename the field.`
    : null;
}

/** Why a field cannot become a column of a table that has none of it yet. */
export async function newFieldFault(
  knex: Knex,
  builtTable: string,
  table: TableDefinition,
  field: Field,
): Promise<string | null> {
  const fault = nameFault(field.name) ?? indexFault(table, field);
  if (fault !== null || !field.required || field.default !== null) return fault;
  const rows = await countRows(knex, builtTable, 'true');
  return rows === 0 ? null : `${rows} rows would have no value. Give it a default, or make it optional.`;
}

/** Why a column cannot become what its field is now: it could not be indexed, or would lose something. */
export async function changeFault(
  knex: Knex,
  builtTable: string,
  table: BuiltDefinition,
  before: Field,
  after: Field,
): Promise<string | null> {
  // One that is too long already is as long as it was.
  const fault = indexFault(table.built, before) === null ? indexFault(table, after) : null;
  return (
    fault ??
    (await lossFault(knex, builtTable, before, after)) ??
    (await spellingFault(knex, builtTable, table, before, after)) ??
    (await longValueFault(knex, builtTable, table, before, after))
  );
}

async function lossFault(
  knex: Knex,
  builtTable: string,
  before: Field,
  after: Field,
): Promise<string | null> {
  const way = conversion(before, after);
  if (typeof way === 'string') return way;
  for (const { condition, reason } of way.losses) {
    const rows = await countRows(knex, builtTable, condition);
    if (rows > 0) return `${rows} rows ${reason}.`;
  }
  const column = quoteIdentifier(before.name);
  if (after.required && !before.required) {
    const rows = await countRows(knex, builtTable, `${column} IS NULL`);
    if (rows > 0) return `${rows} rows have no value.`;
  }
  if (after.unique && !before.unique) {
    const groups = `(SELECT FROM ${builtTable} WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1)`;
    const values = await countRows(knex, `${groups} AS twice`, 'true');
    if (values > 0) return `${values} values are there more than once.`;
  }
  return null;
}

/** Text that becomes addresses or ids is stored in one spelling of several, and a unique column has room for one. */
async function spellingFault(
  knex: Knex,
  builtTable: string,
  { primaryKey }: TableDefinition,
  before: Field,
  after: Field,
): Promise<string | null> {
  const isAlone = after.unique || (primaryKey.length === 1 && primaryKey[0] === after.name);
  if (!isAlone || before.type === after.type) return null;
  if (after.type !== 'email' && after.type !== 'salesforce_id') return null;
  const column = quoteIdentifier(before.name);
  const spelling = { email: `lower(btrim(${column}))`, salesforce_id: `left(${column}, 15)` }[after.type];
  const groups = `(SELECT FROM ${builtTable} WHERE ${column} IS NOT NULL GROUP BY ${spelling} HAVING count(*) > 1)`;
  const values = await countRows(knex, `${groups} AS twice`, 'true');
  const reason = { email: 'the case of their letters', salesforce_id: 'being written with 15 or 18 characters' };
  return values === 0
    ? null
    : `${values} values are there more than once, told apart by ${reason[after.type]} alone.`;
}

/** Values that a new index would not take. */
async function longValueFault(
  knex: Knex,
  builtTable: string,
  table: TableDefinition,
  before: Field,
  after: Field,
): Promise<string | null> {
  const isNew = (after.unique && !before.unique) || (after.reference !== null && before.reference === null);
  const bytes = isNew && TEXT_TYPES.has(before.type) ? indexedBytes(table, after) : null;
  if (bytes === null) return null;
  const rows = await countRows(knex, builtTable, `octet_length(${quoteIdentifier(before.name)}) > ${bytes}`);
  return rows === 0 ? null : `${rows} rows have values of more than ${bytes} bytes, which no index takes.`;
}

async function countRows(knex: Knex, from: string, condition: string): Promise<number> {
  const found = await knex.raw<{ rows: { count: number }[] }>(
    unbound(`SELECT count(*) AS count FROM ${from} WHERE ${condition}`),
  );
  return found.rows[0]?.count ?? 0;
}
