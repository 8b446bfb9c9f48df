import type pg from 'pg';
import { keepOptInWrites } from '../../consent/opt-in-writes.ts';
import { clientSession } from '../../database/session.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Integration } from '../integrations/integrations.ts';
import { NAMED, SAID, said, SENT_OF_BASE } from '../deliveries/named-deliveries.ts';
import type { Settled } from '../deliveries/outcomes.ts';

/**
 * Notes that the org has what was sent, before anything is taken from there: what it made of it is then no change of
 * somebody else's.
 */
export async function noteWritten(
  pool: pg.Pool,
  { connectionId }: Integration,
  settled: readonly Settled[],
): Promise<void> {
  const sent = settled.filter((each) => each.sent !== undefined);
  await keepOptInWrites(
    clientSession(pool),
    connectionId,
    settled.flatMap(({ read }) => read?.writes ?? []),
  );
  if (sent.length > 0)
    await pool.query(
      `UPDATE di.delivery d SET base = d.base || ${SENT_OF_BASE} WHERE ${NAMED} AND d.base IS NOT NULL`,
      said(sent, (each) => ({ sent: each.sent })),
    );
}

/** Notes what creations are sent with, before they are: what becomes of a deletion that comes while nobody knows. */
export async function noteTried(
  pool: pg.Pool,
  tried: readonly { readonly claim: Claim; readonly value: string }[],
): Promise<void> {
  const fresh = tried.filter(({ claim, value }) => claim.triedValue !== value);
  if (fresh.length === 0) return;
  await pool.query(
    `UPDATE di.delivery d SET tried_value = ${SAID}->>'value' WHERE ${NAMED}`,
    said(fresh, ({ value }) => ({ value })),
  );
}
