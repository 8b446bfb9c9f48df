import { createHash } from 'node:crypto';
import type pg from 'pg';
import { sqlState } from '../database/open-database.ts';
import { conflict } from '../http/problem.ts';
import type { BatchBody } from './batch-body.ts';
import { mapRows, type Mapping, type Rejection } from './mapping.ts';

/** What became of a batch. */
export interface BatchAnswer {
  readonly applied: number;
  /** Rows that were just as they came. */
  readonly unchanged: number;
  /** Rows that a newer version, or a later delete, had overtaken. */
  readonly stale: number;
  readonly archived: number;
  readonly deleted: number;
  readonly rejected: readonly Rejection[];
}

export interface BatchContext {
  readonly connectionId: string;
  readonly tableId: string;
  readonly idempotencyKey: string;
  /** The body as it came, for telling a replay from a changed one. */
  readonly rawBody: Buffer;
}

/** Locks and serialization: the same work again may go through. */
const RETRYABLE = new Set(['40P01', '40001', '55P03']);
const ATTEMPTS = 5;

/** Applies a batch once. The record of it, the rows and the answer are committed together, or nothing is. */
export async function applyBatch(
  pool: pg.Pool,
  context: BatchContext,
  mapping: Mapping,
  body: BatchBody,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const outcome = await applyOnce(client, context, mapping, body);
      await client.query('COMMIT');
      return outcome;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (attempt >= ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt + Math.random() * 20));
    } finally {
      client.release();
    }
  }
}

async function applyOnce(
  client: pg.PoolClient,
  context: BatchContext,
  mapping: Mapping,
  body: BatchBody,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  const replayed = await claim(client, context, body);
  if (replayed) return { answer: replayed, isReplay: true };
  const answer = await write(client, context, mapping, body);
  await client.query({
    name: 'batch_answer',
    text: 'UPDATE di.batch SET answer = $3 WHERE connection_id = $1 AND key = $2',
    values: [context.connectionId, context.idempotencyKey, JSON.stringify(answer)],
  });
  return { answer, isReplay: false };
}

/** A batch with deletes has the table to itself, others share it. */
const claimSql = (lock: string): string =>
  `INSERT INTO di.batch (connection_id, key, body_hash) SELECT $1, $2, $3 FROM (SELECT ${lock}(hashtextextended($4, 0))) locked ON CONFLICT DO NOTHING`;
const CLAIM = { shared: claimSql('pg_advisory_xact_lock_shared'), alone: claimSql('pg_advisory_xact_lock') };

/**
 * Takes the key for this transaction. A twin that runs beside waits here until the first one has committed, and finds its
 * answer then. The table's lock is taken with it, before any statement looks at rows: a delete and an upsert of one
 * record that did not see each other would both stand, and the record with them.
 */
async function claim(
  client: pg.PoolClient,
  context: BatchContext,
  body: BatchBody,
): Promise<BatchAnswer | null> {
  const hash = createHash('sha256').update(context.rawBody).digest();
  const kind = body.deletes.length > 0 ? 'alone' : 'shared';
  const values = [context.connectionId, context.idempotencyKey, hash];
  const claimed = await client.query({
    name: `batch_claim_${kind}`,
    text: CLAIM[kind],
    values: [...values, context.tableId],
  });
  if (claimed.rowCount === 1) return null;
  const known = await client.query<{ body_hash: Buffer; answer: BatchAnswer }>({
    name: 'batch_find',
    text: 'SELECT body_hash, answer FROM di.batch WHERE connection_id = $1 AND key = $2',
    values: values.slice(0, 2),
  });
  const [row] = known.rows;
  if (!row?.body_hash.equals(hash))
    throw conflict(
      'idempotency-key-reused',
      'This Idempotency-Key came with another body before. Send a new key with a new body.',
    );
  return row.answer;
}

async function write(
  client: pg.PoolClient,
  context: BatchContext,
  mapping: Mapping,
  body: BatchBody,
): Promise<BatchAnswer> {
  const { rows, rejected, superseded } = mapRows(mapping, body);
  const counts = { applied: 0, stale: 0, archived: 0, deleted: 0 };
  const { sql } = mapping;
  if (rows.length > 0) {
    const values = [JSON.stringify(rows), context.tableId];
    // A key that changed moves its row; where the new key has a row of its own, that one stays and takes the values.
    await client.query({ name: `${sql.name}_displaced`, text: sql.removeDisplaced, values });
    await client.query({ name: `${sql.name}_rekey`, text: sql.rekey, values });
    const written = await client.query<{ applied: number; stale: number }>({
      name: `${sql.name}_upsert`,
      text: sql.upsert,
      values,
    });
    Object.assign(counts, written.rows[0]);
  }
  if (body.archives.length > 0) {
    const archived = await client.query({
      name: `${sql.name}_archive`,
      text: sql.archive,
      values: [JSON.stringify(body.archives)],
    });
    counts.archived = archived.rowCount ?? 0;
  }
  if (body.deletes.length > 0) {
    const gone = JSON.stringify(body.deletes.map(({ id, at }) => ({ id, at })));
    const removed = await client.query({
      name: `${sql.name}_remove`,
      text: sql.remove,
      values: [gone, context.tableId],
    });
    counts.deleted = removed.rowCount ?? 0;
  }
  const stale = counts.stale + superseded;
  return {
    applied: counts.applied,
    unchanged: Math.max(0, rows.length - counts.applied - counts.stale),
    stale,
    archived: counts.archived,
    deleted: counts.deleted,
    rejected,
  };
}
