import { createHash } from 'node:crypto';
import type pg from 'pg';
import { arrayLiteral } from '../database/array-literal.ts';
import { sqlState } from '../database/sql-state.ts';
import { tableLockKey } from '../database/table-lock.ts';
import { conflict } from '../http/problem.ts';
import type { BatchBody } from './batch-body.ts';
import { mapKey, mapRecords, type MappedRecords, type Mapping, type Rejection } from './mapping.ts';
import { arraysOf, writeOneByOne, type WrittenRows } from './write-rows.ts';
import { BURIED, KEY_MOVED, PROBE, type TableSql } from './table.sql.ts';
import type { Target } from './target.ts';

/** What became of a batch. */
export interface BatchAnswer {
  readonly applied: number;
  /** Rows that were just as they came. */
  readonly unchanged: number;
  /** Records that a newer version, or a later delete, had overtaken. */
  readonly stale: number;
  readonly archived: number;
  readonly deleted: number;
  readonly rejected: readonly Rejection[];
}

export interface Batch {
  readonly target: Target;
  readonly mapping: Mapping;
  readonly sql: TableSql;
  readonly organizationId: string;
  readonly idempotencyKey: string;
  /** The body as it came, for telling a replay from a changed one. */
  readonly rawBody: Buffer;
  readonly body: BatchBody;
}

/** The transfer or the table is no longer what the statements were made for. */
export class TargetChanged extends Error {}

/** Locks and serialization, and a twin that was faster: the same work again goes through, or finds its answer. */
const AGAIN = new Set(['40P01', '40001', '55P03']);
const BATCH_EXISTS = 'batch_pkey';
const ATTEMPTS = 6;
/** A table or a column that is gone or has another type: it was built anew. */
const CHANGED = new Set(['42P01', '42703', '42804', '3F000', '0A000']);

/** What is done of a batch beyond the usual, once the usual way has failed. */
interface Care {
  /** Rows of records whose key changed are moved first. */
  readonly moves: boolean;
  /** Rows are written in parts, to find those that the database refuses. */
  readonly parts: boolean;
}

/**
 * Applies a batch once. The record of it, the rows and the answer are committed together, or nothing is. Throws
 * TargetChanged where the transfer has to be read again.
 */
export async function applyBatch(
  pool: pg.Pool,
  batch: Batch,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  // Mapping needs no connection: it is done before one is taken.
  const mapped = mapRecords(batch.mapping, batch.body.upserts);
  let care: Care = { moves: mapped.superseded.length > 0, parts: false };
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      const outcome = await applyOnce(client, batch, mapped, care);
      client.release();
      return outcome;
    } catch (error) {
      // The connection is of no more use where it cannot even be rolled back.
      const broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      client.release(broken);
      const state = sqlState(error) ?? '';
      if (CHANGED.has(state)) throw new TargetChanged();
      if (attempt >= ATTEMPTS) throw error;
      if (AGAIN.has(state) || isTwin(error)) await pause(attempt);
      else if (state === KEY_MOVED && !care.moves) care = { ...care, moves: true };
      // Class 22 and 23: a value or a row that PostgreSQL refuses. Which one it is, is found part by part.
      else if (/^2[23]/.test(state) && !care.parts) care = { moves: true, parts: true };
      else throw error;
    }
  }
}

function isTwin(error: unknown): boolean {
  return (
    sqlState(error) === '23505' &&
    error instanceof Error &&
    'constraint' in error &&
    error.constraint === BATCH_EXISTS
  );
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10 * attempt + Math.random() * 20));
}

