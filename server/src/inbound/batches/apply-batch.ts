import { createHash } from 'node:crypto';
import type pg from 'pg';
import { lowerConsent } from './lower-consent.ts';
import { clientSession, type Session } from '../../database/session.ts';
import { isRefusedRow, sqlState } from '../../database/sql-state.ts';
import {
  type Probe,
  archive,
  checkProbe,
  findBuried,
  probe,
  remove,
  replayed,
  write,
} from './batch-statements.ts';
import { settleFaults } from './batch-faults.ts';
import { ExclusiveNeeded, TargetChanged, type Batch, type BatchAnswer, type Care } from './batch.ts';
import { followOptIns } from './follow-opt-ins.ts';
import { judgeRejections } from './judge-rejections.ts';
import { keepOptOuts } from './keep-opt-outs.ts';
import { isConverted } from './keep-rivals.ts';
import { findKeyless } from './keyless-records.ts';
import { mergeEdits } from './merge-edits.ts';
import { ROW_EDITED } from './merge.sql.ts';
import { followEdits } from './moved-edits.ts';
import { handBack, prepareRows } from './prepare-rows.ts';
import type { Gone } from './release-rows.ts';
import { claimants, mapRecordsInTurns, type MappedRecords } from '../../projects/map-records.ts';
import { isAnyRival, type RecordVersion } from '../../records/rivals.ts';
import { KEY_MOVED } from './batch-and-rows.sql.ts';
import { findUnwanted } from './unwanted-reads.ts';
import { RowsTaken, writeApart } from './write-apart.ts';

/** Locks and serialization, and a twin that was faster: the same work again goes through, or finds its answer. */
const AGAIN = new Set(['40P01', '40001', '55P03', KEY_MOVED]);
const BATCH_EXISTS = 'batch_pkey';
const ATTEMPTS = 6;
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
  let care: Care = { moves: merges, merges, contests: false, parts: false, exclusive: false };
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      // Records are mapped while the database looks at what the batch depends on.
      const probing = probe(client, batch, care.exclusive);
      // Where the mapping fails, nobody waits for it any more.
      probing.catch(() => undefined);
      mapped ??= await mapRecordsInTurns(batch.mapping, batch.body.upserts);
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
      const next = careAfter(care, error);
      if (next !== null) care = next;
      else if (AGAIN.has(state) || isTwin(error)) await pause(attempt);
      else throw error;
    }
  }
}

/** What else is done of a batch that failed; null where nothing is that was not done before. */
function careAfter(care: Care, error: unknown): Care | null {
  // A row may be changed by somebody again and again.
  if (sqlState(error) === ROW_EDITED) return { ...care, moves: true, merges: true };
  if (error instanceof ExclusiveNeeded) return { ...care, moves: true, contests: true, exclusive: true };
  const isTaken = error instanceof RowsTaken || sqlState(error) === KEY_MOVED;
  if (isTaken) return care.contests ? null : { ...care, moves: true, contests: true };
  // Which row it is that PostgreSQL refuses, is found part by part.
  return isRefusedRow(error) && !care.parts ? { ...care, moves: true, parts: true } : null;
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
  wanted: Care,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  checkProbe(batch, found);
  const hash = createHash('sha256').update(batch.rawBody).digest();
  if (found.body_hash !== null) {
    await client.query('ROLLBACK');
    return { answer: replayed(found, hash), isReplay: true };
  }
  const overtaken = found.has_later_deletes ? await findBuried(client, batch, taken) : new Set<string>();
  const session = clientSession(client);
  if (batch.edits) for (const id of await findUnwanted(session, batch, taken)) overtaken.add(id);
  if (found.has_erased) await keepOptOuts(session, batch, taken, overtaken);
  const keyless = await findKeyless(session, batch, taken, found.has_left_out);
  const gone = goneOf(batch, keyless.known);
  const care = await careOf(session, batch, taken, wanted, gone, found);
  const edits = await mergeEdits(client, batch, taken, claimsOf(taken, overtaken), care);
  // Two records claim one row that had different keys as they came.
  if (edits.records.contenders.size > 0 && !care.contests) throw new RowsTaken();
  const prepared = await prepareRows(client, batch, edits, care, overtaken, gone, found.has_rivals);
  const { records: mapped, merged } = await followEdits(client, batch, edits, prepared, care);
  const { rows } = prepared;
  if (batch.lowering !== null) await lowerConsent(session, batch, mapped, rows, overtaken);
  // What is gone goes last: a record that takes over the row of a deleted one, after a merge, keeps what the row holds.
  const inParts = care.parts || isAnyGone(gone);
  const edited = rows.filter((place) => merged.has(place));
  const unedited = edited.length === 0 ? rows : rows.filter((place) => !merged.has(place));
  const before = await writeApart(client, batch, mapped, edited, 'upsertMerged');
  if (inParts) await writeApart(client, batch, mapped, unedited, 'upsert', before);
  await handBack(session, batch, prepared, before.rejected);
  const { archived, rejected: kept } = await archive(client, batch, gone.archives, care.parts);
  const deleted = await remove(client, batch);
  const rejected = [...mapped.rejected, ...prepared.rejected, ...before.rejected, ...kept];
  const judged = await judgeRejections(session, batch, mapped, rejected);
  const counted = {
    ...before,
    ...{ archived, deleted, rivals: prepared.rivals, leftOut: keyless.unknown },
    stale: before.stale + prepared.stale + mapped.superseded.length + judged.stale,
    rejected: judged.rejected,
  };
  if (found.has_faults || judged.rejected.length > 0) await settleFaults(client, batch, mapped, judged);
  const { opt_in_fields: optIns } = found;
  const waiting = optIns && prepared.rivals > 0 ? unwrittenOf(mapped, rows) : [];
  const last = optIns && (() => followOptIns(session, batch, mapped, rows, waiting, optIns));
  const answer = await write(client, batch, hash, mapped, care, inParts ? [] : unedited, counted, last);
  return { answer, isReplay: false };
}

/** Places of the records that claim a row, those aside of which nothing is written. */
function claimsOf(mapped: MappedRecords, overtaken: ReadonlySet<string>): readonly number[] {
  const places = claimants(mapped);
  return overtaken.size === 0 ? places : places.filter((place) => !overtaken.has(mapped.ids[place] ?? ''));
}

/** Places of records with a key that are not written: rivals, and those that came late. */
function unwrittenOf(mapped: MappedRecords, written: readonly number[]): readonly number[] {
  const isWritten = new Set(written);
  return claimants(mapped).filter((place) => !isWritten.has(place));
}

function goneOf({ body }: Batch, keyless: readonly RecordVersion[]): Gone {
  return {
    archives: [...body.archives, ...keyless],
    deletes: body.deletes.map(({ id, at }) => [id, at] as const),
  };
}

const isAnyGone = ({ archives, deletes }: Gone): boolean => archives.length > 0 || deletes.length > 0;

/** What the batch needs beyond the usual, as far as can be told before its rows are written. */
async function careOf(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  wanted: Care,
  gone: Gone,
  found: Probe,
): Promise<Care> {
  const { archives, deletes } = gone;
  const ids = (): string[] => [...mapped.ids, ...archives.map(([id]) => id), ...deletes.map(([id]) => id)];
  const contests =
    wanted.contests ||
    mapped.contenders.size > 0 ||
    (found.has_rivals &&
      (isAnyGone(gone) ||
        mapped.rows.some((place) => isConverted(batch, place)) ||
        (await isAnyRival(session, batch.target.tableId, ids()))));
  return { ...wanted, contests, moves: wanted.moves || contests || isAnyGone(gone) };
}
