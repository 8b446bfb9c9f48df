import type pg from 'pg';
import type { Outcome, Settled } from '../deliveries/outcomes.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { OrgRecord } from '../../salesforce/org.ts';

/** What was written of deliveries, by their ids: of several records the row's own. */
export type Written = ReadonlyMap<number, OrgRecord>;

/** Ends that nothing is kept of: nothing was to be sent, or the delivery itself stays. */
const KEEPS_NOTHING: ReadonlySet<Outcome> = new Set(['unneeded', 'dead', 'unreached']);

const COLUMNS = `integration_id, sent_at, delivery_id, identity_id, outcome, row_change, is_consent_changed, changed_at, attempts,
  record_id, fields, base`;
/** Arrays and texts: the database takes no JSON apart for it. $1 is whose they are. */
const GIVEN = `unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::integer[],
  $9::text[], $10::text[], $11::text[]) AS e (id, identity_id, outcome, row_change, is_consent_changed, changed_at, attempts,
  record_id, fields, base)`;

/** In SQL, keeps what was sent of deliveries that are locked; sentValues are its parameters. */
export const KEEP_SENT = `INSERT INTO di.sent_delivery (${COLUMNS}) SELECT $1::uuid, now(), e.* FROM ${GIVEN}`;

/**
 * Keeps what was sent, before the answers are taken that may end the deliveries. What is gone by now is of nobody any more: an
 * erasure that comes later finds what is kept, and one that came first leaves no delivery to be found here.
 */
export async function keepSent(
  pool: pg.Pool,
  integration: Integration,
  settled: readonly Settled[],
  written: Written,
): Promise<void> {
  const shown = settled.filter(isShown);
  if (shown.length === 0) return;
  // In the order in which triggers lock them.
  shown.sort((one, other) => (one.claim.identityId < other.claim.identityId ? -1 : 1));
  await pool.query(
    `${KEEP_SENT} CROSS JOIN LATERAL (SELECT FROM di.delivery d WHERE d.id = e.id FOR UPDATE) AS l`,
    sentValues(integration, shown, written),
  );
}

/** Whether something is kept of an end that is not kept yet. */
export const isShown = ({ outcome, isNoted }: Settled): boolean =>
  isNoted !== true && !KEEPS_NOTHING.has(outcome);

/** What is kept of ends, column by column. A base stays the text that it is: its numbers may be longer than JavaScript's are. */
export function sentValues({ id }: Integration, shown: readonly Settled[], written: Written): unknown[] {
  const recordOf = (each: Settled): unknown =>
    each.salesforceId ?? each.goneId ?? written.get(each.claim.id)?.Id ?? null;
  const claims = shown.map(({ claim }) => claim);
  return [
    id,
    claims.map((claim) => claim.id),
    claims.map(({ identityId }) => identityId),
    shown.map(({ outcome }) => outcome),
    claims.map(({ rowChange }) => rowChange),
    claims.map(({ isConsentChanged }) => isConsentChanged),
    claims.map(({ changedAt }) => changedAt),
    claims.map(({ attempts }) => attempts + 1),
    shown.map(recordOf),
    claims.map((claim) => (written.has(claim.id) ? JSON.stringify(written.get(claim.id)) : null)),
    claims.map(({ base }) => base),
  ];
}
