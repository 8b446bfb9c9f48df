import { say } from '../../messages/message.ts';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import {
  closeIncident,
  openIncident,
  type IncidentKey,
  type IncidentKind,
  type IncidentReport,
} from '../../connections/incidents.ts';
import { Loop } from '../../jobs/loop.ts';
import { FAILURE_KINDS, listFailures, type Failure, type FailureKind } from './failures.ts';
import { IS_HEARD_AGAIN, silentPlugins, type Silence } from './silence.ts';

/** Milliseconds between looks. */
const INTERVAL_MS = 20_000;

/** From how many failures of a kind on somebody is told. Kinds that are missing are told of by whoever does the work, or seen by who asked for it. */
const TOLD_FROM: Readonly<
  Partial<Record<FailureKind, { readonly kind: IncidentKind; readonly count: number }>>
> = {
  // Nothing of the transfer comes any more: the first one is enough.
  batch: { kind: 'batches-refused', count: 1 },
  // One record that an org refuses is nothing unusual.
  event: { kind: 'events-failed', count: 100 },
  action: { kind: 'actions-failed', count: 100 },
};

const TOLD_KINDS = FAILURE_KINDS.filter((kind) => kind in TOLD_FROM);

/** Incidents that are opened here, and closed when they are no longer found. */
const WATCHED: readonly IncidentKind[] = ['batches-refused', 'events-failed', 'actions-failed'];

/** Looks again and again at what failed: opens incidents of it, and closes those whose cause is gone. */
export function incidentLoop(knex: Knex, logger: Logger): Loop {
  return new Loop(
    'incidents',
    async () => {
      await watchIncidents(knex);
      return false;
    },
    INTERVAL_MS,
    logger,
  );
}

/** One look. Several copies of the server may look at once: an incident is opened and closed once. */
export async function watchIncidents(knex: Knex): Promise<void> {
  const found = [
    ...(await listFailures(knex, null, TOLD_KINDS)).flatMap(reportOf),
    ...(await silentPlugins(knex, null)).map(silenceReport),
  ];
  for (const report of found) await openIncident(knex, report);
  const stillThere = new Set(found.map(nameOf));
  const open = await openIncidents(knex, WATCHED);
  for (const incident of open) if (!stillThere.has(nameOf(incident))) await closeIncident(knex, incident);
  for (const incident of await mendedIncidents(knex)) await closeIncident(knex, incident);
}

function reportOf(failure: Failure): IncidentReport[] {
  const told = TOLD_FROM[failure.kind];
  if (!told || failure.connection === null || failure.count < told.count) return [];
  return [
    {
      accountId: failure.accountId,
      connectionId: failure.connection.id,
      kind: told.kind,
      subject: failure.name,
      message: failure.message ?? failure.code ?? '',
      waiting: failure.count,
    },
  ];
}

function silenceReport({ accountId, connectionId, lastHeard, usualHours }: Silence): IncidentReport {
  return {
    accountId,
    connectionId,
    kind: 'plugin-silent',
    message: say('failures.silent', {
      at: lastHeard.toISOString().slice(0, 16).replace('T', ' '),
      hours: usualHours,
    }),
  };
}

const nameOf = ({ connectionId, kind, subject }: IncidentKey): string =>
  [connectionId, kind, subject ?? ''].join('\n');

interface OpenRow {
  readonly account_id: string;
  readonly connection_id: string;
  readonly kind: IncidentKind;
  readonly subject: string;
}

const keyOf = (row: OpenRow): IncidentKey => ({
  accountId: row.account_id,
  connectionId: row.connection_id,
  kind: row.kind,
  subject: row.subject,
});

async function openIncidents(knex: Knex, kinds: readonly IncidentKind[]): Promise<IncidentKey[]> {
  const rows = await knex('di.incident')
    .whereNull('closed_at')
    .whereIn('kind', [...kinds])
    .select<OpenRow[]>('account_id', 'connection_id', 'kind', 'subject');
  return rows.map(keyOf);
}

/**
 * Incidents that whoever does the work has opened, and whose cause somebody has removed: the work itself may never come to
 * it again. What it was about is paused, discarded, archived, sent again, or its connection revoked.
 */
async function mendedIncidents(knex: Knex): Promise<IncidentKey[]> {
  const { rows } = await knex.raw<{ rows: OpenRow[] }>(MENDED);
  return rows.map(keyOf);
}

/** Dead letters of an integration that somebody is told of: as many as the drain tells from. */
const MANY_DEAD = 100;

/** Whether what an incident is about is a source of events or an action whose items are written. */
const HAS_OPEN_QUEUE = `EXISTS (
  SELECT FROM di.write_queue q
  LEFT JOIN di.event_source s ON s.id = q.id
  LEFT JOIN di.action a ON a.id = q.id
  WHERE q.connection_id = c.id AND q.is_open
    AND (s.name = i.subject AND s.archived_at IS NULL
      OR a.name = i.subject AND a.archived_at IS NULL AND a.status = 'active'))`;

const MENDED = `
  SELECT i.account_id, i.connection_id, i.kind, i.subject
  FROM di.incident i
  JOIN di.connection c ON c.id = i.connection_id
  WHERE i.closed_at IS NULL AND (
    c.status = 'revoked'
    OR CASE i.kind
      WHEN 'authorization-lost' THEN NOT EXISTS (
        SELECT FROM di.salesforce_authorization a WHERE a.connection_id = c.id)
      WHEN 'deliveries-dead' THEN NOT EXISTS (
        SELECT FROM di.integration n
        WHERE n.connection_id = c.id AND n.name = i.subject AND n.status = 'active'
          AND (SELECT count(*) FROM (
            SELECT FROM di.delivery d WHERE d.integration_id = n.id AND d.state = 'dead' LIMIT ${MANY_DEAD}) d) = ${MANY_DEAD})
      WHEN 'integration-stopped' THEN NOT EXISTS (
        SELECT FROM di.integration n
        WHERE n.connection_id = c.id AND n.name = i.subject AND n.status = 'active' AND n.stopped_at IS NOT NULL)
      WHEN 'api-budget-used' THEN i.subject <> '' AND NOT EXISTS (
        SELECT FROM di.integration n
        WHERE n.connection_id = c.id AND n.name = i.subject AND n.status = 'active' AND n.waits_message IS NOT NULL)
      WHEN 'permission-missing' THEN i.subject <> '' AND NOT ${HAS_OPEN_QUEUE}
      WHEN 'writes-stopped' THEN NOT ${HAS_OPEN_QUEUE} AND NOT EXISTS (
        SELECT FROM di.import m
        WHERE m.connection_id = c.id AND m.name = i.subject AND m.status = 'running')
      -- Not by what is found: once its history is over, a plugin that is silent for months is no longer unusual.
      WHEN 'plugin-silent' THEN ${IS_HEARD_AGAIN}
      WHEN 'pull-failed' THEN NOT EXISTS (
        SELECT FROM di.pull u
        JOIN di.transfer t ON t.id = u.transfer_id
        JOIN di.project_table p ON p.id = t.table_id
        CROSS JOIN LATERAL (
          SELECT r.state, r.reason FROM di.pull_run r
          WHERE r.pull_id = u.id AND r.state NOT IN ('queued', 'running') ORDER BY r.queued_at DESC LIMIT 1) r
        WHERE t.connection_id = c.id AND t.object || ' → ' || p.code = i.subject
          AND r.state = 'failed' AND (u.is_enabled OR r.reason = 'request'))
      ELSE false
    END)`;
