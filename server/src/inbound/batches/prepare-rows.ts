import type pg from 'pg';
import { clientSession, type Session } from '../../database/session.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Rejection } from '../../projects/mapping.ts';
import { laterRivals, takeOver, type LeftRow, type RecordVersion } from '../../records/rivals.ts';
import { rivalTableOf, type Batch, type Care } from './batch.ts';
import { findUnmovable, move, type Mover } from './batch-statements.ts';
import { contest, type Contest, type Leaving } from './choose-holders.ts';
import { asTheyCame, type MergedRecords } from './merge-edits.ts';
import { releaseRows, type Gone, type Released } from './release-rows.ts';

/** What is to be written of a batch, once its rows stand where they belong. */
export interface PreparedRows {
  /** Places of the records that are written, in the order of their keys. */
  readonly rows: readonly number[];
  /** How many records are kept as rivals. */
  readonly rivals: number;
  /** How many records have a later version. */
  readonly stale: number;
  readonly rejected: readonly Rejection[];
  /** Keys of rows that were handed over, by the records that are to be written into them. */
  readonly handed: ReadonlyMap<string, RecordKey>;
  readonly movers: readonly Mover[];
  /** Ids of records that went to another key and whose rows others have taken. */
  readonly leftBehind: ReadonlySet<string>;
}

/**
 * Moves the rows of records whose key changed, lets rivals take those of records that leave, and decides between records that
 * claim one row, as far as care is taken of it. Records of which a later version is there are noted as overtaken.
 */
export async function prepareRows(
  client: pg.PoolClient,
  batch: Batch,
  edits: MergedRecords,
  care: Care,
  overtaken: Set<string>,
  gone: Gone,
  hasRivals: boolean,
): Promise<PreparedRows> {
  const mapped = edits.records;
  if (!care.moves && !care.contests) return untouched(mapped, overtaken);
  const session = clientSession(client);
  const isAlive = (place: number): boolean => !overtaken.has(mapped.ids[place] ?? '');
  const claims = mapped.rows.map((place) => [place, ...(mapped.contenders.get(place) ?? [])]);
  const all = claims.flat();
  let released: Released = { rejected: [], leftBehind: new Set() };
  if (care.contests && hasRivals) {
    for (const id of await laterRivals(session, batch.target.tableId, versionsOf(mapped, all)))
      overtaken.add(id);
    released = await releaseRows(session, batch, mapped, all.filter(isAlive), gone);
  }
  const { unmovable, movers } = care.moves
    ? await moveRows(client, batch, mapped, care, overtaken, claims)
    : UNMOVED;
  const open = claims
    .map((places) => places.filter((place) => isAlive(place) && !unmovable.has(place)))
    .filter((places) => places.length > 0);
  const decided = care.contests
    ? await contest(client, batch, mapped, open, leavingOf(gone), {
        values: asTheyCame(batch, edits),
        areThere: hasRivals,
        mayBe: hasRivals || care.exclusive,
      })
    : uncontested(open);
  return {
    ...decided,
    stale: all.length - unmovable.size - decided.rows.length - decided.rivals,
    rejected: [...released.rejected, ...unmovable.values(), ...decided.rejected],
    ...{ movers, leftBehind: released.leftBehind },
  };
}

/** What is written of a batch that moves nothing and of which no record claims the row of another one. */
function untouched(mapped: MappedRecords, overtaken: ReadonlySet<string>): PreparedRows {
  const rows =
    overtaken.size === 0
      ? mapped.rows
      : mapped.rows.filter((place) => !overtaken.has(mapped.ids[place] ?? ''));
  const stale = mapped.rows.length - rows.length;
  return { rows, rivals: 0, stale, rejected: [], handed: new Map(), movers: [], leftBehind: new Set() };
}

function uncontested(claims: readonly (readonly number[])[]): Contest {
  return { rows: claims.flatMap(([first]) => first ?? []), rivals: 0, rejected: [], handed: new Map() };
}

/** Gives rows back that were handed to records which the database then refused: the best rival fills them, most often as before. */
export async function handBack(
  session: Session,
  { target }: Batch,
  { handed }: PreparedRows,
  rejected: readonly Rejection[],
): Promise<void> {
  const rows = rejected.flatMap(({ id }): LeftRow[] => {
    const key = handed.get(id ?? '');
    return key === undefined ? [] : [{ key, away_at: null }];
  });
  // Who is refused now was written before; if not, the row stays as it is until another version comes.
  await takeOver(session, rivalTableOf(target), rows, () => undefined);
}

/** Records whose rows cannot be moved, and who moved. */
interface Moved {
  readonly unmovable: ReadonlyMap<number, Rejection>;
  readonly movers: readonly Mover[];
}

const UNMOVED: Moved = { unmovable: new Map(), movers: [] };

function versionsOf(mapped: MappedRecords, places: readonly number[]): RecordVersion[] {
  return places.map((place) => [mapped.ids[place] ?? '', mapped.stamps[place] ?? '']);
}

function leavingOf({ archives, deletes }: Gone): Leaving {
  const leaving = new Map(archives.map(([id, at]) => [id, { at, isGone: false }]));
  for (const [id, at] of deletes) leaving.set(id, { at, isGone: true });
  return leaving;
}

/**
 * Moves the rows of records whose key changed, and notes those that have a newer row as overtaken; answers those whose row
 * cannot be moved, which is looked for where PostgreSQL has refused a row of the batch.
 *
 * @param claims places of records by their keys
 */
async function moveRows(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  care: Care,
  overtaken: Set<string>,
  claims: readonly (readonly number[])[],
): Promise<Moved> {
  const alive = claims.map((places) => places.filter((place) => !overtaken.has(mapped.ids[place] ?? '')));
  const unmovable = care.parts ? await findUnmovable(client, batch, mapped, alive.flat()) : UNMOVED.unmovable;
  const movable = alive.map((places) => places.filter((place) => !unmovable.has(place)));
  const leaders = movable.flatMap(([first]) => first ?? []);
  const others = movable.flatMap(([, ...rest]) => rest);
  const { elsewhere, movers } = await move(client, batch, mapped, leaders, others);
  for (const id of elsewhere) overtaken.add(id);
  return { unmovable, movers };
}
