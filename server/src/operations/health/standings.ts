import type { Knex } from 'knex';
import type { IncidentKind } from '../../connections/incidents.ts';
import { INCIDENTS_OF_FAILURES } from './failures.ts';

/** How a connection stands, as the control tables have it. */
export interface StandingRow {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly is_archived: boolean;
  readonly is_authorized: boolean;
  readonly authorization_status: string | null;
  readonly api_used: number | null;
  readonly api_limit: number | null;
  readonly active: number;
  readonly paused: number;
  readonly draft: number;
  readonly last_batch_at: Date | null;
  readonly integrations: number;
  /** Sources of events and actions whose items are written. */
  readonly writers: number;
  /** One of them has written something. */
  readonly has_written: boolean;
  readonly pending: number;
  readonly dead: number;
  /** Of those that are pending: of integrations that are not at work, tried before, or due for a while. */
  readonly late: number;
  /** Items of events and actions wait to be written, files are imported into Salesforce, or records are pulled. */
  readonly is_working: boolean;
  /** Such items wait for longer than they should. */
  readonly is_working_late: boolean;
  /** Fields that both sides had changed, of the last day. */
  readonly conflicts: number;
  readonly last_success_at: Date | null;
  readonly incidents: readonly { readonly message: string; readonly openedAt: string }[];
}

/** Incidents that are shown by the integrations themselves: they know it at once, and whatever they are called. */
const STOPPED: IncidentKind = 'integration-stopped';

/** What is due for longer than this is late. */
const LATE = "interval '15 minutes'";

/** Counted no further. */
export const MOST_CONFLICTS = 10_000;

/** Every connection of an account. The last batch is looked up table by table: that is how batches are indexed by time. */
export async function standingsOf(knex: Knex, accountId: string): Promise<StandingRow[]> {
  const { rows } = await knex.raw<{ rows: StandingRow[] }>(
    `SELECT c.id, c.name, c.status, p.code AS project, p.archived_at IS NOT NULL AS is_archived,
       c.authorized_at IS NOT NULL OR a.connection_id IS NOT NULL AS is_authorized,
       a.status AS authorization_status, a.api_used, a.api_limit,
       t.active, t.paused, t.draft, t.last_batch_at,
       n.active AS integrations, n.last_success_at, w.writers, w.has_written, d.pending, d.dead, d.late,
       w.is_writing OR o.is_open AS is_working, w.is_writing_late AS is_working_late, k.conflicts, i.incidents
     FROM di.connection c
     JOIN di.project p ON p.id = c.project_id
     LEFT JOIN di.salesforce_authorization a ON a.connection_id = c.id
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE t.status = 'active')::int AS active,
         count(*) FILTER (WHERE t.status = 'paused')::int AS paused,
         count(*) FILTER (WHERE t.status = 'draft')::int AS draft,
         max((SELECT b.received_at FROM di.batch b
              WHERE b.table_id = t.table_id AND b.connection_id = c.id
              ORDER BY b.received_at DESC LIMIT 1)) AS last_batch_at
       FROM di.transfer t WHERE t.connection_id = c.id) t
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE n.status = 'active')::int AS active, max(n.last_success_at) AS last_success_at
       FROM di.integration n WHERE n.connection_id = c.id) n
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS writers, coalesce(bool_or(EXISTS (
         SELECT FROM di.write_item i WHERE i.queue_id = q.id AND i.status = 'delivered')), false) AS has_written,
         coalesce(bool_or(EXISTS (
           SELECT FROM di.write_item i WHERE i.queue_id = q.id AND i.status = 'waiting')), false) AS is_writing,
         coalesce(bool_or(EXISTS (
           SELECT FROM di.write_item i
           WHERE i.queue_id = q.id AND i.status = 'waiting' AND i.next_attempt_at < now() - ${LATE})), false) AS is_writing_late
       FROM di.write_queue q WHERE q.connection_id = c.id AND q.is_open) w
     CROSS JOIN LATERAL (
       SELECT EXISTS (
           SELECT FROM di.import i WHERE i.connection_id = c.id AND i.status IN ('checking', 'running'))
         OR EXISTS (
           SELECT FROM di.pull_run r JOIN di.pull u ON u.id = r.pull_id JOIN di.transfer t ON t.id = u.transfer_id
           WHERE t.connection_id = c.id AND r.state IN ('queued', 'running')) AS is_open) o
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE d.state = 'pending')::int AS pending,
         count(*) FILTER (WHERE d.state = 'dead')::int AS dead,
         count(*) FILTER (WHERE d.state = 'pending'
           AND (n.status <> 'active' OR d.attempts > 0 OR d.due_at < now() - ${LATE}))::int AS late
       FROM di.delivery d JOIN di.integration n ON n.id = d.integration_id
       WHERE n.connection_id = c.id AND n.status <> 'archived') d
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS conflicts FROM (
         SELECT FROM di.conflict k WHERE k.connection_id = c.id AND k.at > now() - interval '1 day'
         LIMIT ${MOST_CONFLICTS}) k) k
     CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object('message', s.message, 'openedAt', s.opened_at)
         ORDER BY s.opened_at), '[]') AS incidents
       FROM (
         SELECT i.message, i.created_at AS opened_at FROM di.incident i
         WHERE i.connection_id = c.id AND i.closed_at IS NULL AND NOT i.kind = ANY(:others)
         UNION ALL
         SELECT n.name || ': ' || n.stopped_message, n.stopped_at FROM di.integration n
         WHERE n.connection_id = c.id AND n.status = 'active' AND n.stopped_at IS NOT NULL) s) i
     WHERE c.account_id = :accountId
     ORDER BY c.created_at`,
    { accountId, others: [...INCIDENTS_OF_FAILURES, STOPPED] },
  );
  return rows;
}
