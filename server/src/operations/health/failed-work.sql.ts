import { quoteLiteral } from '../../database/identifiers.ts';
import { say } from '../../messages/message.ts';
import { isFault, type FaultKind } from '../../inbound/batches/batch-faults.ts';
import { MAX_LISTED } from '../../outbound/comparisons/progress.ts';
import { REACHED_NOBODY } from '../../outbound/capture/unreached.sql.ts';

/**
 * Work that failed and still stands, of every kind there is. This is the one place that knows all kinds: health, metrics,
 * incidents and the list of failures are read from it. A row is what has one cause and one place to fix it. It is gone
 * when its cause is: sent again, discarded, taken since, or acknowledged by somebody.
 */

/** What an account has acknowledged of a kind; what failed later counts all the same. */
const unacknowledged = (kind: string, subject: string, account: string, at: string): string =>
  `NOT EXISTS (SELECT FROM di.acknowledgement k
     WHERE k.account_id = ${account} AND k.kind = '${kind}' AND k.subject = ${subject} AND k.at >= ${at})`;

/** Deliveries `d` of an integration `n` whose opt-out reached nobody, and that nobody has acknowledged. */
export const unreached = (account: string): string =>
  `${REACHED_NOBODY} AND ${unacknowledged('opt-out', 'n.id::text', account, 'd.changed_at')}`;

/** Items `i` of a queue of events or actions that were not written, and that nobody has acknowledged. */
export const unwritten = (kind: 'event' | 'action', queue: string, account: string): string =>
  `i.queue_id = ${queue} AND i.status = 'failed'
     AND ${unacknowledged(kind, `${queue}::text`, account, 'i.finished_at')}`;

/** What keeps batches of a transfer out. Its subject is a JSON list: connection, object in lower case, table. */
const faults = (kind: FaultKind): string => `
  SELECT '${kind}' AS kind, c.account_id, c.project_id, c.id AS connection_id,
    json_build_array(c.id, f.object, f.table_code)::text AS subject, l.object_name || ' → ' || f.table_code AS name,
    l.code, l.message, f.count, f.since, f.latest, (
      SELECT x.id FROM di.transfer x JOIN di.project_table t ON t.id = x.table_id
      WHERE x.connection_id = c.id AND lower(x.object) = f.object AND t.built->>'code' = f.table_code LIMIT 1) AS transfer_id
  FROM (
    SELECT f.connection_id, f.object, f.table_code,
      sum(greatest(f.records, 1))::int AS count, min(f.first_at) AS since, max(f.at) AS latest
    FROM di.batch_fault f
    WHERE f.acknowledged_at IS NULL AND ${isFault(kind, 'f')}
    GROUP BY f.connection_id, f.object, f.table_code) f
  JOIN di.connection c ON c.id = f.connection_id
  CROSS JOIN LATERAL (
    SELECT coalesce(k.hold, k.code) AS code, k.message, k.object_name FROM di.batch_fault k
    WHERE k.connection_id = f.connection_id AND k.object = f.object AND k.table_code = f.table_code
      AND k.acknowledged_at IS NULL AND k.at = f.latest AND ${isFault(kind, 'k')}
    LIMIT 1) l`;

/** Deliveries that Salesforce refused for good. They are sent again or discarded, and not acknowledged. */
const DELIVERIES = `
  SELECT 'delivery', c.account_id, c.project_id, c.id, n.id::text, n.name, l.last_code, l.last_message,
    d.count, d.since, d.latest, NULL::uuid
  FROM di.integration n
  JOIN di.connection c ON c.id = n.connection_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count, min(d.changed_at) AS since, max(d.changed_at) AS latest
    FROM di.delivery d WHERE d.integration_id = n.id AND d.state = 'dead') d
  CROSS JOIN LATERAL (
    SELECT d.last_code, d.last_message FROM di.delivery d
    WHERE d.integration_id = n.id AND d.state = 'dead' ORDER BY d.id DESC LIMIT 1) l
  WHERE n.status <> 'archived'`;

/** Opt-outs that Salesforce has no record for. They are sent when one comes; whoever expects none acknowledges them. */
const OPT_OUTS = `
  SELECT 'opt-out', c.account_id, c.project_id, c.id, n.id::text, n.name, 'no-record',
    ${quoteLiteral(say('failures.no-record'))},
    d.count, d.since, d.latest, NULL::uuid
  FROM di.integration n
  JOIN di.connection c ON c.id = n.connection_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count, min(d.changed_at) AS since, max(d.changed_at) AS latest
    FROM di.delivery d WHERE ${unreached('c.account_id')}) d
  WHERE n.status <> 'archived' AND d.count > 0`;

/** Why an item `i` was not written: the first refusal among its outcomes. */
export const FIRST_REFUSAL =
  "(SELECT o FROM jsonb_array_elements(i.outcomes) o WHERE o->>'kind' = 'refused' LIMIT 1)";

