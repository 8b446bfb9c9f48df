import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../http/route.ts';
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
      day: z.object({ batches: count, applied: count, rejected: count }),
      hours: z
        .array(z.object({ at: z.iso.datetime(), applied: count, rejected: count }))
        .meta({ description: 'The last 24 hours, oldest first; hours without a batch are among them' }),
    }),
  ),
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
    handle: async ({ knex, caller }) => ({ connections: await healthOf(knex, caller.accountId, new Date()) }),
  });
}

async function healthOf(knex: Knex, accountId: string, now: Date): Promise<ConnectionHealth[]> {
  const connections = await standings(knex, accountId);
  const hours = lastHours(now);
  const flows = await flowsSince(knex, accountId, hours[0] ?? now);
  return connections.map((row) => {
    const own = new Map(
      flows.filter((flow) => flow.connection_id === row.id).map((flow) => [flow.hour.getTime(), flow]),
    );
    const day = { batches: 0, applied: 0, rejected: 0 };
    for (const flow of own.values()) {
      day.batches += flow.batches;
      day.applied += flow.applied;
      day.rejected += flow.rejected;
    }
    const { active, paused, draft } = row;
    return {
      id: row.id,
      name: row.name,
      project: row.project,
      verdict: verdictOf({
        isRevoked: row.status === 'revoked',
        isProjectArchived: row.is_archived,
        isAuthorized: row.authorized_at !== null,
        activeTransfers: active,
        rejected: day.rejected,
        lastBatchAt: row.last_batch_at,
      }),
      lastBatchAt: row.last_batch_at?.toISOString() ?? null,
      transfers: { active, paused, draft },
      day,
      hours: hours.map((at) => {
        const flow = own.get(at.getTime());
        return { at: at.toISOString(), applied: flow?.applied ?? 0, rejected: flow?.rejected ?? 0 };
      }),
    };
  });
}

/** The starts of the hours that are shown. */
function lastHours(now: Date): Date[] {
  const present = Math.floor(now.getTime() / HOUR) * HOUR;
  return Array.from(
    { length: SHOWN_HOURS },
    (_, index) => new Date(present - (SHOWN_HOURS - 1 - index) * HOUR),
  );
}

interface StandingRow {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly status: string;
  readonly is_archived: boolean;
  readonly authorized_at: Date | null;
  readonly active: number;
  readonly paused: number;
  readonly draft: number;
  readonly last_batch_at: Date | null;
}

/** The last batch is looked up table by table: that is how batches are indexed by time. */
async function standings(knex: Knex, accountId: string): Promise<StandingRow[]> {
  const { rows } = await knex.raw<{ rows: StandingRow[] }>(
    `SELECT c.id, c.name, c.status, c.authorized_at, p.code AS project, p.archived_at IS NOT NULL AS is_archived,
       count(t.id) FILTER (WHERE t.status = 'active')::int AS active,
       count(t.id) FILTER (WHERE t.status = 'paused')::int AS paused,
       count(t.id) FILTER (WHERE t.status = 'draft')::int AS draft,
       max(latest.received_at) AS last_batch_at
     FROM di.connection c
     JOIN di.project p ON p.id = c.project_id
     LEFT JOIN di.transfer t ON t.connection_id = c.id
     LEFT JOIN LATERAL (
       SELECT b.received_at FROM di.batch b
       WHERE b.table_id = t.table_id AND b.connection_id = c.id
       ORDER BY b.received_at DESC LIMIT 1) latest ON true
     WHERE c.account_id = :accountId
     GROUP BY c.id, p.id
     ORDER BY c.created_at`,
    { accountId },
  );
  return rows;
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
