import type { Knex } from 'knex';
import { quoteTable, unbound } from '../../database/identifiers.ts';

/** An object's records, in rows or waiting for them, that a whole fetch did not bring. */
export interface Vanished {
  /** Such records that are not archived. */
  readonly kept: number;
  /** Those of them that were not seen. */
  readonly gone: number;
}

interface Where {
  readonly tableId: string;
  readonly schemaName: string;
  readonly tableCode: string;
  readonly connectionId: string;
  /** The first three characters of the object's record ids. */
  readonly keyPrefix: string;
  /** What the keys of the run's batches start with, and when the run began. */
  readonly batchKeys: string;
  readonly since: Date;
}

/** Records that the run's batches carried, whatever became of them. */
const SEEN = `
  SELECT unnest(b.upserted_ids || b.archived_ids) FROM di.batch b
  WHERE b.connection_id = ? AND b.received_at >= ? AND starts_with(b.key, ?)`;

/**
 * Counts what a whole fetch did not bring. Both sides are compared as sets: the database cannot guess how many records
 * there are on either, and a join would compare each of millions with each.
 */
export async function countVanished(knex: Knex, where: Where): Promise<Vanished> {
  const found = await knex.raw<{ rows: Vanished[] }>(
    `SELECT (SELECT count(*)::int FROM (${recordsOf(where)}) k) AS kept,
       (SELECT count(*)::int FROM (${goneOf(where)}) g) AS gone`,
    [...boundTo(where), ...boundTo(where), ...seenBy(where)],
  );
  return found.rows[0] ?? { kept: 0, gone: 0 };
}

/** The next records, by id, that a whole fetch did not bring, with the version that their rows hold. */
export async function nextVanished(
  knex: Knex,
  where: Where,
  limit: number,
): Promise<readonly (readonly [string, string])[]> {
  const found = await knex.raw<{ rows: { id: string; stamp: Date }[] }>(
    `WITH gone (id) AS MATERIALIZED (${goneOf(where)} ORDER BY 1 LIMIT ?)
     SELECT g.id, r.stamp FROM gone g CROSS JOIN LATERAL (
       SELECT coalesce(n."_source_modstamp", n."_changed_at") AS stamp FROM ${tableOf(where)} n
       WHERE n."_salesforce_id" = g.id AND n."_archived_at" IS NULL
       UNION ALL SELECT v.modstamp FROM di.rival v
       WHERE v.table_id = ? AND v.salesforce_id = g.id AND v.away_at IS NULL OFFSET 0) r
     ORDER BY 1`,
    [...boundTo(where), ...seenBy(where), limit, where.tableId],
  );
  return found.rows.map((row) => [row.id, row.stamp.toISOString()] as const);
}

function goneOf(where: Where): string {
  return `(${recordsOf(where)}) EXCEPT ${SEEN}`;
}

/** Records that fill rows, and those that wait for them. */
function recordsOf(where: Where): string {
  return `SELECT r."_salesforce_id" FROM ${tableOf(where)} r
    WHERE r."_archived_at" IS NULL AND left(r."_salesforce_id", 3) = ?
    UNION ALL SELECT v.salesforce_id FROM di.rival v
    WHERE v.table_id = ? AND v.away_at IS NULL AND left(v.salesforce_id, 3) = ?`;
}

function boundTo({ keyPrefix, tableId }: Where): readonly [string, string, string] {
  return [keyPrefix, tableId, keyPrefix];
}

function tableOf({ schemaName, tableCode }: Where): string {
  return unbound(quoteTable(schemaName, tableCode));
}

function seenBy({ connectionId, since, batchKeys }: Where): readonly [string, Date, string] {
  return [connectionId, since, batchKeys];
}

/**
 * Whether another connection fills the table with the same object: its records look the same, and would be taken for
 * vanished.
 */
export async function isShared(
  knex: Knex,
  table: { tableId: string; connectionId: string; object: string },
): Promise<boolean> {
  const other = await knex('di.transfer')
    .where({ table_id: table.tableId })
    .whereNot({ connection_id: table.connectionId })
    .whereRaw('lower(object) = lower(?)', [table.object])
    .first<{ id: string } | undefined>('id');
  return other !== undefined;
}
