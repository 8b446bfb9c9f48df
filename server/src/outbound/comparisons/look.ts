import type pg from 'pg';
import type { CompiledTarget } from '../../inbound/batches/targets.ts';
import { arraysOf } from '../../inbound/batches/write-apart.ts';
import type { BatchBody } from '../../inbound/batches/batch-body.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { keyFields } from '../../people/record-keys.ts';
import { mapRecords } from '../../projects/map-records.ts';
import type { Reason } from './comparison-runs.ts';
import { lookSql } from './look.sql.ts';

/** What waits of a row, and whether it was given up. */
export interface OpenDelivery {
  readonly state: string;
  readonly columns: readonly string[] | null;
}

/** A field of which both sides say something else; values are texts of JSON. */
export interface FieldDifference {
  readonly column: string;
  readonly ours: string;
  readonly theirs: string | null;
}

interface LookRow {
  readonly place: number;
  readonly has_row: boolean;
  readonly is_archived: boolean;
  readonly row_stamp: Date | null;
  readonly key: RecordKey | null;
  readonly differing: readonly FieldDifference[];
  readonly conflicts: readonly string[];
  readonly deliveries: readonly OpenDelivery[];
  readonly is_rival: boolean | null;
  readonly is_buried: boolean;
  readonly is_rejected: boolean;
}

/** What is wrong with a record, and what explains the rest. */
export interface Seen {
  readonly id: string;
  /** Of the row, or the one that the record would have; null where it has none. */
  readonly key: RecordKey | null;
  readonly isMissing: boolean;
  readonly fields: readonly FieldDifference[];
  readonly explained: ReadonlySet<Reason>;
}

/**
 * Compares records, as the mapping makes them, with their rows. Answers those that are not equal, by their ids.
 *
 * @param since changes of records since then may be on their way
 */
export async function lookAtRecords(
  pool: pg.Pool,
  { target, mapping }: CompiledTarget,
  body: BatchBody,
  since: Date,
): Promise<ReadonlyMap<string, Seen>> {
  const mapped = mapRecords(mapping, body.upserts);
  const refused = new Set(mapped.rejected.flatMap(({ id }) => id ?? []));
  const places = mapped.ids.flatMap((id, place) => (refused.has(id) || id === '' ? [] : [place]));
  const fields = mapping.columns.map(({ field }) => field);
  const { rows } = await pool.query<LookRow>(lookSql(target, keyFields(target), fields), [
    ...arraysOf(mapped, places, mapped.columns),
    ...[target.tableId, target.connectionId, body.object, target.tableCode],
  ]);
  const fills = new Set(
    mapping.columns.filter(({ onlyWhenEmpty }) => onlyWhenEmpty).map(({ field }) => field.name),
  );
  const seen = new Map<string, Seen>(
    [...refused].map((id) => [
      id,
      { id, key: null, isMissing: false, fields: [], explained: new Set(['rejected']) },
    ]),
  );
  for (const row of rows) {
    const place = places[row.place] ?? -1;
    const found = judge(row, mapped.ids[place] ?? '', new Date(mapped.stamps[place] ?? ''), since, fills);
    if (found !== null) seen.set(found.id, found);
  }
  return seen;
}

function judge(row: LookRow, id: string, stamp: Date, since: Date, fills: ReadonlySet<string>): Seen | null {
  const isLate = row.row_stamp === null || stamp > row.row_stamp;
  const isRecent = isLate && stamp >= since;
  const whole = (reason: Reason | null): Seen => ({
    ...{ id, key: row.key, fields: [] },
    isMissing: reason === null,
    explained: new Set(reason === null ? [] : [reason]),
  });
  if (!row.has_row) return whole(missingReason(row, isRecent));
  if (row.is_archived) return whole('archived');
  const fields: FieldDifference[] = [];
  const explained = new Set<Reason>();
  for (const difference of row.differing) {
    // What fills empty columns only says nothing of others.
    if (fills.has(difference.column) && difference.ours !== 'null') continue;
    const reason = fieldReason(row, difference.column, isRecent);
    if (reason === null) fields.push(difference);
    else explained.add(reason);
  }
  return fields.length + explained.size === 0
    ? null
    : { id, key: row.key, isMissing: false, fields, explained };
}

function missingReason(row: LookRow, isRecent: boolean): Reason | null {
  if (row.key === null) return 'left-out';
  if (row.is_rival !== null) return row.is_rival ? 'rival' : 'archived';
  if (row.is_buried) return 'deleted';
  if (row.is_rejected) return 'rejected';
  return isRecent ? 'on-its-way' : null;
}

function fieldReason(row: LookRow, column: string, isRecent: boolean): Reason | null {
  const delivery = deliveryReason(row.deliveries, column);
  if (delivery !== null) return delivery;
  if (row.conflicts.includes(column)) return 'conflict';
  if (row.is_rejected) return 'rejected';
  return isRecent ? 'on-its-way' : null;
}

/** Why a column may be another one in Salesforce: it waits to be sent, or was given up, which is told of elsewhere. */
export function deliveryReason(deliveries: readonly OpenDelivery[], column: string | null): Reason | null {
  const open = deliveries.filter(
    ({ columns }) => column === null || columns === null || columns.includes(column),
  );
  if (open.some(({ state }) => state === 'pending')) return 'waiting';
  return open.length > 0 ? 'failed' : null;
}

/** What two looks agree on: what changed in between is nobody's fault. */
export function inBoth(first: Seen, second: Seen | undefined): Seen | null {
  if (second === undefined) return null;
  const fields = second.fields.filter(({ column, ours, theirs }) =>
    first.fields.some((each) => each.column === column && each.ours === ours && each.theirs === theirs),
  );
  const isMissing = first.isMissing && second.isMissing;
  const hasChanged = second.isMissing !== isMissing || fields.length < second.fields.length;
  const explained = new Set<Reason>([...second.explained, ...(hasChanged ? (['changing'] as const) : [])]);
  return { ...second, isMissing, fields, explained };
}
