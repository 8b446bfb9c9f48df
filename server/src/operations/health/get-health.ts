import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { duplicatesByProject, MOST_COUNTED } from '../../records/duplicates.ts';
import { failureAnswer, shownFailure } from './failure-answer.ts';
import { countsByKind, listFailures, type Failure } from './failures.ts';
import { comparisonHealth, comparisonsByConnection } from './comparisons.ts';
import { NO_RECORDS, recordCounts, type RecordCounts } from './record-counts.ts';
import { silentPlugins, type Silence } from './silence.ts';
import { MOST_CONFLICTS, standingsOf, type StandingRow } from './standings.ts';
import { VERDICTS, verdictOf } from './verdict.ts';

const HOUR = 3_600_000;
/** Hours that the chart of a connection shows, the present one the last. */
const SHOWN_HOURS = 24;

const count = z.int().min(0);
const healthAnswer = z.object({
  connections: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      project: z.string(),
      verdict: z.enum(VERDICTS),
      lastBatchAt: z.iso.datetime().nullable(),
      transfers: z.object({ active: count, paused: count, draft: count }),
      deliveries: z.object({
        integrations: count,
        waiting: count,
        late: count.meta({
          description:
            'Of those that wait: of integrations that are paused, tried before, or due for a quarter of an hour',
        }),
        dead: count,
      }),
      lastDeliveryAt: z.iso.datetime().nullable(),
      apiCalls: z
        .object({ used: count, limit: count, left: count })
        .nullable()
        .meta({ description: 'Of 24 hours, as the org last said; null where DI has not called it' }),
      duplicates: count.meta({
        description: `Rows of the project that stand double, up to ${MOST_COUNTED}: see its duplicates`,
      }),
      conflicts: count.meta({
        description: `Fields of the last day that the project and Salesforce had both changed, up to ${MOST_CONFLICTS}: see the project’s conflicts`,
      }),
      comparisons: z
        .array(comparisonHealth)
        .meta({ description: 'The last result of each comparison of both sides' }),
      incidents: z
        .array(z.object({ message: z.string(), sentence: sentenceAnswer, openedAt: z.string() }))
        .meta({ description: 'What stands in the way of everything, and is no failure of a single thing' }),
      failures: z
        .array(failureAnswer)
        .meta({ description: 'What failed and still stands, the latest first' }),
      rivals: count.meta({
        description: `Records whose row another record of the same primary key fills, up to ${MOST_COUNTED}: see the duplicates of the project’s tables`,
      }),
      leftOut: count.meta({ description: 'Records without a primary key: they come when they have one' }),
      outdated: count.meta({
        description: 'Rows that show an older version of their record, since a later one was refused',
      }),
      rejected: count.meta({ description: 'Records that could not be stored, and were not since' }),
      silence: z
        .object({ lastHeard: z.iso.datetime(), usualHours: count })
        .nullable()
        .meta({ description: 'Where the plugin has been silent for longer than is usual for it' }),
      day: z.object({ batches: count, applied: count, rejected: count }).meta({
        description:
          'Rejected records are those that were not stored since; tried several times, each is one',
      }),
      hours: z
        .array(
          z.object({ at: z.iso.datetime(), applied: count, rejected: count, sent: count, failed: count }),
        )
        .meta({
          description:
            'The last 24 hours, oldest first, those without anything among them: records of batches that were stored or rejected, and deliveries that were sent or given up',
        }),
    }),
  ),
  failures: z.array(failureAnswer).meta({ description: 'Of no connection: imports into tables' }),
});
type ConnectionHealth = z.input<typeof healthAnswer>['connections'][number];

/** Whether each connection is in step, and what came through it in the last day. */
export function getHealth(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/health',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'How each connection stands, and what came in the last day, hour by hour',
    answer: { schema: healthAnswer },
    handle: ({ knex, caller }) => healthOf(knex, caller.accountId, new Date()),
  });
}

