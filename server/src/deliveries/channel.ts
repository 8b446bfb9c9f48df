import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { backOff } from '../jobs/back-off.ts';
import type { ApiUsage, SalesforceFault } from '../salesforce/org.ts';
import { DELAYS } from './outcomes.ts';

/** Seconds that a lease lasts without being renewed: as long, a copy of the server that died keeps others waiting. */
const LEASE = 60;
/** Milliseconds between looks at what is held, or at an org without calls left. */
const PROBE = 300_000;

/** The right to send for a connection: one drain at a time has it, so that order holds. */
export interface Channel {
  readonly connectionId: string;
  readonly lease: string;
  /** It was held back before, and has not yet sent anything since. */
  readonly wasHeld: boolean;
  readonly failures: number;
}

/**
 * Takes the channel of a connection that has something to send, the one that has waited longest; null where there is none.
 */
export async function takeChannel(pool: pg.Pool): Promise<Channel | null> {
  const found = await pool.query<{
    connection_id: string;
    lease: string;
    held_at: Date | null;
    failures: number;
  }>(
    `UPDATE di.delivery_channel SET lease = $1, leased_until = now() + $2 * interval '1 second'
     WHERE connection_id = (
       SELECT h.connection_id FROM di.delivery_channel h
       JOIN di.connection c ON c.id = h.connection_id AND c.status = 'active'
       WHERE coalesce(h.leased_until, '-infinity') <= now() AND coalesce(h.resume_at, '-infinity') <= now()
         AND EXISTS (
           SELECT FROM di.integration g
           JOIN di.project_table t ON t.id = g.table_id AND t.archived_at IS NULL
           JOIN di.project p ON p.id = t.project_id AND p.archived_at IS NULL
           WHERE g.connection_id = h.connection_id AND g.status = 'active' AND g.stopped_at IS NULL
             AND CASE WHEN coalesce(g.waits_until, '-infinity') <= now()
               THEN EXISTS (
                 SELECT FROM di.delivery d WHERE d.integration_id = g.id AND d.state = 'pending' AND d.due_at <= now())
               -- Rows wait for API calls; consent does not.
               ELSE 'consent' = ANY (g.operations) AND EXISTS (
                 SELECT FROM di.delivery d
                 WHERE d.integration_id = g.id AND d.state = 'pending' AND d.is_consent_changed AND d.due_at <= now()) END)
       ORDER BY h.leased_until NULLS FIRST LIMIT 1
       FOR UPDATE OF h SKIP LOCKED)
     RETURNING connection_id, lease, held_at, failures`,
    [randomUUID(), LEASE],
  );
  const [row] = found.rows;
  return row
    ? {
        connectionId: row.connection_id,
        lease: row.lease,
        wasHeld: row.held_at !== null,
        failures: row.failures,
      }
    : null;
}

/** Keeps the lease; answers whether it still was ours. */
export async function renewLease(pool: pg.Pool, channel: Channel): Promise<boolean> {
  const renewed = await pool.query(
    `UPDATE di.delivery_channel SET leased_until = now() + $3 * interval '1 second'
     WHERE connection_id = $1 AND lease = $2`,
    [channel.connectionId, channel.lease, LEASE],
  );
  return renewed.rowCount === 1;
}

/** Gives the lease back, and keeps what the org said of its API calls. */
export async function leaveChannel(pool: pg.Pool, channel: Channel, usage: ApiUsage | null): Promise<void> {
  await pool.query(
    `UPDATE di.delivery_channel SET lease = NULL, leased_until = now(),
       api_used = coalesce($3, api_used), api_limit = coalesce($4, api_limit),
       api_seen_at = CASE WHEN $3 IS NULL THEN api_seen_at ELSE now() END
     WHERE connection_id = $1 AND lease = $2`,
    [channel.connectionId, channel.lease, usage?.used ?? null, usage?.limit ?? null],
  );
}

/** The org takes calls: whatever held the connection's deliveries is over. */
export async function clearChannel(pool: pg.Pool, channel: Channel): Promise<void> {
  await pool.query(
    `UPDATE di.delivery_channel SET held_at = NULL, code = NULL, message = NULL, resume_at = NULL, failures = 0
     WHERE connection_id = $1 AND lease = $2`,
    [channel.connectionId, channel.lease],
  );
}

/**
 * Lets a connection rest after a failure of its calls, where they stop or cannot be made for as long as it takes; it is
 * looked at again by itself.
 */
export async function holdChannel(pool: pg.Pool, channel: Channel, fault: SalesforceFault): Promise<void> {
  const delay = fault.kind === 'retry' ? backOff(DELAYS, channel.failures + 1) : PROBE;
  await pool.query(
    `UPDATE di.delivery_channel SET code = $3, message = $4, failures = failures + 1,
       held_at = CASE WHEN $5 THEN coalesce(held_at, now()) ELSE held_at END,
       resume_at = now() + $6 * interval '1 millisecond'
     WHERE connection_id = $1 AND lease = $2`,
    [
      channel.connectionId,
      channel.lease,
      fault.code,
      fault.message,
      fault.kind === 'stop' || fault.kind === 'hold',
      Math.min(delay, PROBE * 3),
    ],
  );
}

/** Has a connection's deliveries sent again at once: its authorization is new, say. */
export async function resumeChannel(
  knex: { raw: (sql: string, values: readonly string[]) => PromiseLike<unknown> },
  connectionId: string,
): Promise<void> {
  await knex.raw('UPDATE di.delivery_channel SET resume_at = NULL WHERE connection_id = ?', [connectionId]);
}
