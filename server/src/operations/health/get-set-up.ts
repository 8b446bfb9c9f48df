import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';

/** Steps from an empty account to one that is in step, in their order. */
export const SET_UP_STEPS = [
  'table',
  'connection',
  'plugin',
  'transfer',
  'sending',
  'record',
  'authorization',
  'integration',
  'opt-in',
  'alerts',
] as const;
type Step = (typeof SET_UP_STEPS)[number];

/** What somebody may want, and rows come without. */
const OPTIONAL: ReadonlySet<Step> = new Set(['authorization', 'integration', 'opt-in', 'alerts']);

const setUpAnswer = z.object({
  isDone: z.boolean().meta({ description: 'Whether every step is done that is not optional' }),
  steps: z.array(
    z.object({
      step: z.enum(SET_UP_STEPS).meta({
        description:
          'table: one is built; connection; plugin: it has introduced its org; transfer: one is active here; sending: Salesforce sends by one; record: one has come; authorization: DI may call the org; integration: one is active; opt-in; alerts: somebody else than the owners is told of incidents',
      }),
      isOptional: z.boolean(),
      isDone: z.boolean(),
      subject: z
        .string()
        .nullable()
        .meta({ description: 'Where it is done: a project’s code, or the id of a connection or transfer' }),
    }),
  ),
});

/** What is done of setting an account up, and what is next. */
export function getSetUp(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/set-up',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'The steps of setting up, on both sides: what is done, and what is next',
    answer: { schema: setUpAnswer },
    handle: ({ knex, caller }) => setUpOf(knex, caller.accountId),
  });
}

interface SetUpRow {
  readonly table: boolean;
  readonly connection: boolean;
  readonly plugin: boolean;
  readonly transfer: boolean;
  readonly sending: boolean;
  readonly record: boolean;
  readonly authorization: boolean;
  readonly integration: boolean;
  readonly opt_in: boolean;
  readonly alerts: boolean;
  readonly project_code: string | null;
  readonly connection_id: string | null;
  readonly transfer_id: string | null;
}

async function setUpOf(knex: Knex, accountId: string): Promise<z.input<typeof setUpAnswer>> {
  const { rows } = await knex.raw<{ rows: SetUpRow[] }>(SET_UP, { accountId });
  const [found] = rows;
  if (!found) throw new Error('The account has no set-up.');
  const done = doneOf(found);
  return {
    isDone: SET_UP_STEPS.every((step) => OPTIONAL.has(step) || done[step]),
    steps: SET_UP_STEPS.map((step) => ({
      ...{ step, isOptional: OPTIONAL.has(step), isDone: done[step] },
      subject: subjectOf(step, found),
    })),
  };
}

/** What has come by a pull has come without the plugin, which is not missed then. */
function doneOf(row: SetUpRow): Record<Step, boolean> {
  const isHere = row.record;
  return {
    table: row.table,
    connection: row.connection,
    plugin: row.plugin || isHere,
    transfer: row.transfer,
    sending: row.sending || isHere,
    record: isHere,
    authorization: row.authorization,
    integration: row.integration,
    'opt-in': row.opt_in,
    alerts: row.alerts,
  };
}

function subjectOf(step: Step, row: SetUpRow): string | null {
  if (step === 'table' || step === 'opt-in') return row.project_code;
  if (step === 'plugin' || step === 'authorization') return row.connection_id;
  return step === 'transfer' ? row.transfer_id : null;
}

/** Of projects, connections and transfers the latest: that is the one that is being set up. */
const SET_UP = `
  WITH p AS MATERIALIZED (
    SELECT p.id, p.code, p.created_at FROM di.project p WHERE p.account_id = :accountId AND p.archived_at IS NULL),
  c AS MATERIALIZED (
    SELECT c.id, c.created_at, c.authorized_at, a.status = 'authorized' AS may_call
    FROM di.connection c JOIN p ON p.id = c.project_id LEFT JOIN di.salesforce_authorization a ON a.connection_id = c.id
    WHERE c.status <> 'revoked'),
  t AS MATERIALIZED (
    SELECT t.id, t.created_at, t.status, t.table_id, t.connection_id, cardinality(t.sent_fields) > 0 AS is_sent,
      -- Its batches may be forgotten by now.
      t.created_at < now() - interval '7 days' AND (cardinality(t.sent_fields) > 0
        OR EXISTS (SELECT FROM di.pull u WHERE u.transfer_id = t.id AND u.watermark IS NOT NULL)) AS is_long_used
    FROM di.transfer t JOIN c ON c.id = t.connection_id)
  SELECT EXISTS (SELECT FROM di.project_table b JOIN p ON p.id = b.project_id WHERE b.built IS NOT NULL) AS table,
    EXISTS (SELECT FROM c) AS connection,
    EXISTS (SELECT FROM c WHERE authorized_at IS NOT NULL) AS plugin,
    EXISTS (SELECT FROM t WHERE status = 'active') AS transfer,
    EXISTS (SELECT FROM t WHERE is_sent) OR EXISTS (SELECT FROM di.batch_fault f JOIN c ON c.id = f.connection_id) AS sending,
    EXISTS (SELECT FROM t WHERE is_long_used) OR EXISTS (
      SELECT FROM t JOIN di.batch b ON b.table_id = t.table_id AND b.connection_id = t.connection_id
      WHERE coalesce((b.answer->>'applied')::int, 0) + coalesce((b.answer->>'unchanged')::int, 0) > 0) AS record,
    EXISTS (SELECT FROM c WHERE may_call) AS authorization,
    EXISTS (SELECT FROM di.integration g JOIN c ON c.id = g.connection_id WHERE g.status = 'active') AS integration,
    EXISTS (SELECT FROM di.opt_in o JOIN p ON p.id = o.project_id WHERE o.archived_at IS NULL) AS opt_in,
    EXISTS (SELECT FROM di.alert_channel h WHERE h.account_id = :accountId AND h.is_active) AS alerts,
    (SELECT code FROM p ORDER BY created_at DESC LIMIT 1) AS project_code,
    (SELECT id FROM c ORDER BY authorized_at IS NOT NULL, created_at DESC LIMIT 1) AS connection_id,
    (SELECT id FROM t ORDER BY status = 'active', created_at DESC LIMIT 1) AS transfer_id`;
