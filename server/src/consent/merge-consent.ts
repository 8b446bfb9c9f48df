import type { Session } from '../database/session.ts';

import type { MergedIdentity, RecordKey } from '../people/record-identities.ts';
import type { ConsentStatus } from './consent-rules.ts';
import { currentMoment } from './moments.ts';
import type { ConsentAct } from './consent-act.ts';
import { recordConsent } from './record-consent.ts';

interface MergedConsent {
  readonly project_id: string;
  readonly opt_in_id: string;
  readonly identity_id: string;
  readonly into_id: string;
  readonly record_key: RecordKey;
  readonly status: ConsentStatus;
  readonly pending_until: Date | null;
  readonly address_hash: Buffer | null;
}

/** Where two persons are one, the lower of their consents counts; the histories of both stay. */
export async function mergeConsent(session: Session, merged: readonly MergedIdentity[]): Promise<void> {
  await copyConsent(session, merged, null);
  await session.query('DELETE FROM di.consent WHERE identity_id = ANY($1::uuid[])', [
    merged.map((each) => each.identityId),
  ]);
}

/** Where a record leaves a person to whom others belong, what was withdrawn goes along; it stays withdrawn of the others too. */
export async function copyWithdrawals(session: Session, copied: readonly MergedIdentity[]): Promise<void> {
  await copyConsent(session, copied, 'withdrawn');
}

/** @param only the status of what is copied; null for any */
async function copyConsent(
  session: Session,
  copied: readonly MergedIdentity[],
  only: ConsentStatus | null,
): Promise<void> {
  if (copied.length === 0) return;
  const consents = await session.query<MergedConsent>(
    `SELECT o.project_id, c.opt_in_id, c.identity_id, m.into_id, i.record_key, c.status, c.pending_until, e.address_hash
     FROM unnest($1::uuid[], $2::uuid[]) AS m (id, into_id)
     JOIN di.consent c ON c.identity_id = m.id
     JOIN di.consent_event e ON e.id = c.event_id
     JOIN di.opt_in o ON o.id = c.opt_in_id
     JOIN di.record_identity i ON i.id = m.into_id
     WHERE $3::text IS NULL OR c.status = $3::text
     ORDER BY c.identity_id, c.opt_in_id`,
    [copied.map((each) => each.identityId), copied.map((each) => each.into), only],
  );
  const [first] = consents;
  if (!first) return;
  const now = await currentMoment(session);
  await recordConsent(
    session,
    first.project_id,
    consents.map((consent) => actOf(consent, now)),
    { changesOnly: true },
  );
}

function actOf(consent: MergedConsent, now: Date): ConsentAct {
  return {
    optInId: consent.opt_in_id,
    identityId: consent.into_id,
    asked: consent.status,
    source: 'merge',
    actor: { kind: 'system', id: null, name: 'DI Connect' },
    occurredAt: now,
    pendingUntil: consent.pending_until,
    reference: null,
    recordKey: consent.record_key,
    addressHash: consent.address_hash,
    proof: { mergedPerson: consent.identity_id },
    note: null,
  };
}
