import type { Knex } from 'knex';
import { claim, type Lease, type LeasedWork } from '../../jobs/lease.ts';
import type { ApiUsage, SalesforceFault } from '../../salesforce/org.ts';
import { retryDelay } from './retry-delays.ts';

/** Milliseconds between looks at what is held, or at an org without calls left. */
const PROBE = 300_000;

/** The right to send for a connection: one drain at a time has it, so that order holds. */
export interface Channel {
  readonly connectionId: string;
  readonly lease: Lease;
  /** It was held back before, and has not yet sent anything since. */
  readonly wasHeld: boolean;
  readonly failures: number;
}

/** The channels of connections that have something to send. */
export const CHANNELS: LeasedWork = {
  table: 'di.delivery_channel',
  key: 'connection_id',
  seconds: 60,
  joins: `JOIN di.connection c ON c.id = w.connection_id AND c.status = 'active'`,
  isDue: `coalesce(w.resume_at, '-infinity') <= now()
    AND EXISTS (
      SELECT FROM di.integration g
      JOIN di.project_table t ON t.id = g.table_id AND t.archived_at IS NULL
      JOIN di.project p ON p.id = t.project_id AND p.archived_at IS NULL
      WHERE g.connection_id = w.connection_id AND g.status = 'active' AND g.stopped_at IS NULL
        AND CASE WHEN coalesce(g.waits_until, '-infinity') <= now()
          THEN EXISTS (
            SELECT FROM di.delivery d WHERE d.integration_id = g.id AND d.state = 'pending' AND d.due_at <= now())
          -- Rows wait for API calls; consent does not.
          ELSE 'consent' = ANY (g.operations) AND EXISTS (
            SELECT FROM di.delivery d
            WHERE d.integration_id = g.id AND d.state = 'pending' AND d.is_consent_changed AND d.due_at <= now()) END)`,
  order: 'w.served_at NULLS FIRST',
  onClaim: 'served_at = clock_timestamp()',
};

interface ChannelRow {
  readonly connection_id: string;
  readonly held_at: Date | null;
  readonly failures: number;
}

/**
 * Takes the channel of a connection that has something to send, the one that has waited longest; null where there is none.
 */
export async function takeChannel(knex: Knex): Promise<Channel | null> {
  const lease = await claim<ChannelRow>(knex, CHANNELS);
  if (!lease) return null;
  const { connection_id: connectionId, held_at: heldAt, failures } = lease.row;
  return { connectionId, lease, wasHeld: heldAt !== null, failures };
}

/** Gives the lease back, and keeps what the org said of its API calls. */
export async function leaveChannel(knex: Knex, { lease }: Channel, usage: ApiUsage | null): Promise<void> {
  const seen = usage && { api_used: usage.used, api_limit: usage.limit, api_seen_at: knex.fn.now() };
  await lease.release({ ...seen });
}

/** The org takes calls: whatever held the connection's deliveries is over. Throws LeaseLost. */
export async function clearChannel({ lease }: Channel): Promise<void> {
  await lease.keep({ held_at: null, code: null, message: null, resume_at: null, failures: 0 });
}

/**
 * Lets a connection rest after a failure of its calls, where they stop or cannot be made for as long as it takes; it is
 * looked at again by itself. Throws LeaseLost.
 */
export async function holdChannel(knex: Knex, channel: Channel, fault: SalesforceFault): Promise<void> {
  const delay = fault.kind === 'retry' ? retryDelay(channel.failures + 1) : PROBE;
  const isHeld = fault.kind === 'stop' || fault.kind === 'hold';
  await channel.lease.keep({
    code: fault.code,
    message: fault.message,
    failures: knex.raw('failures + 1'),
    ...(isHeld ? { held_at: knex.raw('coalesce(held_at, now())') } : {}),
    resume_at: knex.raw("now() + ? * interval '1 millisecond'", [Math.min(delay, PROBE * 3)]),
  });
}

/** Has a connection's deliveries sent again at once: its authorization is new, say. */
export async function resumeChannel(
  knex: { raw: (sql: string, values: readonly string[]) => PromiseLike<unknown> },
  connectionId: string,
): Promise<void> {
  await knex.raw('UPDATE di.delivery_channel SET resume_at = NULL WHERE connection_id = ?', [connectionId]);
}
