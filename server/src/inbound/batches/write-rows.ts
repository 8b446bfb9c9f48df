import type pg from 'pg';
import { arrayLiteral } from '../../database/array-literal.ts';
import { writeInParts } from '../../database/in-parts.ts';
import { clientSession } from '../../database/session.ts';
import type { MappedRecords, Mapping, Rejection } from '../../projects/mapping.ts';
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

/** Writes rows before the record of their batch is; those that PostgreSQL refuses stop none of their neighbours. Answers what is added to the total. */
export async function writeApart(
  client: pg.PoolClient,
  batch: { readonly sql: TableSql; readonly mapping: Mapping },
  records: MappedRecords,
  rows: readonly number[],
  kind: 'upsert' | 'upsertMerged',
  total: WrittenRows = { applied: 0, unchanged: 0, stale: 0, rejected: [] },
): Promise<WrittenRows> {
  const write = async (part: readonly number[]): Promise<void> => {
    const written = await client.query({
      name: `${batch.sql.name}_${kind}`,
      text: batch.sql[kind],
      values: arraysOf(records, part, records.columns),
    });
    const applied = written.rowCount ?? 0;
    const stale = applied < part.length ? await countNewer(client, batch, records, part) : 0;
    total.applied += applied;
    total.stale += stale;
    total.unchanged += part.length - applied - stale;
  };
  await writeInParts(clientSession(client), rows, write, (place, error) => {
    total.rejected.push(rejection(batch.mapping, records.ids[place] ?? null, error));
  });
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

/** What is told of a record that PostgreSQL refused (isRefusedRow). */
export function rejection(mapping: Mapping, id: string | null, error: unknown): Rejection {
  const fields = mapping.columns.map((column) => column.field);
  const { code, field, message } = refusedRow(fields, error);
  const column = mapping.columns.find((each) => each.field === field);
  return { id, code, field: column?.source ?? null, message };
}
