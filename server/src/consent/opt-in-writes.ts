import type { Session } from '../database/session.ts';

/** What DI wrote to a checkbox of a record on somebody's word, and the version that the record had afterwards. */
export interface OptInWrite {
  readonly recordId: string;
  readonly field: string;
  readonly value: boolean;
  /** ISO 8601. */
  readonly modstamp: string;
  readonly identityId: string;
}

/** Remembers what was written last. */
export async function keepOptInWrites(
  session: Session,
  connectionId: string,
  writes: readonly OptInWrite[],
): Promise<void> {
  const latest = [
    ...new Map(writes.map((write) => [`${write.recordId} ${write.field.toLowerCase()}`, write])).values(),
  ];
  if (latest.length === 0) return;
  await session.query(
    `INSERT INTO di.opt_in_write AS w (connection_id, salesforce_id, field, value, modstamp, identity_id)
     SELECT $1::uuid, n.salesforce_id, lower(n.field), n.value, n.modstamp, n.identity_id
     FROM unnest($2::text[], $3::text[], $4::boolean[], $5::timestamptz[], $6::uuid[])
       AS n (salesforce_id, field, value, modstamp, identity_id)
     JOIN di.record_identity i ON i.id = n.identity_id AND i.erased_at IS NULL
     ORDER BY 2, 3
     ON CONFLICT (connection_id, salesforce_id, field) DO UPDATE
     SET value = EXCLUDED.value, modstamp = EXCLUDED.modstamp, identity_id = EXCLUDED.identity_id
     WHERE w.modstamp <= EXCLUDED.modstamp`,
    [
      connectionId,
      latest.map(({ recordId }) => recordId),
      latest.map(({ field }) => field),
      latest.map(({ value }) => value),
      latest.map(({ modstamp }) => modstamp),
      latest.map(({ identityId }) => identityId),
    ],
  );
}

/** Versions of records, side by side; each has its place. */
export interface Versions {
  readonly ids: readonly string[];
  readonly stamps: readonly string[];
}

/** A write that a version of its record meets. */
export interface MetWrite {
  /** Place of the version. */
  readonly place: number;
  readonly recordId: string;
  readonly field: string;
  readonly value: boolean;
  readonly modstamp: string;
  /** Whose word it was, or who that person turned out to be. */
  readonly identityId: string;
  /**
   * Whether the version was read before the write. Of one moment the write is the later one: what was read in its own
   * second may be older, and an opt-out is not taken back by chance.
   */
  readonly isOlder: boolean;
  /** Whether the version is of the write's own second: which of both was first is not known. */
  readonly isOfSameSecond: boolean;
}

/** What was written to records of which versions come. */
export async function writesMet(
  session: Session,
  connectionId: string,
  { ids, stamps }: Versions,
): Promise<MetWrite[]> {
  const rows = await session.query<{
    place: number;
    salesforce_id: string;
    field: string;
    value: boolean;
    modstamp: Date;
    identity_id: string;
    is_older: boolean;
    is_same: boolean;
  }>(
    `SELECT v.place::int AS place, w.*, v.stamp <= w.modstamp AS is_older, v.stamp = w.modstamp AS is_same
     FROM unnest($2::text[], $3::timestamptz[]) WITH ORDINALITY AS v (id, stamp, place)
     CROSS JOIN LATERAL (
       SELECT o.salesforce_id, o.field, o.value, o.modstamp, coalesce(i.merged_into, i.id) AS identity_id
       FROM di.opt_in_write o JOIN di.record_identity i ON i.id = o.identity_id
       WHERE o.connection_id = $1::uuid AND o.salesforce_id = v.id OFFSET 0) AS w`,
    [connectionId, ids, stamps],
  );
  return rows.map((row) => ({
    place: row.place - 1,
    recordId: row.salesforce_id,
    field: row.field,
    value: row.value,
    modstamp: row.modstamp.toISOString(),
    identityId: row.identity_id,
    isOlder: row.is_older,
    isOfSameSecond: row.is_same,
  }));
}

/** Forgets what was written to records: somebody in Salesforce has the last word of them, or they are gone. */
export async function forgetOptInWrites(
  session: Session,
  connectionId: string,
  writes: readonly Pick<OptInWrite, 'recordId' | 'field'>[],
): Promise<void> {
  if (writes.length === 0) return;
  await session.query(
    `DELETE FROM di.opt_in_write w USING unnest($2::text[], $3::text[]) AS n (salesforce_id, field)
     WHERE w.connection_id = $1::uuid AND w.salesforce_id = n.salesforce_id AND w.field = lower(n.field)`,
    [connectionId, writes.map(({ recordId }) => recordId), writes.map(({ field }) => field)],
  );
}
