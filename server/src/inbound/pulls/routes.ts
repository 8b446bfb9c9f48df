import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import type { SalesforceOrgs } from '../../salesforce/org.ts';
import { fieldsOf } from '../../projects/mapping-schema.ts';
import { Transfers, type Transfer } from '../../transfers/transfers.ts';
import { settingsSchema, type PullSettings } from './pull-schema.ts';
import { cancelRun, findRun, listRuns, queueRun, RUN_KINDS, RUN_STATES, type PullRun } from './pull-runs.ts';
import { previewOf } from './preview.ts';
import { Pulls, type Pull } from './pulls.ts';
import { rejectionsOf } from './rejections.ts';
import { checkSelection } from './selection.ts';

const identified = z.strictObject({ pull: z.uuid() });
const inRun = identified.extend({ run: z.uuid() });
const moment = z.iso.datetime().nullable();
const pullAnswer = settingsSchema.extend({
  id: z.uuid(),
  transfer: z.uuid(),
  connection: z.uuid(),
  object: z.string(),
  table: z.string(),
  nextRunAt: moment,
  lastFullAt: moment,
  watermark: moment.meta({
    description: 'Changes before it are fetched; null where everything is fetched next',
  }),
});
const count = z.int().min(0);
const runAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(RUN_KINDS),
  reason: z.enum(['schedule', 'request']),
  state: z.enum(RUN_STATES),
  queuedAt: z.iso.datetime(),
  startedAt: moment,
  finishedAt: moment,
  expected: count.nullable(),
  read: count,
  applied: count,
  unchanged: count,
  stale: count,
  archived: count,
  rivals: count,
  leftOut: count,
  rejected: count,
  code: z.string().nullable(),
  message: z.string().nullable(),
  sentence: sentenceAnswer,
});

/** Pulls: records fetched from an org without the plugin. */
export function pullRoutes(orgs: SalesforceOrgs): Route[] {
  return [...readRoutes(), previewRoute(orgs), createRoute(), changeRoute(), removeRoute(), ...runRoutes()];
}

function shown(pull: Pull): Record<string, unknown> {
  const { selection, schedule, isEnabled, bulkThreshold, fullEveryDays } = pull;
  return {
    ...{ selection, schedule, isEnabled, bulkThreshold, fullEveryDays },
    id: pull.id,
    transfer: pull.transferId,
    connection: pull.connectionId,
    object: pull.object,
    table: pull.table,
    nextRunAt: pull.nextRunAt,
    lastFullAt: pull.lastFullAt,
    watermark: pull.watermark,
  };
}

function shownRun(run: PullRun): Record<string, unknown> {
  const {
    queued_at: queuedAt,
    started_at: startedAt,
    finished_at: finishedAt,
    left_out: leftOut,
    ...rest
  } = run;
  return { ...rest, ...worded(rest.message), leftOut, queuedAt, startedAt, finishedAt };
}

function check(transfer: Pick<Transfer, 'object' | 'mapping'>, settings: PullSettings): void {
  checkSelection(settings.selection, transfer.object, transfer.mapping.flatMap(fieldsOf));
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/pulls',
      scope: 'transfers:read',
      tag: 'Pulls',
      summary: 'Pulls of the account',
      answer: { schema: z.object({ pulls: z.array(pullAnswer) }) },
      handle: async ({ knex, caller }) => ({
        pulls: (await new Pulls(knex, caller.accountId).list()).map(shown),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/pulls/{pull}',
      scope: 'transfers:read',
      tag: 'Pulls',
      summary: 'A pull with its latest run',
      params: identified,
      answer: { schema: pullAnswer.extend({ latestRun: runAnswer.nullable() }) },
      handle: async ({ knex, caller, params }) => {
        const pull = await new Pulls(knex, caller.accountId).find(params.pull);
        const [latest] = await listRuns(knex, pull.id, 1);
        return { ...shown(pull), latestRun: latest ? shownRun(latest) : null };
      },
    }),
  ];
}

function previewRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/pulls/{pull}/preview',
    scope: 'transfers:read',
    isReadOnly: true,
    tag: 'Pulls',
    summary: 'Asks the org how many records the selection holds, and shows the query; fetches nothing',
    params: identified,
    answer: { schema: z.object({ records: count, query: z.string() }) },
    handle: async ({ knex, caller, params }) => {
      const pull = await new Pulls(knex, caller.accountId).find(params.pull);
      return previewOf(await orgs.open(pull.connectionId, 'checks'), pull);
    },
  });
}

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/pulls',
    scope: 'transfers:write',
    tag: 'Pulls',
    summary: 'Fetches a transfer’s records from the org by schedule, without the plugin',
    body: z.strictObject({
      transfer: z.uuid(),
      selection: settingsSchema.shape.selection.default({ type: 'all' }),
      schedule: settingsSchema.shape.schedule.prefault({}),
      isEnabled: settingsSchema.shape.isEnabled.default(true),
      bulkThreshold: settingsSchema.shape.bulkThreshold.default(10_000),
      fullEveryDays: settingsSchema.shape.fullEveryDays.default(7),
      startNow: z
        .boolean()
        .default(true)
        .meta({ description: 'Fetches everything at once, not only at the next hour of the schedule' }),
    }),
    answer: { status: 201, schema: z.object({ id: z.uuid() }) },
    handle: async ({ knex, caller, body, audit }) => {
      const { transfer: transferId, startNow, ...settings } = body;
      const transfer = await new Transfers(knex, caller.accountId).find(transferId);
      check(transfer, settings);
      const id = await new Pulls(knex, caller.accountId).create(transfer.id, settings);
      if (startNow) await queueRun(knex, id, { kind: 'full', mayArchiveMany: false });
      audit({ action: 'pull.created', subject: id, detail: { object: transfer.object, ...settings } });
      return { id };
    },
  });
}