/** Items of a source of events or of an action that were not written to the org. */
const items = (kind: 'event' | 'action', owner: string): string => `
  SELECT '${kind}', c.account_id, c.project_id, c.id, s.id::text, s.name, l.refusal->>'code', l.refusal->>'message',
    i.count, i.since, i.latest, NULL::uuid
  FROM ${owner} s
  JOIN di.write_queue q ON q.id = s.id
  JOIN di.connection c ON c.id = q.connection_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count, min(i.finished_at) AS since, max(i.finished_at) AS latest
    FROM di.write_item i WHERE ${unwritten(kind, 's.id', 'c.account_id')}) i
  CROSS JOIN LATERAL (
    SELECT ${FIRST_REFUSAL} AS refusal
    FROM di.write_item i
    WHERE ${unwritten(kind, 's.id', 'c.account_id')} ORDER BY i.id DESC LIMIT 1) l
  WHERE s.archived_at IS NULL AND i.count > 0`;

const IMPORTS = `
  SELECT 'import', i.account_id, i.project_id, i.connection_id, i.id::text, i.name, 'failed', i.message, 1,
    coalesce(i.finished_at, i.created_at), coalesce(i.finished_at, i.created_at), NULL::uuid
  FROM di.import i
  WHERE i.status = 'failed'
    AND ${unacknowledged('import', 'i.id::text', 'i.account_id', 'coalesce(i.finished_at, i.created_at)')}`;

/** A pull whose last run failed, or asks whether it may archive many. One that was switched off has nothing to do any more. */
const PULLS = `
  SELECT 'pull', c.account_id, c.project_id, c.id, u.id::text, t.object || ' → ' || p.code, r.code, r.message, 1,
    r.finished_at, r.finished_at, t.id
  FROM di.pull u
  JOIN di.transfer t ON t.id = u.transfer_id
  JOIN di.project_table p ON p.id = t.table_id
  JOIN di.connection c ON c.id = t.connection_id
  CROSS JOIN LATERAL (
    SELECT r.state, r.reason, r.code, r.message, r.finished_at FROM di.pull_run r
    WHERE r.pull_id = u.id ORDER BY r.queued_at DESC LIMIT 1) r
  WHERE r.state IN ('failed', 'held') AND (u.is_enabled OR r.reason = 'request')
    AND ${unacknowledged('pull', 'u.id::text', 'c.account_id', 'r.finished_at')}`;

/** The last comparing of a comparison that has ended. */
export const lastComparing = (comparison: string): string => `
  SELECT r.id, r.state, r.code, r.message, r.differences, r.finished_at FROM di.comparison_run r
  WHERE r.comparison_id = ${comparison} AND r.kind = 'compare' AND r.state IN ('done', 'failed')
  ORDER BY r.queued_at DESC LIMIT 1`;

/** Both sides differ, and nothing explains it, or the last comparing of them failed. What was healed since differs no more. */
const COMPARISONS = `
  SELECT 'comparison', m.account_id, t.project_id, m.connection_id, m.id::text, m.object || ' → ' || t.code,
    CASE r.state WHEN 'failed' THEN r.code ELSE 'differs' END,
    CASE r.state WHEN 'failed' THEN r.message
      ELSE ${quoteLiteral(say('failures.differs'))} END,
    CASE r.state WHEN 'failed' THEN 1 ELSE h.open END, r.finished_at, r.finished_at, (
      SELECT x.id FROM di.transfer x
      WHERE x.connection_id = m.connection_id AND x.table_id = m.table_id AND lower(x.object) = lower(m.object) LIMIT 1)
  FROM di.comparison m
  JOIN di.project_table t ON t.id = m.table_id
  CROSS JOIN LATERAL (${lastComparing('m.id')}) r
  CROSS JOIN LATERAL (
    SELECT count(*)::int + greatest(0, r.differences - ${MAX_LISTED}) AS open
    FROM di.difference d WHERE d.run_id = r.id AND d.healed_at IS NULL) h
  WHERE (r.state = 'failed' OR h.open > 0)
    AND ${unacknowledged('comparison', 'm.id::text', 'm.account_id', 'r.finished_at')}`;

/** The last deployment of a kind and object, where it failed. */
const DEPLOYMENTS = `
  SELECT 'deployment', d.account_id, c.project_id, c.id, d.id::text, d.object, d.code, d.message, 1, d.finished_at, d.finished_at,
    NULL::uuid
  FROM di.deployment d
  JOIN di.connection c ON c.id = d.connection_id
  WHERE d.status = 'failed' AND ${unacknowledged('deployment', 'd.id::text', 'd.account_id', 'd.finished_at')}
    AND NOT EXISTS (
      SELECT FROM di.deployment l
      WHERE l.connection_id = d.connection_id AND l.kind = d.kind AND lower(l.object) = lower(d.object)
        AND l.created_at > d.created_at)`;

/** Every kind, as rows of one shape; what belongs to a revoked connection has nobody to fix it any more. */
export const FAILED_WORK = `
  SELECT w.*, p.code AS project, c.name AS connection_name
  FROM (
    ${[
      faults('batch'),
      faults('held'),
      faults('record'),
      DELIVERIES,
      OPT_OUTS,
      items('event', 'di.event_source'),
      items('action', 'di.action'),
      IMPORTS,
      PULLS,
      COMPARISONS,
      DEPLOYMENTS,
    ].join(' UNION ALL ')}
  ) w
  JOIN di.project p ON p.id = w.project_id
  LEFT JOIN di.connection c ON c.id = w.connection_id
  WHERE p.archived_at IS NULL AND c.status IS DISTINCT FROM 'revoked'`;
