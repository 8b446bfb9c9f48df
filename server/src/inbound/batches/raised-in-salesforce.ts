import type { Session } from '../../database/session.ts';
import type { Batch } from './batch.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { lockPersons, type Paired } from '../../consent/ledger-statements.ts';
import { addressOf } from './record-values.ts';
import { currentMoment } from '../../consent/moments.ts';
import { saysGranted, type OptInField } from '../../consent/opt-in-fields.ts';
import { forgetOptInWrites, type MetWrite } from '../../consent/opt-in-writes.ts';
import type { ConsentAct } from '../../consent/consent-act.ts';
import { recordConsent } from '../../consent/record-consent.ts';

/** A checkbox that DI wrote, and that a later version of its record has otherwise. */
export interface Undone extends MetWrite {
  readonly now: boolean;
}

/**
 * Takes note of checkboxes that somebody in Salesforce has changed since DI wrote them. Where that would opt the person in
 * again, the ledger keeps it as overruled: what was withdrawn stays withdrawn here, and the checkbox stays as they left it.
 * Call it in the transaction of the batch, when its rows are written.
 *
 * @param undone each at the place of its record in the batch
 */
export async function noteUndone(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  undone: readonly Undone[],
  targets: readonly OptInField[],
): Promise<void> {
  if (undone.length === 0) return;
  const { connectionId, projectId } = batch.target;
  await forgetOptInWrites(session, connectionId, undone);
  const raising = undone.flatMap((one) =>
    targets
      .filter(({ field, trueWhen }) => isSameField(field, one.field) && saysGranted({ trueWhen }, one.now))
      .map((target) => ({ one, target })),
  );
  if (raising.length === 0) return;
  const withdrawn = await withdrawnOf(
    session,
    projectId,
    raising.map(({ one }) => one.identityId),
  );
  const now = await currentMoment(session);
  const acts: ConsentAct[] = [];
  for (const { one, target } of raising) {
    const address = addressOf(batch, mapped, one.place);
    const addressHash = address === null ? null : await batch.consentKeys.hashAddress(session, address);
    for (const consent of withdrawn)
      if (consent.identityId === one.identityId && (target.optIn ?? consent.code) === consent.code)
        acts.push({ ...actOf(batch, mapped, one, target, consent, now), addressHash });
  }
  await recordConsent(session, projectId, acts, { changesOnly: true });
}

const isSameField = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

interface Withdrawn extends Paired {
  readonly code: string;
  readonly recordKey: RecordKey;
  readonly changedAt: Date;
}

/** What stands as withdrawn of some persons, who are locked first: a copy must not raise what is being asked for just now. */
async function withdrawnOf(
  session: Session,
  projectId: string,
  identityIds: readonly string[],
): Promise<Withdrawn[]> {
  await lockPersons(session, identityIds);
  const rows = await session.query<{
    identity_id: string;
    opt_in_id: string;
    code: string;
    record_key: RecordKey;
    changed_at: Date;
  }>(
    `SELECT c.identity_id, c.opt_in_id, o.code, i.record_key, c.changed_at
     FROM di.consent c
     JOIN di.opt_in o ON o.id = c.opt_in_id AND o.project_id = $2::uuid
     JOIN di.record_identity i ON i.id = c.identity_id
     WHERE c.identity_id = ANY ($1::uuid[]) AND c.status = 'withdrawn' ORDER BY c.identity_id, o.code`,
    [[...new Set(identityIds)], projectId],
  );
  return rows.map((row) => ({
    identityId: row.identity_id,
    optInId: row.opt_in_id,
    code: row.code,
    recordKey: row.record_key,
    changedAt: row.changed_at,
  }));
}

/** The org's clock may differ from ours: what undoes a withdrawal has come after it all the same. */
function actOf(
  { target, body, idempotencyKey }: Batch,
  mapped: MappedRecords,
  { place, recordId, now: value }: Undone,
  { field }: OptInField,
  { identityId, optInId, recordKey, changedAt }: Withdrawn,
  now: Date,
): Omit<ConsentAct, 'addressHash'> {
  const stamp = mapped.stamps[place] ?? '';
  return {
    ...{ identityId, optInId, recordKey },
    asked: 'granted',
    source: 'salesforce',
    actor: { kind: 'connection', id: target.connectionId, name: 'Salesforce' },
    occurredAt: new Date(Math.max(Math.min(Date.parse(stamp), now.getTime()), changedAt.getTime() + 1)),
    pendingUntil: null,
    reference: null,
    proof: { object: body.object, recordId, field, value, systemModstamp: stamp, batch: idempotencyKey },
    note: null,
  };
}
