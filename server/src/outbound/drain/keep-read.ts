import { followedOfIntegration, setForRecords, type FollowedColumn } from '../../consent/followed-columns.ts';
import { keepOptInWrites } from '../../consent/opt-in-writes.ts';
import type { Session } from '../../database/session.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Settled } from '../deliveries/outcomes.ts';

/**
 * Keeps what the org said after deliveries of consent: what was written, by the version of its record, and the columns that
 * follow it. Rows are locked before it is asked whether the delivery still is the one that was sent: what the person has
 * said since goes before. Call it in the transaction that ends the deliveries, before they are locked.
 */
export async function keepRead(
  session: Session,
  { id, connectionId }: Integration,
  settled: readonly Settled[],
): Promise<void> {
  const read = settled.filter((each) => each.read !== undefined);
  if (read.length === 0) return;
  await keepOptInWrites(
    session,
    connectionId,
    read.flatMap((each) => each.read?.writes ?? []),
  );
  const followed = await followedOfIntegration(session, id);
  await holdRecords(session, followed, [
    ...new Set(read.flatMap((each) => each.read?.seen.map(({ recordId }) => recordId) ?? [])),
  ]);
  const current = await currentOf(session, read);
  const seen = read.flatMap((each) => (current.has(each.claim.id) ? (each.read?.seen ?? []) : []));
  for (const column of followed)
    await setForRecords(
      session,
      column,
      seen.filter(({ field }) => field === column.target.field.toLowerCase()),
    );
}

async function holdRecords(
  session: Session,
  followed: readonly FollowedColumn[],
  recordIds: readonly string[],
): Promise<void> {
  for (const table of new Set(followed.map((column) => column.table)))
    await session.query(
      `SELECT FROM ${table} r WHERE r."_salesforce_id" = ANY ($1::text[]) ORDER BY r."_salesforce_id" FOR NO KEY UPDATE`,
      [recordIds],
    );
}

/** Deliveries that are still the ones that were sent. */
async function currentOf(session: Session, read: readonly Settled[]): Promise<Set<number>> {
  const rows = await session.query<{ id: number }>(
    `SELECT d.id FROM unnest($1::bigint[], $2::bigint[]) AS s (id, revision)
     CROSS JOIN LATERAL (SELECT n.id, n.revision FROM di.delivery n WHERE n.id = s.id OFFSET 0) d
     WHERE d.revision = s.revision`,
    [read.map(({ claim }) => claim.id), read.map(({ claim }) => claim.revision)],
  );
  return new Set(rows.map((row) => row.id));
}