function changeRoute(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/pulls/{pull}',
    scope: 'transfers:write',
    tag: 'Pulls',
    summary: 'Changes a pull; another selection fetches everything anew',
    params: identified,
    body: settingsSchema.partial(),
    answer: { schema: pullAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const pulls = new Pulls(knex, caller.accountId);
      const pull = await pulls.find(params.pull);
      const settings = settingsSchema.parse({ ...settingsOf(pull), ...body });
      check(pull, settings);
      await pulls.change(pull, settings);
      audit({ action: 'pull.changed', subject: pull.id, detail: body });
      return shown(await pulls.find(pull.id));
    },
  });
}

function settingsOf({ selection, schedule, isEnabled, bulkThreshold, fullEveryDays }: Pull): PullSettings {
  return { selection, schedule, isEnabled, bulkThreshold, fullEveryDays };
}

function removeRoute(): Route {
  return accountEndpoint({
    method: 'delete',
    path: '/v1/admin/pulls/{pull}',
    scope: 'transfers:write',
    tag: 'Pulls',
    summary: 'Ends a pull with its history; rows stay as they are',
    params: identified,
    answer: { status: 204 },
    handle: async ({ knex, caller, params, audit }) => {
      const pulls = new Pulls(knex, caller.accountId);
      const pull = await pulls.find(params.pull);
      await pulls.remove(pull);
      audit({ action: 'pull.removed', subject: pull.id, detail: { object: pull.object } });
    },
  });
}

function runRoutes(): Route[] {
  const found = (knex: Knex, accountId: string, id: string): Promise<Pull> =>
    new Pulls(knex, accountId).find(id);
  return [
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/pulls/{pull}/runs',
      scope: 'transfers:write',
      tag: 'Pulls',
      summary: 'Runs a pull now',
      params: identified,
      body: z.strictObject({
        kind: z.enum(RUN_KINDS).default('changes'),
        mayArchiveMany: z.boolean().default(false).meta({
          description: 'Archives rows even where more than half of them have vanished from Salesforce',
        }),
      }),
      answer: { status: 202, schema: z.object({ id: z.uuid() }) },
      handle: async ({ knex, caller, params, body, audit }) => {
        const pull = await found(knex, caller.accountId, params.pull);
        const id = await queueRun(knex, pull.id, body);
        audit({ action: 'pull.run-requested', subject: pull.id, detail: { run: id, ...body } });
        return { id };
      },
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/pulls/{pull}/runs',
      scope: 'transfers:read',
      tag: 'Pulls',
      summary: 'Runs of a pull, the latest first',
      params: identified,
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
      answer: { schema: z.object({ runs: z.array(runAnswer) }) },
      handle: async ({ knex, caller, params, query }) => {
        const pull = await found(knex, caller.accountId, params.pull);
        return { runs: (await listRuns(knex, pull.id, query.limit)).map(shownRun) };
      },
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/pulls/{pull}/runs/{run}',
      scope: 'transfers:read',
      tag: 'Pulls',
      summary: 'A run, and the records that it could not take',
      params: inRun,
      answer: { schema: runAnswer.extend({ rejections: z.array(rejectionAnswer) }) },
      handle: async ({ knex, caller, params }) => {
        const pull = await found(knex, caller.accountId, params.pull);
        const run = await findRun(knex, pull.id, params.run);
        return { ...shownRun(run), rejections: await rejectionsOf(knex, pull.connectionId, run) };
      },
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/pulls/{pull}/runs/{run}/cancel',
      scope: 'transfers:write',
      tag: 'Pulls',
      summary: 'Cancels a run, or keeps the rows that a held one asks about; what it has fetched stays',
      params: inRun,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const pull = await found(knex, caller.accountId, params.pull);
        await cancelRun(knex, pull.id, params.run);
        audit({ action: 'pull.run-cancelled', subject: pull.id, detail: { run: params.run } });
      },
    }),
  ];
}

const rejectionAnswer = z.object({
  id: z.string().nullable(),
  code: z.string(),
  field: z.string().nullable(),
  message: z.string(),
});
