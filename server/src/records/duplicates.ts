import type { Knex } from 'knex';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../database/identifiers.ts';
import { knexSession, type Session } from '../database/session.ts';
import { Projects } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from './record-identities.ts';
import { hasKey, keyFields } from './record-keys.ts';
import { isSpelled } from './spelling.ts';

/** Counted no further: what is more is as much to do. */
export const MOST_COUNTED = 10_000;

/** One of two rows that are the same. */
export interface RowOfTwo {
  readonly key: RecordKey;
  readonly recordId: string | null;
  readonly isArchived: boolean;
}

/** A row that stands beside another one that is the same: its key, or a value that no other row may have, says so. */
export interface Duplicate {
  readonly id: number;
  readonly table: string;
  /** The unique column; null where it is the primary key. */
  readonly column: string | null;
  readonly row: RowOfTwo;
  readonly sameAs: RowOfTwo;
}

interface Listed {
  readonly schemaName: string;
  readonly tables: readonly BuiltTable[];
}

/** How many rows of tables stand double, up to `MOST_COUNTED`. */
export async function countDuplicates(knex: Knex, { schemaName, tables }: Listed): Promise<number> {
  const session = knexSession(knex);
  let count = 0;
  for (const table of await withDuplicates(session, tables)) {
    const [row] = await session.query<{ count: number }>(
      `SELECT count(*) AS count FROM (
         SELECT FROM ${pairs(schemaName, table)} WHERE d.table_id = $1::uuid LIMIT ${MOST_COUNTED}) AS counted`,
      [table.id],
    );
    count += row?.count ?? 0;
  }
  return Math.min(count, MOST_COUNTED);
}

/** The same by the codes of an account's projects; those without any are not named. */
export async function duplicatesByProject(knex: Knex, accountId: string): Promise<Map<string, number>> {
  const session = knexSession(knex);
  const concerned = await session.query<{ id: string; code: string; schema_name: string }>(
    `SELECT p.id, p.code, p.schema_name FROM di.project p
     WHERE p.account_id = $1::uuid AND EXISTS (
       SELECT FROM di.duplicate_row d JOIN di.project_table t ON t.id = d.table_id WHERE t.project_id = p.id)`,
    [accountId],
  );
  const projects = new Projects(knex, accountId);
  const counts = new Map<string, number>();
  for (const { id, code, schema_name: schemaName } of concerned)
    counts.set(code, await countDuplicates(knex, { schemaName, tables: await projects.tablesWithRows(id) }));
  return counts;
}

/** Rows that stand double, in the order in which they were found. Those of which one is gone meanwhile are left out. */
export async function listDuplicates(
  knex: Knex,
  { schemaName, tables }: Listed,
  page: { readonly after: number; readonly limit: number },
): Promise<Duplicate[]> {
  const session = knexSession(knex);
  const found: Duplicate[] = [];
  for (const table of await withDuplicates(session, tables))
    found.push(...(await pageOf(session, schemaName, table, page)));
  return found.sort((one, other) => one.id - other.id).slice(0, page.limit);
}

async function pageOf(
  session: Session,
  schemaName: string,
  table: BuiltTable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Duplicate[]> {
  const shown = (key: string, row: string): string =>
    `jsonb_build_object('key', d.${key}, 'recordId', ${row}."_salesforce_id", 'isArchived', ${row}."_archived_at" IS NOT NULL)`;
  const rows = await session.query<{ id: number; field_id: string | null; row: RowOfTwo; same_as: RowOfTwo }>(
    `SELECT d.id, d.field_id, ${shown('record_key', 'r')} AS row, ${shown('normal_key', 'o')} AS same_as
     FROM ${pairs(schemaName, table)} WHERE d.table_id = $1::uuid AND d.id > $2::bigint ORDER BY d.id LIMIT $3::int`,
    [table.id, after, limit],
  );
  return rows.map(({ id, field_id: fieldId, row, same_as: sameAs }) => ({
    id,
    table: table.code,
    column: table.fields.find((field) => field.id === fieldId)?.name ?? null,
    row,
    sameAs,
  }));
}

type ListedTable = Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'>;

/** What was listed of a table, with both rows, as far as they still are the same. */
function pairs(schemaName: string, table: ListedTable): string {
  const name = quoteTable(schemaName, table.code);
  const key = keyFields(table);
  const same = table.fields
    .filter((field) => field.unique && isSpelled(field))
    .map((field) => {
      const value = (row: string): string => {
        const column = `${row}.${quoteIdentifier(field.name)}`;
        return field.type === 'email' ? `lower(${column})` : `lower(left(${column}, 15))`;
      };
      return `d.field_id = ${quoteLiteral(field.id)}::uuid AND ${value('r')} = ${value('o')}`;
    });
  return `di.duplicate_row d
    JOIN ${name} r ON ${hasKey(key, 'r', 'd.record_key')}
    JOIN ${name} o ON ${hasKey(key, 'o', 'd.normal_key')} AND (${['d.field_id IS NULL', ...same].join(' OR ')})`;
}

/** Whether some rows of a table that were listed are no longer two. */
export async function isAnySettled(
  knex: Knex,
  table: ListedTable & { readonly schemaName: string },
): Promise<boolean> {
  const [row] = await knexSession(knex).query<{ is_any: boolean }>(
    `SELECT (SELECT count(*) FROM di.duplicate_row d WHERE d.table_id = $1::uuid)
       <> (SELECT count(*) FROM ${pairs(table.schemaName, table)} WHERE d.table_id = $1::uuid) AS is_any`,
    [table.id],
  );
  return row?.is_any === true;
}

async function withDuplicates(
  session: Session,
  tables: readonly BuiltTable[],
): Promise<readonly BuiltTable[]> {
  const rows = await session.query<{ id: string }>(
    `SELECT t.id FROM unnest($1::uuid[]) AS t (id) WHERE EXISTS (SELECT FROM di.duplicate_row d WHERE d.table_id = t.id)`,
    [tables.map(({ id }) => id)],
  );
  const ids = new Set(rows.map(({ id }) => id));
  return tables.filter(({ id }) => ids.has(id));
}
