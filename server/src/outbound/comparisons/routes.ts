import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { badRequest, conflict } from '../../http/problem.ts';
import { scheduleSchema } from '../../inbound/pulls/pull-schema.ts';
import { Transfers } from '../../transfers/transfers.ts';
import { Integrations } from '../integrations/integrations.ts';
import { cancelRun, latestRuns, queueRun } from './comparison-runs.ts';
import { Comparisons, type Comparison, type Pair } from './comparisons.ts';
import { differenceRoutes } from './difference-routes.ts';
import { comparisonAnswer, graceSchema, shownComparison } from './shown.ts';

const identified = z.strictObject({ comparison: z.uuid() });
const settings = {
  schedule: scheduleSchema
    .nullable()
    .optional()
    .meta({ description: 'When both sides are compared by themselves; null for on demand only' }),
  graceMinutes: graceSchema.optional(),
};

/** Both sides compared, and what differs taken or sent again. */
export function comparisonRoutes(): Route[] {
  return [...readRoutes(), compareRoute(), changeRoute(), cancelRoute(), ...differenceRoutes()];
}

async function shown(knex: Knex, comparisons: readonly Comparison[]): Promise<unknown[]> {
  const runs = await latestRuns(
    knex,
    comparisons.map(({ id }) => id),
  );
  return comparisons.map((comparison) => shownComparison(comparison, runs.get(comparison.id)));
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/comparisons',
      scope: 'transfers:read',
      tag: 'Comparisons',
      summary: 'Comparisons of the account, with their last results',
      answer: { schema: z.object({ comparisons: z.array(comparisonAnswer) }) },
      handle: async ({ knex, caller }) => ({
        comparisons: await shown(knex, await new Comparisons(knex, caller.accountId).list()),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/comparisons/{comparison}',
      scope: 'transfers:read',
      tag: 'Comparisons',
      summary: 'A comparison with its latest run and its last result',
      params: identified,
      answer: { schema: comparisonAnswer },
      handle: async ({ knex, caller, params }) => {
        const found = await new Comparisons(knex, caller.accountId).find(params.comparison);
        const [only] = await shown(knex, [found]);
        return only;
      },
    }),
  ];
}

function compareRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/comparisons',
    scope: 'transfers:write',
    tag: 'Comparisons',
    summary: 'Compares a table with an object of an org now',
    description:
      'Named by a transfer or by an integration: one comparison of a table with an object does for all that go between them. Records are read as the transfer takes them, rows as integrations would write them; nothing is changed. Settings that are not given stay as they are.',
    body: z.strictObject({ transfer: z.uuid().optional(), integration: z.uuid().optional(), ...settings }),
    answer: { status: 202, schema: z.object({ id: z.uuid(), run: z.uuid() }) },
    handle: async ({ knex, caller, body, audit }) => {
      const pair = await pairOf(knex, caller.accountId, body);
      const comparisons = new Comparisons(knex, caller.accountId);
      const comparison = await comparisons.ofPair(pair);
      const { schedule, graceMinutes } = body;
      if (schedule !== undefined || graceMinutes !== undefined)
        await comparisons.change(comparison, { schedule, graceMinutes });
      const run = await queueRun(knex, comparison.id, 'compare');
      const detail = { run, object: comparison.object, table: comparison.table.code, schedule, graceMinutes };
      audit({ action: 'comparison.requested', subject: comparison.id, detail });
      return { id: comparison.id, run };
    },
  });
}

/** What a transfer or an integration goes between. Throws a 409 problem where nothing goes now. */
async function pairOf(
  knex: Knex,
  accountId: string,
  {
    transfer,
    integration,
  }: { readonly transfer?: string | undefined; readonly integration?: string | undefined },
): Promise<Pair> {
  if ((transfer === undefined) === (integration === undefined))
    throw badRequest('invalid-body', 'Name a transfer, or an integration: one of the two.');
  const found =
    transfer === undefined
      ? await new Integrations(knex, accountId).find(integration ?? '')
      : await new Transfers(knex, accountId).find(transfer);
  if (found.status !== 'active')
    throw conflict(
      'not-active',
      `It is ${found.status}: nothing is kept in step by it. Activate it, and compare then.`,
    );
  return found;
}

function changeRoute(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/comparisons/{comparison}',
    scope: 'transfers:write',
    tag: 'Comparisons',
    summary: 'Changes when a comparison runs by itself',
    params: identified,
    body: z.strictObject(settings),
    answer: { schema: comparisonAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const comparisons = new Comparisons(knex, caller.accountId);
      const comparison = await comparisons.find(params.comparison);
      await comparisons.change(comparison, body);
      audit({ action: 'comparison.changed', subject: comparison.id, detail: body });
      const [only] = await shown(knex, [await comparisons.find(comparison.id)]);
      return only;
    },
  });
}

function cancelRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/comparisons/{comparison}/cancel',
    scope: 'transfers:write',
    tag: 'Comparisons',
    summary: 'Cancels what goes on of a comparison; its last result stays',
    params: identified,
    answer: { status: 204 },
    handle: async ({ knex, caller, params, audit }) => {
      const { id } = await new Comparisons(knex, caller.accountId).find(params.comparison);
      await cancelRun(knex, id);
      audit({ action: 'comparison.cancelled', subject: id, detail: {} });
    },
  });
}
