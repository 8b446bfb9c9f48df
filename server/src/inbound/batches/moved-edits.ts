import type pg from 'pg';
import { quoteTable } from '../../database/identifiers.ts';
import { clientSession, type Session } from '../../database/session.ts';
import { hasKey, keyFields } from '../../people/record-keys.ts';
import { mergeIdentities } from '../../records/follow-changed-keys.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Batch, Care } from './batch.ts';
import type { Mover } from './batch-statements.ts';
import { keepConflicts, type Decided } from './contested-deliveries.ts';
import { mergeEdits, withTheirs, type MergedRecords } from './merge-edits.ts';
import type { PreparedRows } from './prepare-rows.ts';

/**
 * Lets what waits to be sent go where its row went. A row that moved takes it along, also into the row of another record that
 * gave way to it; one that was left to a rival keeps it for that one; where the record has no row any more, nothing can be sent
 * of it, and what the project has lost is kept as a conflict. What waited of rows that were handed over is merged with what the
 * new record says. People who are one from now on become it here.
 */
export async function followEdits(
  client: pg.PoolClient,
  batch: Batch,
  edits: MergedRecords,
  prepared: PreparedRows,
  care: Care,
): Promise<MergedRecords> {
  // Most batches move nothing, and hand nothing over.
  if (edits.kept.length + prepared.movers.length + prepared.handed.size === 0) return edits;
  const session = clientSession(client);
  const { ids } = edits.records;
  const written = new Set(prepared.rows.map((place) => ids[place] ?? ''));
  const takesAlong = ({ place }: Decided): boolean => {
    const id = ids[place] ?? '';
    return written.has(id) && !prepared.leftBehind.has(id);
  };
  const left = edits.kept.filter((each) => !takesAlong(each));
  const records = withTheirs(batch, edits, left);
  const without = prepared.movers.filter(
    ({ recordId, hasGivenWay }) => hasGivenWay && !written.has(recordId),
  );
  await endWithRow(session, batch, records, without, left);
  const handed = prepared.rows.filter((place) => prepared.handed.has(ids[place] ?? ''));
  const merged = await mergeEdits(client, batch, records, handed, care, edits.kept.filter(takesAlong));
  await mergeIdentities(session, prepared.movers);
  await markTaken(session, batch, prepared.movers);
  return { ...merged, merged: new Set([...edits.merged, ...merged.merged]) };
}

/** Of records that fill no row any more nothing is sent: what waited of the rows that they had ends. */
async function endWithRow(
  session: Session,
  batch: Batch,
  records: MappedRecords,
  movers: readonly Mover[],
  left: readonly Decided[],
): Promise<void> {
  if (movers.length === 0) return;
  const people = movers.map(({ identityId }) => identityId);
  const lost = left.filter((each) => people.includes(each.identity_id));
  await keepConflicts(
    session,
    batch,
    records,
    lost.map((each) => ({ ...each, winner: 'salesforce', isConflict: true })),
  );
  await session.query(
    `WITH own AS (
       SELECT d.id, d.is_consent_changed FROM di.delivery d
       WHERE d.connection_id = $1 AND d.identity_id = ANY ($2::uuid[]) AND d.row_change IS NOT NULL
       ORDER BY d.integration_id, d.identity_id FOR UPDATE
     ), ended AS (
       DELETE FROM di.delivery d USING own o WHERE d.id = o.id AND NOT o.is_consent_changed
     )
     UPDATE di.delivery d SET row_change = NULL, base = NULL, edited_at = NULL FROM own o WHERE d.id = o.id AND o.is_consent_changed`,
    [batch.target.connectionId, people],
  );
}

/** Marks rows to which changes that wait have come with other ones, so that the next batch meets them. */
async function markTaken(session: Session, { target }: Batch, movers: readonly Mover[]): Promise<void> {
  if (movers.length === 0) return;
  await session.query(
    `UPDATE ${quoteTable(target.schemaName, target.tableCode)} r SET "_edited_at" = clock_timestamp()
     FROM di.record_identity n
     WHERE n.id = ANY ($1::uuid[]) AND ${hasKey(keyFields(target), 'r', 'n.record_key')} AND r."_edited_at" IS NULL
       AND EXISTS (SELECT FROM di.delivery d WHERE d.identity_id = n.id AND d.row_change IS NOT NULL)`,
    [movers.map(({ into }) => into)],
  );
}
