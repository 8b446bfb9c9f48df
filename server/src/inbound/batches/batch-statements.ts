import type pg from 'pg';
import { arrayLiteral } from '../../database/array-literal.ts';
import { BEGIN_BY_INDEX } from '../../database/by-index.ts';
import { committing } from '../../database/failures.ts';
import { quoteLiteral } from '../../database/identifiers.ts';
import { writeInParts } from '../../database/in-parts.ts';
import { lockStatement } from '../../database/locks.ts';
import { clientSession } from '../../database/session.ts';
import { conflict } from '../../http/problem.ts';
import { moveIdentities } from '../../records/follow-changed-keys.ts';
import type { RecordVersion } from '../../records/rivals.ts';
import type { MergedIdentity, MovedRecord } from '../../people/record-identities.ts';
import { TargetChanged, type Batch, type BatchAnswer, type Care } from './batch.ts';
import { readMoment } from '../../values/check-value.ts';
import type { WrittenOptIn } from './follow-opt-ins.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import { mapKey, type Mapping, type Rejection } from '../../projects/mapping.ts';
import { BURIED } from './newer-version.sql.ts';
import { PROBE } from './batch-and-rows.sql.ts';
import { arraysOf, rejection } from './write-apart.ts';

export interface Probe {
  readonly connection_status: string;
  readonly organization_id: string | null;
  readonly transfer_version: number;
  readonly table_version: number;
  readonly is_project_archived: boolean;
  readonly body_hash: Buffer | null;
  readonly answer: BatchAnswer | null;
  readonly has_later_deletes: boolean;
  readonly has_rivals: boolean;
  readonly has_left_out: boolean;
  readonly has_erased: boolean;
  readonly has_faults: boolean;
  /** Checkboxes of the object that integrations write; null where none does. */
  readonly opt_in_fields: readonly WrittenOptIn[] | null;
}

/** Where changes of this transaction come from: they are not sent back there. */
const originOf = (connectionId: string): string => `SET LOCAL di.origin = ${quoteLiteral(connectionId)}`;

/** A moment after which nothing was deleted: what a batch without rows has for its oldest one. */
const NEVER = '9999-12-31T00:00:00.000Z';

/**
 * Begins the transaction and takes the table's lock before any statement looks at rows: a delete and an upsert of one
 * record that did not see each other would both stand, and the record with them. A batch with deletes has the table to
 * itself, others share it. Both go to the database together.
 */
export async function probe(
  client: pg.PoolClient,
  { target, body, idempotencyKey }: Batch,
  isExclusive: boolean,
): Promise<Probe | undefined> {
  const lock = lockStatement(target.tableId, isExclusive || body.deletes.length > 0 ? 'exclusive' : 'shared');
  const [, found] = await Promise.all([
    client.query(`${BEGIN_BY_INDEX}; ${originOf(target.connectionId)}; ${lock}`),
    client.query<Probe>({
      name: 'batch_probe',
      text: PROBE,
      values: [
        target.connectionId,
        idempotencyKey,
        target.transferId,
        target.tableId,
        oldest(body.upserts),
        target.tableCode,
        body.object,
      ],
    }),
  ]);
  return found.rows[0];
}

/** The oldest version that the records bring. */
function oldest(upserts: Batch['body']['upserts']): string {
  let least = NEVER;
  for (const [, modstamp] of upserts) {
    const moment = typeof modstamp === 'string' ? readMoment(modstamp) : null;
    if (moment !== null && moment < least) least = moment;
  }
  return least;
}

