import type pg from 'pg';
import { quoteIdentifier, quoteTable } from '../../server/src/database/identifiers.ts';
import type { Fingerprint } from './manifest.ts';

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly is_key: boolean;
}

/** Schemas that hold what must not be lost: the control schema, and one for each project. */
const COLUMNS = `
  SELECT n.nspname AS schema, c.relname AS table, a.attname AS name,
    coalesce(a.attnum = ANY (i.indkey), false) AS is_key
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE c.relkind = 'r' AND (n.nspname = 'di' OR n.nspname LIKE 'p\\_%')
    AND (n.nspname, c.relname) NOT IN (('di', 'migration'), ('di', 'migration_lock'))
  ORDER BY 1, 2, a.attnum`;

/** What each table of a database holds, by schema and name. */
export async function fingerprints(client: pg.ClientBase): Promise<Record<string, Fingerprint>> {
  await client.query("SET TIME ZONE 'UTC'");
  const { rows } = await client.query<Column>(COLUMNS);
  const tables = new Map<string, Column[]>();
  for (const column of rows) {
    const name = `${column.schema}.${column.table}`;
    tables.set(name, [...(tables.get(name) ?? []), column]);
  }
  const found: Record<string, Fingerprint> = {};
  for (const [name, columns] of tables) {
    const key = columns.filter((column) => column.is_key).map((column) => column.name);
    found[name] = await fingerprint(
      client,
      name,
      key,
      columns.map((column) => column.name),
    );
  }
  return found;
}

/**
 * What a table holds of some columns, by the key of its rows, whatever the order of both. Rows are put in order by digests:
 * the order of texts differs from one database to the next.
 *
 * @param rewritten columns by table and name, each with SQL that makes what it held of a row `t`
 */
export async function fingerprint(
  client: pg.ClientBase,
  table: string,
  key: readonly string[],
  columns: readonly string[],
  rewritten: ReadonlyMap<string, string> = new Map(),
): Promise<Fingerprint> {
  const [schema = '', name = ''] = table.split('.');
  const keyed = key.map((column) => `t.${quoteIdentifier(column)}::text`).join(`, '|', `) || `''`;
  const digest = (column: string): string => {
    const held = rewritten.get(`${table}.${column}`) ?? `t.${quoteIdentifier(column)}`;
    const value = `md5(concat(${keyed}, '=', coalesce(${held}::text, '∅')))`;
    return `md5(coalesce(string_agg(${value}, '' ORDER BY ${value}), '')) AS ${quoteIdentifier(column)}`;
  };
  const { rows } = await client.query<Record<string, string | number>>(
    `SELECT count(*)::integer AS "#", ${columns.map(digest).join(', ')} FROM ${quoteTable(schema, name)} t`,
  );
  const { '#': count, ...digests } = rows[0] ?? {};
  return {
    rows: Number(count),
    key: [...key],
    columns: Object.fromEntries(Object.entries(digests).map(([name, value]) => [name, String(value)])),
  };
}