async function applyOnce(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  care: Care,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  const hash = createHash('sha256').update(batch.rawBody).digest();
  const found = await probe(client, batch, mapped);
  checkProbe(batch, found);
  if (found.body_hash !== null) {
    await client.query('ROLLBACK');
    return { answer: replayed(found, hash), isReplay: true };
  }
  const overtaken = found.has_later_deletes ? await findBuried(client, batch, mapped) : new Set<string>();
  if (care.moves) for (const id of await move(client, batch, mapped, overtaken)) overtaken.add(id);
  const rows =
    overtaken.size === 0
      ? mapped.rows
      : mapped.rows.filter((place) => !overtaken.has(mapped.ids[place] ?? ''));
  const archived = await archive(client, batch);
  const deleted = await remove(client, batch);
  const before: WrittenRows = care.parts
    ? await writeOneByOne(client, batch, mapped, rows)
    : { applied: 0, unchanged: 0, stale: 0, rejected: [] };
  const answer = await write(client, batch, hash, mapped, care, care.parts ? [] : rows, {
    applied: before.applied,
    unchanged: before.unchanged,
    stale: before.stale + mapped.rows.length - rows.length + mapped.superseded.length,
    archived,
    deleted,
    rejected: [...mapped.rejected, ...before.rejected],
  });
  return { answer, isReplay: false };
}

interface Probe {
  readonly connection_status: string;
  readonly organization_id: string | null;
  readonly transfer_version: number;
  readonly table_version: number;
  readonly is_project_archived: boolean;
  readonly body_hash: Buffer | null;
  readonly answer: BatchAnswer | null;
  readonly has_later_deletes: boolean;
}

/**
 * Rows are looked up by index, each for itself. A planner that knows nothing yet of a young table would rather read all of
 * it for every batch.
 */
const BEGIN =
  'BEGIN; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off';

/** A moment after which nothing was deleted: what a batch without rows has for its oldest one. */
const NEVER = '9999-12-31T00:00:00.000Z';

/**
 * Begins the transaction and takes the table's lock before any statement looks at rows: a delete and an upsert of one
 * record that did not see each other would both stand, and the record with them. A batch with deletes has the table to
 * itself, others share it. Both go to the database together.
 */
async function probe(client: pg.PoolClient, batch: Batch, mapped: MappedRecords): Promise<Probe | undefined> {
  const { target } = batch;
  const lock = batch.body.deletes.length > 0 ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  const oldest = mapped.rows.reduce((least, place) => {
    const stamp = mapped.stamps[place] ?? least;
    return stamp < least ? stamp : least;
  }, NEVER);
  const [, found] = await Promise.all([
    client.query(`${BEGIN}; SELECT ${lock}(${tableLockKey(target.tableId)})`),
    client.query<Probe>({
      name: 'batch_probe',
      text: PROBE,
      values: [target.connectionId, batch.idempotencyKey, target.transferId, target.tableId, oldest],
    }),
  ]);
  return found.rows[0];
}

async function findBuried(
  client: pg.PoolClient,
  { target }: Batch,
  mapped: MappedRecords,
): Promise<Set<string>> {
  const places = [...mapped.rows, ...mapped.superseded];
  const found = await client.query<{ id: string }>({
    name: 'batch_buried',
    text: BURIED,
    values: [target.tableId, ...arraysOf(mapped, places, [])],
  });
  return new Set(found.rows.map((row) => row.id));
}

/** Throws TargetChanged unless everything still is as it was when the statements were made. */
function checkProbe({ target, organizationId }: Batch, found: Probe | undefined): asserts found is Probe {
  const isSame =
    found?.connection_status === 'active' &&
    found.organization_id === organizationId &&
    found.transfer_version === target.transferVersion &&
    found.table_version === target.tableVersion &&
    !found.is_project_archived;
  if (!isSame) throw new TargetChanged();
}

function replayed(found: Probe, hash: Buffer): BatchAnswer {
  if (found.answer === null || !found.body_hash?.equals(hash))
    throw conflict(
      'idempotency-key-reused',
      'This Idempotency-Key came with another body before. Send a new key with a new body.',
    );
  return found.answer;
}

