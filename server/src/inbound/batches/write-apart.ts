import type pg from 'pg';
import { arrayLiteral } from '../../database/array-literal.ts';
import { writeInParts } from '../../database/in-parts.ts';
import { clientSession } from '../../database/session.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Mapping, Rejection } from '../../projects/mapping.ts';
import { refusedRow } from './refused-row.ts';
import type { TableSql } from './batch-and-rows.sql.ts';

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
    const written = await client.query<{ id: string }>({
      name: `${batch.sql.name}_${kind}`,
      text: batch.sql[kind],
      values: arraysOf(records, part, records.columns),
    });
    const applied = new Set(written.rows.map(({ id }) => id));
    const open = part.filter((place) => !applied.has(records.ids[place] ?? ''));
    const { own, stale } = await standingOf(client, batch, records, open);
    if (own < open.length) throw new RowsTaken();
    total.applied += part.length - open.length;
    total.stale += stale;
    total.unchanged += own - stale;
  };
  await writeInParts(clientSession(client), rows, write, (place, error) => {
    total.rejected.push(rejection(batch.mapping, records.ids[place] ?? null, error));
  });
  return total;
}

/** A row that was to be written is another record's. */
export class RowsTaken extends Error {}

/** Of records that were not written, how many have a row of their own, and how many a later version there. */
async function standingOf(
  client: pg.PoolClient,
  { sql, mapping }: { readonly sql: TableSql; readonly mapping: Mapping },
  records: MappedRecords,
  open: readonly number[],
): Promise<{ readonly own: number; readonly stale: number }> {
  if (open.length === 0) return { own: 0, stale: 0 };
  const keys = mapping.key.map((place) => records.columns[place]);
  const found = await client.query<{ own: number; stale: number }>({
    name: `${sql.name}_standing`,
    text: sql.standing,
    values: arraysOf(records, open, keys),
  });
  return found.rows[0] ?? { own: 0, stale: 0 };
}

/** What is told of a record that PostgreSQL refused (isRefusedRow). */
export function rejection(mapping: Mapping, id: string | null, error: unknown): Rejection {
  const fields = mapping.columns.map((column) => column.field);
  const { code, field, message } = refusedRow(fields, error);
  const column = mapping.columns.find((each) => each.field === field);
  return { id, code, field: column?.source ?? null, message };
}
