import type pg from 'pg';
import { NAMED, SAID, said, SENT_OF_BASE } from '../deliveries/named-deliveries.ts';
import type { Settled } from '../deliveries/outcomes.ts';
import type { Integration } from '../integrations/integrations.ts';
import { isShown, KEEP_SENT, sentValues, type Written } from './sent-deliveries.ts';

/** Deliveries that are locked, by their ids: whether each is as it was read. */
export type Locked = ReadonlyMap<number, boolean>;

/**
 * Done is done where nothing has changed since; what was sent is kept in the same statement. What has changed meanwhile is
 * compared with what was sent, and a creation is known by its link from now on.
 */
export async function finish(
  client: pg.PoolClient,
  integration: Integration,
  done: readonly Settled[],
  locked: Locked,
  written: Written,
): Promise<void> {
  const shown = done.filter((each) => locked.has(each.claim.id) && isShown(each));
  const ended = done.filter(({ claim }) => locked.get(claim.id) === true).map(({ claim }) => claim.id);
  if (ended.length > 0 || shown.length > 0)
    await client.query(
      `WITH kept AS (${KEEP_SENT}) DELETE FROM di.delivery d WHERE d.id = ANY ($12::bigint[])`,
      [...sentValues(integration, shown, written), ended],
    );
  const changed = done.filter(({ claim }) => locked.get(claim.id) === false);
  if (changed.length === 0) return;
  await client.query(
    `UPDATE di.delivery d SET tried_value = NULL, base = d.base || ${SENT_OF_BASE}
     WHERE ${NAMED} AND (d.tried_value IS NOT NULL OR ${SAID} ? 'sent')`,
    said(changed, ({ sent }) => ({ sent })),
  );
}
