import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Outcome } from './record-write.ts';

export type QueueKind = 'source' | 'action';

/** A queue that this copy of the server works off, until the lease ends. */
export interface Claim {
  readonly queueId: string;
  readonly kind: QueueKind;
  readonly connectionId: string;
  /** Faults of the connection in a row. */
  readonly failures: number;
  readonly lease: string;
}

/** Something that waits to be written to an org. */
export interface Item {
  readonly id: number;
  readonly occasion: string;
  readonly body: unknown;
  readonly attempts: number;
  /** A record was sent that could not be found again, and nobody knows what became of it. */
  readonly isInDoubt: boolean;
  /** What became of its writes the last time. */
  readonly outcomes: readonly StoredOutcome[];
}

export type StoredOutcome = Outcome & { readonly kind: 'done' | 'refused' | 'retry' };

/** What becomes of an item after a turn. */
export interface Settlement {
  readonly id: number;
  readonly status: 'waiting' | 'delivered' | 'failed';
  readonly outcomes: readonly StoredOutcome[];
  readonly attempts: number;
  /** Seconds until the next attempt. */
  readonly wait: number;
  /** The code that failures are counted by. */
  readonly reason: string;
}

/** The queue was taken over: somebody else settles its items. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Longer than the time between two renewals and a call of Salesforce together: what a copy of the server that died has sent
 * must be done, and can be found, before another one looks for it.
 */
const LEASE = "interval '3 minutes'";
/** As long as a job of the Bulk API usually takes, which goes on when whoever sent it has died. */
const BULK_LEASE = "interval '15 minutes'";
/** Milliseconds between two renewals. */
export const HEARTBEAT = 45_000;
/** Rows that a count is spread over. */
export const SHARDS = 16;

/** Items that wait to be written to orgs, by queues: a source of events, or an action. */
export class WriteQueue {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Takes the queue that has waited longest for its turn; null where none has anything due. */
  async claim(): Promise<Claim | null> {
    const lease = randomUUID();
    const { rows } = await this.#knex.raw<{ rows: ClaimRow[] }>(
      `UPDATE di.write_queue SET lease = ?, leased_until = now() + ${LEASE}, served_at = now()
       WHERE id = (
         SELECT q.id FROM di.write_queue q
         WHERE q.is_open AND (q.leased_until IS NULL OR q.leased_until < now())
           AND (q.held_until IS NULL OR q.held_until <= now())
           AND EXISTS (SELECT FROM di.write_item i
             WHERE i.queue_id = q.id AND i.status = 'waiting' AND i.next_attempt_at <= now())
         ORDER BY q.served_at NULLS FIRST LIMIT 1 FOR UPDATE OF q SKIP LOCKED)
       RETURNING id, kind, connection_id, failures`,
      [lease],
    );
    const [row] = rows;
    if (!row) return null;
    const { id: queueId, kind, connection_id: connectionId, failures } = row;
    return { queueId, kind, connectionId, failures, lease };
  }

  /** The oldest items that are due, but none of people of whom another one waits for its next attempt. */
  async items(claim: Claim, limit: number): Promise<Item[]> {
    const { rows } = await this.#knex.raw<{ rows: ItemRow[] }>(
      `WITH put_off AS MATERIALIZED (
         SELECT DISTINCT person FROM di.write_item
         WHERE queue_id = ? AND status = 'waiting' AND next_attempt_at > now())
       SELECT id, occasion, body, attempts, sent_at, outcomes FROM di.write_item
       WHERE queue_id = ? AND status = 'waiting' AND next_attempt_at <= now()
         AND person NOT IN (SELECT person FROM put_off)
       ORDER BY id LIMIT ?`,
      [claim.queueId, claim.queueId, limit],
    );
    return rows.map((row) => ({
      id: row.id,
      occasion: row.occasion,
      body: row.body,
      attempts: row.attempts,
      isInDoubt: row.sent_at !== null,
      outcomes: row.outcomes ?? [],
    }));
  }

  /** Renews the lease; answers whether it still was ours. */
  async renew(claim: Claim): Promise<boolean> {
    const { rows } = await this.#knex.raw<{ rows: unknown[] }>(
      `UPDATE di.write_queue SET leased_until = greatest(leased_until, now() + ${LEASE})
       WHERE id = ? AND lease = ? RETURNING id`,
      [claim.queueId, claim.lease],
    );
    return rows.length === 1;
  }

  /** Keeps the lease, and notes which items are about to be sent, by a job or not. Throws LeaseLost. */
  async keep(claim: Claim, sent: readonly number[] = [], isBulk = false): Promise<void> {
    const { rows } = await this.#knex.raw<{ rows: unknown[] }>(
      `WITH kept AS (
         UPDATE di.write_queue SET leased_until = now() + ${isBulk ? BULK_LEASE : LEASE} WHERE id = ? AND lease = ? RETURNING id),
       noted AS (
         UPDATE di.write_item SET sent_at = now()
         WHERE id = ANY(?::bigint[]) AND queue_id IN (SELECT id FROM kept))
       SELECT id FROM kept`,
      [claim.queueId, claim.lease, [...sent]],
    );
    if (rows.length === 0) throw new LeaseLost('The queue was taken over.');
  }

  /** Writes down what became of items, and counts it; done again it is done once. Throws LeaseLost. */
  async settle(claim: Claim, settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const { rows } = await this.#knex.raw<{ rows: { held: boolean }[] }>(SETTLE, [
      claim.queueId,
      claim.lease,
      JSON.stringify(settlements),
      Math.floor(Math.random() * SHARDS),
    ]);
    if (rows[0]?.held !== true) throw new LeaseLost('The queue was taken over.');
  }

  /** Gives the queue back; held, it rests for some seconds. */
  async release(
    claim: Claim,
    hold: { readonly seconds: number; readonly reason: string | null } | null,
  ): Promise<void> {
    await this.#knex.raw(
      `UPDATE di.write_queue SET lease = NULL, leased_until = NULL,
         held_until = CASE WHEN ?::float8 > 0 THEN now() + make_interval(secs => ?::float8) END,
         held_reason = ?::text, failures = CASE WHEN ?::text IS NULL THEN 0 ELSE failures + 1 END
       WHERE id = ? AND lease = ?`,
      [
        hold?.seconds ?? 0,
        hold?.seconds ?? 0,
        hold?.reason ?? null,
        hold?.reason ?? null,
        claim.queueId,
        claim.lease,
      ],
    );
  }
}

