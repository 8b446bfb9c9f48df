import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import type { MovedRecord } from '../../people/record-identities.ts';
import { keyFields, keyObject } from '../../people/record-keys.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Rejection } from '../../projects/mapping.ts';
import { carryWithdrawals } from '../../records/follow-changed-keys.ts';
import {
  deleteRivals,
  lockRowsOf,
  setRivalsAway,
  takeOver,
  type RecordVersion,
} from '../../records/rivals.ts';
import { rivalTableOf, type Batch } from './batch.ts';
import { incoming } from './incoming.sql.ts';
import { arraysOf, rejection } from './write-apart.ts';
import { holdsNoLaterVersion } from '../../projects/system-columns.ts';

/** Records that leave the rows that they fill. */
export interface Gone {
  /** Archived ones, and those that lost their key. */
  readonly archives: readonly RecordVersion[];
  readonly deletes: readonly RecordVersion[];
}

/** What came of the rows that records left. */
export interface Released {
  /** Rivals whose values the database refused. */
  readonly rejected: readonly Rejection[];
  /** Ids of records that went to another key and whose rows others have taken, with what waits to be sent of them. */
  readonly leftBehind: ReadonlySet<string>;
}

/**
 * Lets the best rivals take the rows of records that leave: deleted ones, archived ones, and those that go to another key.
 * Rivals that leave themselves do not.
 *
 * @param places of the records of the batch that count
 */
export async function releaseRows(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  places: readonly number[],
  { archives, deletes }: Gone,
): Promise<Released> {
  const table = rivalTableOf(batch.target);
  await setRivalsAway(session, table.id, archives);
  await deleteRivals(session, table.id, deletes);
  const moves = await findMoves(session, batch, mapped, places);
  const rows = [
    ...moves.filter(({ isRival }) => !isRival).map(({ from: key }) => ({ key, away_at: null })),
    ...(await lockRowsOf(session, table, deletes)).map(({ key }) => ({ key, away_at: null })),
    ...(await lockRowsOf(session, table, archives)).map(({ key, at }) => ({
      key,
      away_at: at.toISOString(),
    })),
  ];
  const rejected: Rejection[] = [];
  const taken = await takeOver(session, table, rows, (id, error) => {
    rejected.push(rejection(batch.mapping, id, error));
  });
  const stays = new Set(taken.map((key) => JSON.stringify(key)));
  // Where nobody stays behind, who the record stands for goes along as a whole.
  const isTaken = ({ from }: Move): boolean => stays.has(JSON.stringify(from));
  await carryWithdrawals(
    session,
    table.id,
    moves.filter((move) => move.isRival || isTaken(move)),
  );
  const left = moves.filter((move) => !move.isRival && isTaken(move));
  return { rejected, leftBehind: new Set(left.map(({ id }) => id)) };
}

/** A record that goes to another key, from its row or as a rival. */
interface Move extends MovedRecord {
  readonly id: string;
  readonly isRival: boolean;
}

/** Records that go to another key. Their rows are locked; those that were rivals are forgotten. */
async function findMoves(
  session: Session,
  { target, mapping }: Batch,
  mapped: MappedRecords,
  places: readonly number[],
): Promise<Move[]> {
  if (places.length === 0) return [];
  const key = keyFields(target);
  const names = key.map(({ name }) => quoteIdentifier(name));
  const keyOf = (row: string): string => keyObject(key, (field) => `${row}.${quoteIdentifier(field.name)}`);
  const coming = `${incoming(key, 3, ['$1::text[]', '$2::timestamptz[]'])} AS i (_id, _stamp, ${names.join(', ')})`;
  const arrays = arraysOf(
    mapped,
    places,
    mapping.key.map((place) => mapped.columns[place]),
  );
  const rivals = await session.query<MovedRecord & { readonly id: string }>(
    `DELETE FROM di.rival v USING ${coming}
     WHERE v.table_id = $${arrays.length + 1}::uuid AND v.salesforce_id = i._id AND v.modstamp <= i._stamp
       AND v.record_key <> ${keyOf('i')}
     RETURNING v.salesforce_id AS id, v.record_key AS "from", ${keyOf('i')} AS "to"`,
    [...arrays, target.tableId],
  );
  const rows = await session.query<MovedRecord & { readonly id: string }>(
    `SELECT i._id AS id, ${keyOf('r')} AS "from", ${keyOf('i')} AS "to"
     FROM ${coming} JOIN ${quoteTable(target.schemaName, target.tableCode)} r ON r."_salesforce_id" = i._id
     WHERE (${names.map((name) => `r.${name}`).join(', ')}) <> (${names.map((name) => `i.${name}`).join(', ')})
       AND r."_archived_at" IS NULL AND ${holdsNoLaterVersion('i._stamp')}
     ORDER BY 2 FOR UPDATE OF r`,
    arrays,
  );
  return [
    ...rivals.map((move) => ({ ...move, isRival: true })),
    ...rows.map((move) => ({ ...move, isRival: false })),
  ];
}
