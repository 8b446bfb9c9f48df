import type { Knex } from 'knex';
import { knexSession } from '../../database/session.ts';
import { claim, type Lease, type LeasedWork } from '../../jobs/lease.ts';
import type { Outcome } from './record-write.ts';

export type QueueKind = 'source' | 'action';

/** A queue that this copy of the server works off, until the lease ends. */
export interface Claim {
  readonly queueId: string;
  readonly kind: QueueKind;
  readonly connectionId: string;
  /** Faults of the connection in a row. */
  readonly failures: number;
  readonly lease: Lease;
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

/** Queues with something due. */
export const QUEUES: LeasedWork = {
  table: 'di.write_queue',
  key: 'id',
  // Longer than the time between two renewals and a call of Salesforce together: what a copy of the server that died has sent
  // must be done, and can be found, before another one looks for it.
  seconds: 180,
  isDue: `w.is_open AND (w.held_until IS NULL OR w.held_until <= now())
    AND EXISTS (SELECT FROM di.write_item i
      WHERE i.queue_id = w.id AND i.status = 'waiting' AND i.next_attempt_at <= now())`,
  order: 'w.served_at NULLS FIRST',
  onClaim: 'served_at = now()',
};
/** Seconds that a job of the Bulk API usually takes, which goes on when whoever sent it has died. */
const BULK_SECONDS = 900;
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
    const lease = await claim<ClaimRow>(this.#knex, QUEUES);
    if (!lease) return null;
    const { id: queueId, kind, connection_id: connectionId, failures } = lease.row;
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

  /** Keeps the lease, and notes which items are about to be sent, by a job or not. Throws LeaseLost. */
  async keep({ queueId, lease }: Claim, sent: readonly number[] = [], isBulk = false): Promise<void> {
    const longer = isBulk ? { seconds: BULK_SECONDS } : {};
    if (sent.length === 0) return lease.keep({}, longer);
    await this.#knex.transaction(async (transaction) => {
      await lease.keep({}, { by: transaction, ...longer });
      await transaction('di.write_item')
        .where({ queue_id: queueId })
        .whereRaw('id = ANY(?::bigint[])', [[...sent]])
        .update({ sent_at: transaction.fn.now() });
    });
  }

  /** Writes down what became of items, and counts it; done again it is done once. Throws LeaseLost. */
  async settle({ queueId, lease }: Claim, settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    await this.#knex.transaction(async (transaction) => {
      await lease.fence(knexSession(transaction));
      const shard = Math.floor(Math.random() * SHARDS);
      await transaction.raw(SETTLE, [queueId, JSON.stringify(settlements), shard]);
    });
  }

  /** Gives the queue back; held, it rests for some seconds. */
  async release(
    { lease }: Claim,
    hold: { readonly seconds: number; readonly reason: string | null } | null,
  ): Promise<void> {
    const { seconds, reason } = hold ?? { seconds: 0, reason: null };
    await lease.release({
      held_until: seconds > 0 ? this.#knex.raw('now() + make_interval(secs => ?)', [seconds]) : null,
      held_reason: reason,
      failures: reason === null ? 0 : this.#knex.raw('failures + 1'),
    });
  }
}

const SETTLE = `
  WITH given AS (
    SELECT s.*, ?::uuid AS queue_id FROM
      jsonb_to_recordset(?::jsonb) AS s (id bigint, status text, outcomes jsonb, attempts integer, wait float8, reason text)),
  settled AS (
    UPDATE di.write_item i SET status = g.status, outcomes = g.outcomes, attempts = g.attempts,
      next_attempt_at = now() + make_interval(secs => g.wait), sent_at = NULL,
      finished_at = CASE WHEN g.status = 'waiting' THEN NULL ELSE now() END
    FROM given g WHERE i.id = g.id AND i.queue_id = g.queue_id AND i.status = 'waiting'
    RETURNING i.id)
  INSERT INTO di.write_count (queue_id, day, outcome, reason, shard, count)
  SELECT g.queue_id, (now() AT TIME ZONE 'UTC')::date, g.status, g.reason, ?::smallint, count(*) FROM given g
  JOIN settled s ON s.id = g.id WHERE g.status <> 'waiting' GROUP BY 1, 2, 3, 4 ORDER BY 3, 4
  ON CONFLICT (queue_id, day, outcome, reason, shard) DO UPDATE SET count = di.write_count.count + excluded.count`;

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