const SETTLE = `
  WITH held AS (SELECT id FROM di.write_queue WHERE id = ?::uuid AND lease = ?::uuid FOR UPDATE),
  given AS (
    SELECT s.*, h.id AS queue_id FROM held h,
      jsonb_to_recordset(?::jsonb) AS s (id bigint, status text, outcomes jsonb, attempts integer, wait float8, reason text)),
  settled AS (
    UPDATE di.write_item i SET status = g.status, outcomes = g.outcomes, attempts = g.attempts,
      next_attempt_at = now() + make_interval(secs => g.wait), sent_at = NULL,
      finished_at = CASE WHEN g.status = 'waiting' THEN NULL ELSE now() END
    FROM given g WHERE i.id = g.id AND i.queue_id = g.queue_id AND i.status = 'waiting'
    RETURNING i.id),
  counted AS (
    INSERT INTO di.write_count (queue_id, day, outcome, reason, shard, count)
    SELECT g.queue_id, (now() AT TIME ZONE 'UTC')::date, g.status, g.reason, ?::smallint, count(*) FROM given g
    JOIN settled s ON s.id = g.id WHERE g.status <> 'waiting' GROUP BY 1, 2, 3, 4 ORDER BY 3, 4
    ON CONFLICT (queue_id, day, outcome, reason, shard) DO UPDATE SET count = di.write_count.count + excluded.count)
  SELECT EXISTS (SELECT FROM held) AS held`;

/** Has a connection's queues looked at now: its authorization is new, say. */
export async function resumeQueues(knex: Knex, connectionId: string): Promise<void> {
  await knex('di.write_queue').where({ connection_id: connectionId }).update({ held_until: null });
}

interface ClaimRow {
  readonly id: string;
  readonly kind: QueueKind;
  readonly connection_id: string;
  readonly failures: number;
}

interface ItemRow {
  readonly id: number;
  readonly occasion: string;
  readonly body: unknown;
  readonly attempts: number;
  readonly sent_at: Date | null;
  readonly outcomes: StoredOutcome[] | null;
}
