import { quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Rejection } from '../../projects/mapping.ts';
import type { Batch } from './batch.ts';

/** What became of the records of a batch that were not taken. */
export interface JudgedRejections {
  readonly rejected: readonly Rejection[];
  /** Those of them whose rows show an older version now. */
  readonly outdated: ReadonlySet<string>;
  /** How many are older than what their rows hold: nobody misses them. */
  readonly stale: number;
}

/** Tells of records that were refused what stands instead: nothing, an older version of theirs, or a later one. */
export async function judgeRejections(
  session: Session,
  { target }: Batch,
  mapped: MappedRecords,
  rejected: readonly Rejection[],
): Promise<JudgedRejections> {
  if (rejected.length === 0) return { rejected, outdated: new Set(), stale: 0 };
  const stamps = new Map(mapped.ids.map((id, place) => [id, mapped.stamps[place] ?? '']));
  const rows = await session.query<{ id: string; stamp: Date | null }>(
    `SELECT r."_salesforce_id" AS id, r."_source_modstamp" AS stamp
     FROM ${quoteTable(target.schemaName, target.tableCode)} r
     WHERE r."_salesforce_id" = ANY ($1::text[]) AND r."_archived_at" IS NULL`,
    [rejected.flatMap(({ id }) => id ?? [])],
  );
  const held = new Map(rows.map(({ id, stamp }) => [id, stamp?.toISOString() ?? '']));
  const isStale = ({ id }: Rejection): boolean => {
    const stamp = stamps.get(id ?? '') ?? '';
    return stamp !== '' && stamp < (held.get(id ?? '') ?? '');
  };
  const current = rejected.filter((each) => !isStale(each));
  return {
    rejected: current,
    outdated: new Set(current.flatMap(({ id }) => (id !== null && held.has(id) ? [id] : []))),
    stale: rejected.length - current.length,
  };
}