export async function findBuried(
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
export function checkProbe(
  { target, organizationId }: Batch,
  found: Probe | undefined,
): asserts found is Probe {
  const isSame =
    found?.connection_status === 'active' &&
    found.organization_id === organizationId &&
    found.transfer_version === target.transferVersion &&
    found.table_version === target.tableVersion &&
    !found.is_project_archived;
  if (!isSame) throw new TargetChanged();
}

export function replayed(found: Probe, hash: Buffer): BatchAnswer {
  if (found.answer === null || !found.body_hash?.equals(hash))
    throw conflict(
      'idempotency-key-reused',
      'This Idempotency-Key came with another body before. Send a new key with a new body.',
    );
  return found.answer;
}

/** What came of records whose key changed. */
export interface MovedRows {
  /** Ids of records that have a newer row, under another key. */
  readonly elsewhere: readonly string[];
  /** Who moved; those who are one with somebody from now on are still to be merged. */
  readonly movers: readonly Mover[];
}

/** Somebody whose record went to another key. */
export interface Mover extends MergedIdentity {
  readonly recordId: string;
  /** The row is no more: another one has the key. */
  readonly hasGivenWay: boolean;
}

interface MovedRow extends MovedRecord {
  readonly id: string;
  readonly is_placed: boolean;
}

/**
 * Moves the rows of records whose key changed, all at once, since they may exchange theirs.
 *
 * @param rows places of records to be written
 * @param superseded places of those that share their key with one of them
 */
export async function move(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  superseded: readonly number[],
): Promise<MovedRows> {
  if (rows.length + superseded.length === 0) return { elsewhere: [], movers: [] };
  const moved = await rekey(client, batch, mapped, rows, superseded);
  const followed = await moveIdentities(clientSession(client), batch.target.tableId, moved);
  const elsewhere = await client.query<{ id: string }>({
    name: `${batch.sql.name}_elsewhere`,
    text: batch.sql.elsewhere,
    values: arraysOf(mapped, rows, keyColumns(batch.mapping, mapped)),
  });
  return {
    elsewhere: elsewhere.rows.map((row) => row.id),
    movers: followed.map(({ place, ...mover }) => {
      const row = moved[place];
      return { ...mover, recordId: row?.id ?? '', hasGivenWay: row?.is_placed !== true };
    }),
  };
}

async function rekey(
  client: pg.PoolClient,
  { sql, mapping }: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  superseded: readonly number[],
): Promise<MovedRow[]> {
  const keys = keyColumns(mapping, mapped);
  const [ids, stamps, ...newKeys] = arraysOf(mapped, [...rows, ...superseded], keys);
  const moved = await client.query<MovedRow>({
    name: `${sql.name}_rekey`,
    text: sql.rekey,
    values: [ids, stamps, [...rows.map(() => false), ...superseded.map(() => true)], ...newKeys],
  });
  return moved.rows;
}

/**
 * Finds the records whose rows PostgreSQL does not let move: a row at the limit of its length has no room for a longer
 * key. Nothing is moved: each part is taken back.
 */
export async function findUnmovable(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Rejection>> {
  const session = clientSession(client);
  const unmovable = new Map<number, Rejection>();
  const attempt = async (part: readonly number[]): Promise<void> => {
    await session.query('SAVEPOINT attempt');
    await rekey(client, batch, mapped, part, []);
    await session.query('ROLLBACK TO SAVEPOINT attempt');
  };
  await writeInParts(session, rows, attempt, (place, error) => {
    unmovable.set(place, rejection(batch.mapping, mapped.ids[place] ?? null, error));
  });
  return unmovable;
}

function keyColumns(mapping: Mapping, mapped: MappedRecords): MappedRecords['columns'] {
  return mapping.key.map((place) => mapped.columns[place] ?? []);
}

/** Archives rows; those that PostgreSQL does not let be are told, and stop none of the others. */
export async function archive(
  client: pg.PoolClient,
  { sql, mapping }: Batch,
  archives: readonly RecordVersion[],
  isInParts: boolean,
): Promise<{ archived: number; rejected: readonly Rejection[] }> {
  const rejected: Rejection[] = [];
  let archived = 0;
  const write = async (part: readonly RecordVersion[]): Promise<void> => {
    const written = await client.query({
      name: `${sql.name}_archive`,
      text: sql.archive,
      values: [part.map(([id]) => id), part.map(([, at]) => at)],
    });
    archived += written.rowCount ?? 0;
  };
  if (isInParts)
    await writeInParts(clientSession(client), archives, write, ([id], error) => {
      rejected.push(rejection(mapping, id, error));
    });
  else if (archives.length > 0) await write(archives);
  return { archived, rejected };
}

export async function remove(client: pg.PoolClient, { body, sql, mapping, target }: Batch): Promise<number> {
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

/**
 * Writes the rows with the record of the batch and commits, both sent together.
 *
 * @param last what else the transaction has to do when its rows are written; null where there is nothing
 */
export async function write(
  client: pg.PoolClient,
  { target, body, sql, idempotencyKey }: Batch,
  hash: Buffer,
  mapped: MappedRecords,
  care: Care,
  rows: readonly number[],
  counted: BatchAnswer,
  last: (() => Promise<void>) | null,
): Promise<BatchAnswer> {
  const writing = client.query<{ answer: BatchAnswer }>({
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
      JSON.stringify({ ...counted, rejected: undefined }),
      counted.archived,
      counted.deleted,
      JSON.stringify(counted.rejected),
      ...arraysOf(mapped, rows, mapped.columns),
    ],
  });
  if (last !== null) {
    await writing;
    await last();
  }
  const [written, committed] = await committing(Promise.all([writing, client.query('COMMIT')]));
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
