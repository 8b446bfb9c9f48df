import { createHash } from 'node:crypto';
import type pg from 'pg';
import { lowerConsent } from './lower-consent.ts';
import { clientSession } from '../../database/session.ts';
import { isRefusedRow, sqlState } from '../../database/sql-state.ts';
import {
  type Probe,
  archive,
  checkProbe,
  findBuried,
  findUnmovable,
  move,
  probe,
  remove,
  replayed,
  write,
} from './batch-statements.ts';
import { settleFaults } from './batch-faults.ts';
import { TargetChanged, type Batch, type BatchAnswer, type Care } from './batch.ts';
import { followOptIns } from './follow-opt-ins.ts';
import { keepOptOuts } from './keep-opt-outs.ts';
import { mapRecords, type MappedRecords, type Rejection } from '../../projects/mapping.ts';
import { mergeEdits } from './merge-edits.ts';
import { ROW_EDITED } from './merge.sql.ts';
import { KEY_MOVED } from './table.sql.ts';
import { writeApart } from './write-rows.ts';

/** Locks and serialization, and a twin that was faster: the same work again goes through, or finds its answer. */
const AGAIN = new Set(['40P01', '40001', '55P03']);
const BATCH_EXISTS = 'batch_pkey';
const ATTEMPTS = 6;
const NONE: ReadonlyMap<number, Rejection> = new Map();
/** A table or a column that is gone or has another type: it was built anew. */
const CHANGED = new Set(['42P01', '42703', '42804', '3F000', '0A000']);

/**
 * Applies a batch once. The record of it, the rows and the answer are committed together, or nothing is. Throws
 * TargetChanged where the transfer has to be read again.
 */
export async function applyBatch(
  pool: pg.Pool,
  batch: Batch,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  let mapped: MappedRecords | null = null;
  const merges = batch.edits !== undefined;
  let care: Care = { moves: merges, merges, parts: false };
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      // Records are mapped while the database looks at what the batch depends on.
      const probing = probe(client, batch);
      // Where the mapping fails, nobody waits for it any more.
      probing.catch(() => undefined);
      mapped ??= mapRecords(batch.mapping, batch.body.upserts);
      if (mapped.superseded.length > 0 || hasGone(batch)) care = { ...care, moves: true };
      const outcome = await applyOnce(client, batch, await probing, mapped, care);
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
      // A row may be changed by somebody again and again.
      else if (state === ROW_EDITED) care = { ...care, moves: true, merges: true };
      // Which row it is that PostgreSQL refuses, is found part by part.
      else if (isRefusedRow(error) && !care.parts) care = { ...care, moves: true, parts: true };
      else throw error;
    }
  }
}

function hasGone({ body }: Batch): boolean {
  return body.archives.length > 0 || body.deletes.length > 0;
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
  found: Probe | undefined,
  taken: MappedRecords,
  care: Care,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  checkProbe(batch, found);
  const hash = createHash('sha256').update(batch.rawBody).digest();
  if (found.body_hash !== null) {
    await client.query('ROLLBACK');
    return { answer: replayed(found, hash), isReplay: true };
  }
  const overtaken = found.has_later_deletes ? await findBuried(client, batch, taken) : new Set<string>();
  const session = clientSession(client);
  if (found.has_erased) await keepOptOuts(session, batch, taken, overtaken);
  const { records: mapped, merged } = await mergeEdits(client, batch, taken, overtaken, care);
  const unmovable = care.moves ? await moveRows(client, batch, mapped, care, overtaken) : NONE;
  if (batch.lowering !== null) await lowerConsent(session, batch, mapped, overtaken);
  const movable = unmovable.size === 0 ? mapped.rows : mapped.rows.filter((place) => !unmovable.has(place));
  const rows =
    overtaken.size === 0 ? movable : movable.filter((place) => !overtaken.has(mapped.ids[place] ?? ''));
  // What is gone goes last: a record that takes over the row of a deleted one, after a merge, keeps what the row holds.
  const inParts = care.parts || hasGone(batch);
  const [edited, unedited] = [
    rows.filter((place) => merged.has(place)),
    rows.filter((place) => !merged.has(place)),
  ];
  const before = await writeApart(client, batch, mapped, edited, 'upsertMerged');
  if (inParts) await writeApart(client, batch, mapped, unedited, 'upsert', before);
  const { archived, rejected: kept } = await archive(client, batch, care.parts);
  const deleted = await remove(client, batch);
  const counted = {
    ...before,
    stale: before.stale + movable.length - rows.length + mapped.superseded.length,
    archived,
    deleted,
    rejected: [...mapped.rejected, ...unmovable.values(), ...before.rejected, ...kept],
  };
  if (found.has_faults || counted.rejected.length > 0)
    await settleFaults(client, batch, mapped, counted.rejected);
  const { opt_in_fields: optIns } = found;
  const last = optIns && (() => followOptIns(session, batch, mapped, rows, optIns));
  const answer = await write(client, batch, hash, mapped, care, inParts ? [] : unedited, counted, last);
  return { answer, isReplay: false };
}

/**
 * Moves the rows of records whose key changed, and notes those that have a newer row as overtaken; answers those whose row
 * cannot be moved, which is looked for where PostgreSQL has refused a row of the batch.
 */
async function moveRows(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  care: Care,
  overtaken: Set<string>,
): Promise<ReadonlyMap<number, Rejection>> {
  const isAlive = (place: number): boolean => !overtaken.has(mapped.ids[place] ?? '');
  const rows = mapped.rows.filter(isAlive);
  const unmovable = care.parts ? await findUnmovable(client, batch, mapped, rows) : NONE;
  const movable = rows.filter((place) => !unmovable.has(place));
  const elsewhere = await move(client, batch, mapped, movable, mapped.superseded.filter(isAlive));
  for (const id of elsewhere) overtaken.add(id);
  return unmovable;
}