async function healthOf(knex: Knex, accountId: string, now: Date): Promise<z.input<typeof healthAnswer>> {
  const hours = lastHours(now);
  const since = hours[0] ?? now;
  const [connections, failures, silences, flows, sent, rejected, duplicates, records, comparisons] =
    await Promise.all([
      standingsOf(knex, accountId),
      listFailures(knex, accountId),
      silentPlugins(knex, accountId),
      flowsSince(knex, accountId, since),
      sentSince(knex, accountId, since),
      rejectedSince(knex, accountId, since),
      duplicatesByProject(knex, accountId),
      recordCounts(knex, accountId),
      comparisonsByConnection(knex, accountId),
    ]);
  return {
    connections: connections.map((row) =>
      shown(row, hours, {
        flows: flows.filter((flow) => flow.connection_id === row.id),
        sent: sent.filter((flow) => flow.connection_id === row.id),
        rejected: rejected.get(row.id) ?? 0,
        failures: failures.filter(({ connection }) => connection?.id === row.id),
        duplicates: duplicates.get(row.project) ?? 0,
        records: records.get(row.id) ?? NO_RECORDS,
        comparisons: comparisons.get(row.id) ?? [],
        silence: silences.find(({ connectionId }) => connectionId === row.id) ?? null,
      }),
    ),
    failures: failures.filter(({ connection }) => connection === null).map(shownFailure),
  };
}

/** What is known of a connection beside how it is set up. */
interface Signs {
  readonly flows: readonly FlowRow[];
  readonly sent: readonly SentRow[];
  /** Records of the last day. */
  readonly rejected: number;
  readonly failures: readonly Failure[];
  /** Rows of its project that stand double. */
  readonly duplicates: number;
  readonly records: RecordCounts;
  readonly comparisons: ConnectionHealth['comparisons'];
  readonly silence: Silence | null;
}

function shown(
  row: StandingRow,
  hours: readonly Date[],
  { flows, sent, rejected, failures, duplicates, records, comparisons, silence }: Signs,
): ConnectionHealth {
  const sum = (name: 'batches' | 'applied'): number => flows.reduce((total, flow) => total + flow[name], 0);
  const { id, name, project, active, paused, draft, incidents } = row;
  const failed = countsByKind(failures);
  return {
    ...{
      id,
      name,
      project,
      duplicates,
      ...records,
      conflicts: row.conflicts,
      incidents: incidents.map(({ message, openedAt }) => ({ ...worded(message), openedAt })),
    },
    comparisons: [...comparisons],
    failures: failures.map(shownFailure),
    rejected: failed.record,
    silence: silence && { lastHeard: silence.lastHeard.toISOString(), usualHours: silence.usualHours },
    day: { batches: sum('batches'), applied: sum('applied'), rejected },
    verdict: verdictOf({
      isRevoked: row.status === 'revoked',
      isProjectArchived: row.is_archived,
      isAuthorized: row.is_authorized,
      isStopped: incidents.length > 0 || (row.authorization_status ?? 'authorized') !== 'authorized',
      activeWays: active + row.integrations + row.writers,
      failed,
      isSilent: silence !== null,
      onItsWay: onItsWay(row),
      isUsed: row.last_batch_at !== null || row.last_success_at !== null || row.has_written,
    }),
    lastBatchAt: row.last_batch_at?.toISOString() ?? null,
    lastDeliveryAt: row.last_success_at?.toISOString() ?? null,
    transfers: { active, paused, draft },
    deliveries: { integrations: row.integrations, waiting: row.pending, late: row.late, dead: row.dead },
    apiCalls: apiCallsOf(row),
    hours: hours.map((at) => hourOf(at, flows, sent)),
  };
}

