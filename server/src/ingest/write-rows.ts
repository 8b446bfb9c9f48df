import type pg from 'pg';
import { isRefusedRow } from '../database/sql-state.ts';
import { arrayLiteral } from '../database/array-literal.ts';
import type { MappedRecords, Mapping, Rejection } from './mapping.ts';
import { refusedRow } from './refused-row.ts';
import type { TableSql } from './table.sql.ts';

/** Ids, moments and some columns of the records at some places, each as one array for PostgreSQL. */
export function arraysOf(
  records: MappedRecords,
  places: readonly number[],
  columns: readonly (readonly (string | null)[] | undefined)[],
): string[] {
  return [records.ids, records.stamps, ...columns].map((column) =>
    arrayLiteral(places.map((place) => column?.[place] ?? null)),
  );
}

/** What became of rows, those aside that were refused. */
export interface WrittenRows {
  applied: number;
  unchanged: number;
  stale: number;
  rejected: Rejection[];
}

/**
 * Writes rows before the record of their batch is. Where PostgreSQL refuses some, a unique value that another row has for
 * example, they are written in halves, each behind a savepoint, until the refused ones stand alone. Their neighbours are
 * written.
 */
export async function writeInParts(
  client: pg.PoolClient,
  batch: { readonly sql: TableSql; readonly mapping: Mapping },
  records: MappedRecords,
  rows: readonly number[],
): Promise<WrittenRows> {
  const total: WrittenRows = { applied: 0, unchanged: 0, stale: 0, rejected: [] };
  const waiting: (readonly number[])[] = rows.length > 0 ? [rows] : [];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    await client.query('SAVEPOINT part');
    try {
      const written = await client.query({
        name: `${batch.sql.name}_upsert`,
        text: batch.sql.upsert,
        values: arraysOf(records, part, records.columns),
      });
      await client.query('RELEASE SAVEPOINT part');
      const applied = written.rowCount ?? 0;
      const stale = applied < part.length ? await countNewer(client, batch, records, part) : 0;
      total.applied += applied;
      total.stale += stale;
      total.unchanged += part.length - applied - stale;
    } catch (error) {
      if (!isRefusedRow(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT part');
      const [first, ...others] = part;
      if (first !== undefined && others.length === 0)
        total.rejected.push(rejection(batch.mapping, records.ids[first] ?? null, error));
      else waiting.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
    }
  }
  return total;
}

/** Of some records, those whose row is newer. */
async function countNewer(
  client: pg.PoolClient,
  { sql, mapping }: { readonly sql: TableSql; readonly mapping: Mapping },
  records: MappedRecords,
  part: readonly number[],
): Promise<number> {
  const keys = mapping.key.map((place) => records.columns[place]);
  const found = await client.query<{ count: number }>({
    name: `${sql.name}_newer`,
    text: sql.newer,
    values: arraysOf(records, part, keys).slice(1),
  });
  return found.rows[0]?.count ?? 0;
}

function rejection(mapping: Mapping, id: string | null, error: unknown): Rejection {
  const fields = mapping.columns.map((column) => column.field);
  const { code, field, message } = refusedRow(fields, error);
  const column = mapping.columns.find((each) => each.field === field);
  return { id, code, field: column?.source ?? null, message };
}