/** Moves the rows of records whose key changed; answers those records that have a newer row, under another key. */
async function move(
  client: pg.PoolClient,
  { sql, mapping }: Batch,
  mapped: MappedRecords,
  overtaken: ReadonlySet<string>,
): Promise<string[]> {
  const isAlive = (place: number): boolean => !overtaken.has(mapped.ids[place] ?? '');
  const rows = mapped.rows.filter(isAlive);
  const superseded = mapped.superseded.filter(isAlive);
  const keys = keyColumns(mapping, mapped);
  const [ids, stamps, ...newKeys] = arraysOf(mapped, [...rows, ...superseded], keys);
  await client.query({
    name: `${sql.name}_rekey`,
    text: sql.rekey,
    values: [ids, stamps, [...rows.map(() => false), ...superseded.map(() => true)], ...newKeys],
  });
  const elsewhere = await client.query<{ id: string }>({
    name: `${sql.name}_elsewhere`,
    text: sql.elsewhere,
    values: arraysOf(mapped, rows, keys),
  });
  return elsewhere.rows.map((row) => row.id);
}

function keyColumns(mapping: Mapping, mapped: MappedRecords): MappedRecords['columns'] {
  return mapping.key.map((place) => mapped.columns[place] ?? []);
}

async function archive(client: pg.PoolClient, { body, sql }: Batch): Promise<number> {
  if (body.archives.length === 0) return 0;
  const archived = await client.query({
    name: `${sql.name}_archive`,
    text: sql.archive,
    values: [body.archives.map(([id]) => id), body.archives.map(([, at]) => at)],
  });
  return archived.rowCount ?? 0;
}

async function remove(client: pg.PoolClient, { body, sql, mapping, target }: Batch): Promise<number> {
  if (body.deletes.length === 0) return 0;
  const byId = await client.query({
    name: `${sql.name}_remove_by_id`,
    text: sql.removeById,
    values: [body.deletes.map((each) => each.id), body.deletes.map((each) => each.at), target.tableId],
  });
  const keys = body.deletes.flatMap((each) => {
    const key = mapKey(mapping, each.key);
    return key === null ? [] : [key];
  });
  if (keys.length === 0) return byId.rowCount ?? 0;
  const byKey = await client.query({
    name: `${sql.name}_remove_by_key`,
    text: sql.removeByKey,
    values: mapping.key.map((_place, index) => keys.map((key) => key[index])),
  });
  return (byId.rowCount ?? 0) + (byKey.rowCount ?? 0);
}

/** Writes the rows with the record of the batch and commits, both sent together. */
async function write(
  client: pg.PoolClient,
  { target, body, sql, idempotencyKey }: Batch,
  hash: Buffer,
  mapped: MappedRecords,
  care: Care,
  rows: readonly number[],
  counted: BatchAnswer,
): Promise<BatchAnswer> {
  const [written, committed] = await Promise.all([
    client.query<{ answer: BatchAnswer }>({
      name: `${sql.name}_${care.moves ? 'write_moved' : 'write'}`,
      text: care.moves ? sql.writeMoved : sql.write,
      values: [
        target.connectionId,
        idempotencyKey,
        target.tableId,
        body.object,
        hash,
        arrayLiteral(otherIds(mapped, rows)),
        body.archives.map(([id]) => id),
        body.deletes.map(({ id }) => id),
        JSON.stringify({ applied: counted.applied, unchanged: counted.unchanged, stale: counted.stale }),
        counted.archived,
        counted.deleted,
        JSON.stringify(counted.rejected),
        ...arraysOf(mapped, rows, mapped.columns),
      ],
    }),
    client.query('COMMIT'),
  ]);
  const [row] = written.rows;
  if (!row || committed.command !== 'COMMIT') throw new Error('The batch was not committed.');
  return row.answer;
}

/** Records of the batch beside those of the rows, which the statement knows anyway. */
function otherIds(mapped: MappedRecords, rows: readonly number[]): readonly string[] {
  if (rows.length === mapped.ids.length) return [];
  const written = new Set(rows);
  return mapped.ids.filter((id, place) => id !== '' && !written.has(place));
}
