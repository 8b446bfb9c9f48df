import type { Knex } from 'knex';
import type pg from 'pg';
import { storableText } from '../../values/storable.ts';
import type { Problem } from '../../http/problem.ts';
import type { Batch } from './batch.ts';
import type { JudgedRejections } from './judge-rejections.ts';
import { holdOf } from '../../api/held.ts';
import type { MappedRecords } from '../../projects/map-records.ts';

/** Faults that are kept of a transfer's refused batches: a plugin that goes on for months fills no disk. */
const MOST_REFUSED = 10_000;
const MESSAGE_LENGTH = 1000;
/** As far as what a caller called something is kept: longer names would not fit into an index. */
const NAME_LENGTH = 255;

/** What a batch called itself, as far as could be read of it. */
export interface RefusedBatch {
  readonly connectionId: string;
  readonly tableCode: string;
  readonly object: string;
  readonly idempotencyKey: string;
  readonly records: number;
}

/** Statuses that say nothing against a batch: who calls, how often, and how much at a time. */
const NOT_THE_BATCH = new Set([401, 403, 408, 413, 429]);

/** Whether a problem is about the batch itself or its transfer, so that nothing of it comes until somebody acts. */
export function isRefusal({ status }: Problem): boolean {
  return status < 500 && !NOT_THE_BATCH.has(status);
}

/**
 * Keeps that a batch was refused as a whole, and why, until one of its transfer is taken again. A batch that is tried
 * again is the same one: its key is the plugin's, before the digest of what it carried this time.
 */
export async function noteRefusal(knex: Knex, batch: RefusedBatch, problem: Problem): Promise<void> {
  await knex.raw(
    `INSERT INTO di.batch_fault AS f
       (connection_id, table_code, object, kind, key, object_name, hold, code, message, records, acknowledged_at)
     SELECT c.id, :table, lower(:object), 'refused', :key, :object, :hold, :code, :message, :records, (
       -- The plugin asks again by itself, with whatever waits first then: that is no news to somebody who has seen it.
       SELECT max(k.acknowledged_at) FROM di.batch_fault k
       WHERE k.connection_id = c.id AND k.table_code = :table AND k.object = lower(:object) AND k.kind = 'refused'
         AND k.hold = :hold)
     FROM di.connection c
     WHERE c.id = :connection AND (
       SELECT count(*) FROM (
         SELECT FROM di.batch_fault k
         WHERE k.connection_id = c.id AND k.table_code = :table AND k.object = lower(:object) AND k.kind = 'refused'
           AND k.key <> :key
         LIMIT ${MOST_REFUSED}) AS kept) < ${MOST_REFUSED}
     ON CONFLICT (connection_id, table_code, object, kind, key) DO UPDATE SET
       hold = EXCLUDED.hold, code = EXCLUDED.code, message = EXCLUDED.message, records = EXCLUDED.records, at = now(),
       acknowledged_at = EXCLUDED.acknowledged_at`,
    {
      connection: batch.connectionId,
      table: storableText(batch.tableCode).slice(0, NAME_LENGTH),
      object: storableText(batch.object).slice(0, NAME_LENGTH),
      key: storableText(batch.idempotencyKey)
        .slice(0, NAME_LENGTH)
        .replace(/\.[0-9a-f]{32}$/, ''),
      hold: holdOf(problem),
      code: problem.code,
      message: storableText(problem.message).slice(0, MESSAGE_LENGTH),
      records: batch.records,
    },
  );
}

/**
 * Settles what is known to stand in the way of a transfer by a batch that is taken: nothing is refused as a whole any more,
 * its records are no longer rejected, and those that it has rejected are; of those whose rows show an older version that is
 * kept until they are taken. In the batch's transaction.
 */
export async function settleFaults(
  client: pg.PoolClient,
  { target, body }: Batch,
  mapped: MappedRecords,
  { rejected, outdated }: JudgedRejections,
): Promise<void> {
  const refused = new Map(rejected.flatMap((each) => (each.id === null ? [] : [[each.id, each] as const])));
  const carried = [...mapped.ids, ...body.archives.map(([id]) => id), ...body.deletes.map(({ id }) => id)];
  await client.query({
    name: 'batch_faults',
    text: SETTLE,
    values: [
      target.connectionId,
      target.tableCode,
      body.object,
      carried.filter((id) => !refused.has(id)),
      JSON.stringify(
        [...refused.values()].map((each) => ({ ...each, outdated: outdated.has(each.id ?? '') })),
      ),
    ],
  });
}

const SETTLE = `
  WITH settled AS (
    DELETE FROM di.batch_fault f
    WHERE f.connection_id = $1 AND f.table_code = $2 AND f.object = lower($3)
      AND (f.kind = 'refused' OR f.key = ANY($4::text[]))
  )
  INSERT INTO di.batch_fault AS f
    (connection_id, table_code, object, kind, key, object_name, code, field, message, is_outdated)
  SELECT $1, $2, lower($3), 'rejected', r.id, $3, r.code, r.field, r.message, r.outdated
  FROM json_to_recordset($5::json) AS r (id text, code text, field text, message text, outdated boolean)
  ORDER BY r.id
  ON CONFLICT (connection_id, table_code, object, kind, key) DO UPDATE SET
    code = EXCLUDED.code, field = EXCLUDED.field, message = EXCLUDED.message, at = now(),
    is_outdated = EXCLUDED.is_outdated,
    -- Tried again and rejected for the same reason, it is what somebody has seen before.
    acknowledged_at = CASE WHEN f.code = EXCLUDED.code AND f.field IS NOT DISTINCT FROM EXCLUDED.field
      THEN f.acknowledged_at END`;

/** What stands in the way of a transfer: batches that are refused, a hold that refuses them, or single records. */
export type FaultKind = 'batch' | 'held' | 'record';

/** Faults `alias` of a kind, in SQL. */
export const isFault = (kind: FaultKind, alias: string): string =>
  ({
    batch: `${alias}.kind = 'refused' AND ${alias}.hold IS NULL`,
    held: `${alias}.kind = 'refused' AND ${alias}.hold IS NOT NULL`,
    record: `${alias}.kind = 'rejected'`,
  })[kind];

/**
 * Notes that somebody has seen what is known to stand in the way of a transfer; what is refused later, held or rejected for
 * another reason, counts again.
 */
export async function acknowledgeFaults(
  knex: Knex,
  { connectionId, object, tableCode }: { connectionId: string; object: string; tableCode: string },
  kind: FaultKind,
): Promise<void> {
  await knex('di.batch_fault as f')
    .where({ connection_id: connectionId, table_code: tableCode, object })
    .whereRaw(isFault(kind, 'f'))
    .update({ acknowledged_at: knex.fn.now() });
}