function hourOf(
  at: Date,
  flows: readonly FlowRow[],
  sent: readonly SentRow[],
): ConnectionHealth['hours'][number] {
  const isThen = ({ hour }: { readonly hour: Date }): boolean => hour.getTime() === at.getTime();
  const [came, went] = [flows.find(isThen), sent.find(isThen)];
  return {
    at: at.toISOString(),
    ...{ applied: came?.applied ?? 0, rejected: came?.rejected ?? 0 },
    ...{ sent: went?.sent ?? 0, failed: went?.failed ?? 0 },
  };
}

function onItsWay(row: StandingRow): 'nothing' | 'something' | 'late' {
  if (row.late > 0 || row.is_working_late) return 'late';
  return row.pending > 0 || row.is_working ? 'something' : 'nothing';
}

function apiCallsOf({ api_used: used, api_limit: limit }: StandingRow): ConnectionHealth['apiCalls'] {
  return used === null || limit === null ? null : { used, limit, left: Math.max(0, limit - used) };
}

/** The starts of the hours that are shown. */
function lastHours(now: Date): Date[] {
  const present = Math.floor(now.getTime() / HOUR) * HOUR;
  return Array.from(
    { length: SHOWN_HOURS },
    (_, index) => new Date(present - (SHOWN_HOURS - 1 - index) * HOUR),
  );
}

interface FlowRow {
  readonly connection_id: string;
  readonly hour: Date;
  readonly batches: number;
  readonly applied: number;
  readonly rejected: number;
}

async function flowsSince(knex: Knex, accountId: string, since: Date): Promise<FlowRow[]> {
  const { rows } = await knex.raw<{ rows: FlowRow[] }>(
    `SELECT b.connection_id, date_trunc('hour', b.received_at, 'UTC') AS hour, count(*)::int AS batches,
       coalesce(sum((b.answer->>'applied')::int), 0)::int AS applied,
       coalesce(sum(json_array_length(b.answer->'rejected')), 0)::int AS rejected
     FROM di.batch b
     JOIN di.connection c ON c.id = b.connection_id
     WHERE c.account_id = :accountId AND b.received_at >= :since
     GROUP BY 1, 2`,
    { accountId, since },
  );
  return rows;
}

interface SentRow {
  readonly connection_id: string;
  readonly hour: Date;
  readonly sent: number;
  readonly failed: number;
}

/** Deliveries by the hour, as they are counted when they end. */
async function sentSince(knex: Knex, accountId: string, since: Date): Promise<SentRow[]> {
  const { rows } = await knex.raw<{ rows: SentRow[] }>(
    `SELECT c.id AS connection_id, (n.day + make_interval(hours => n.hour)) AT TIME ZONE 'UTC' AS hour,
       coalesce(sum(n.count) FILTER (WHERE n.outcome IN ('created', 'updated', 'deleted')), 0)::int AS sent,
       coalesce(sum(n.count) FILTER (WHERE n.outcome = 'dead'), 0)::int AS failed
     FROM di.connection c JOIN di.integration g ON g.connection_id = c.id
     JOIN di.delivery_count n ON n.integration_id = g.id AND n.hour >= 0
     WHERE c.account_id = :accountId AND n.day >= (CAST(:since AS timestamptz) AT TIME ZONE 'UTC')::date
     GROUP BY 1, 2`,
    { accountId, since },
  );
  return rows;
}

/** Records that were rejected and not stored since, by connection: one that was tried in several hours is one. */
async function rejectedSince(knex: Knex, accountId: string, since: Date): Promise<Map<string, number>> {
  const { rows } = await knex.raw<{ rows: { connection_id: string; records: number }[] }>(
    `SELECT c.id AS connection_id, f.records
     FROM di.connection c
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS records FROM di.batch_fault f
       WHERE f.connection_id = c.id AND f.kind = 'rejected' AND f.acknowledged_at IS NULL AND f.at >= :since) f
     WHERE c.account_id = :accountId`,
    { accountId, since },
  );
  return new Map(rows.map(({ connection_id: id, records }) => [id, records]));
}
