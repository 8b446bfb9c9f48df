import type { Knex } from 'knex';

/** Work of one kind that waits or is being done, and for how many seconds the oldest of it. */
export interface WaitingWork {
  readonly kind: string;
  readonly count: number;
  readonly seconds: number;
}

/** Of every account. Of deliveries and items only what somebody works off, not what failed for good. */
const WAITING = `
  SELECT 'delivery' AS kind, count(*)::int AS count, min(changed_at) AS since FROM di.delivery WHERE state = 'pending'
  UNION ALL
  SELECT q.kind, coalesce(sum(i.count), 0)::int, min(i.since)
  FROM (VALUES ('event'), ('action')) q (kind)
  LEFT JOIN di.write_queue w ON w.kind = q.kind
  LEFT JOIN (
    SELECT queue_id, count(*) AS count, min(received_at) AS since
    FROM di.write_item WHERE status = 'waiting' GROUP BY queue_id) i ON i.queue_id = w.id
  GROUP BY q.kind
  UNION ALL
  SELECT 'import', count(*)::int, min(coalesce(started_at, created_at))
  FROM di.import WHERE status IN ('checking', 'running')
  UNION ALL
  SELECT 'pull', count(*)::int, min(queued_at) FROM di.pull_run WHERE state IN ('queued', 'running')
  UNION ALL
  SELECT 'comparison', count(*)::int, min(queued_at) FROM di.comparison_run WHERE state IN ('queued', 'running')
  UNION ALL
  SELECT 'deployment', count(*)::int, min(created_at) FROM di.deployment WHERE finished_at IS NULL
  UNION ALL
  SELECT 'alert', count(*)::int, min(created_at) FROM di.alert WHERE sent_at IS NULL AND failed_at IS NULL`;

/** What waits, of every kind that a worker works off by itself. */
export async function waitingWork(knex: Knex): Promise<readonly WaitingWork[]> {
  const { rows } = await knex.raw<{ rows: WaitingWork[] }>(
    `SELECT kind, count, coalesce(greatest(0, extract(epoch FROM now() - since)), 0)::float8 AS seconds
     FROM (${WAITING}) w`,
  );
  return rows;
}
