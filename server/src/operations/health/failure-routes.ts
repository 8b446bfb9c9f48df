import type { Knex } from 'knex';
import { z } from 'zod';
import { notFound } from '../../http/problem.ts';
import { streamCsv } from '../../http/csv.ts';
import { accountEndpoint, ANSWERED, type Route } from '../../api/route.ts';
import { failureAnswer, shownFailure } from './failure-answer.ts';
import { failureItems, ITEM_COLUMNS } from './failure-items.ts';
import { discardFailure, replayFailure, type Replays } from './failure-remedies.ts';
import { FAILURE_KINDS, listFailures, type Failure } from './failures.ts';

/** A failure, as the list names it. */
const named = z.strictObject({ kind: z.enum(FAILURE_KINDS), subject: z.string().min(1).max(1000) });

/** What failed and still stands, and what is done about it: done again, given up, or taken home as a file. */
export function failureRoutes(replays: Replays): Route[] {
  return [getFailures(), getItems(), postReplay(replays), postDiscard()];
}

function getFailures(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/failures',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'What failed and still stands, of every kind, the latest first',
    description:
      'Refused batches, transfers that take nothing now, rejected records, deliveries, opt-outs that reached nobody, events, items of actions, imports, pulls and deployments. One is gone when its cause is: taken or sent since, discarded, or switched off.',
    query: z.strictObject({ connection: z.uuid().optional(), project: z.string().max(255).optional() }),
    answer: { schema: z.object({ failures: z.array(failureAnswer) }) },
    handle: async ({ knex, caller, query }) => {
      const failures = await listFailures(knex, caller.accountId);
      return {
        failures: failures
          .filter(({ connection }) => query.connection === undefined || connection?.id === query.connection)
          .filter(({ project }) => query.project === undefined || project === query.project)
          .map(shownFailure),
      };
    },
  });
}

function getItems(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/failures/items.csv',
    scope: 'deliveries:read',
    tag: 'Health',
    summary: 'What stands behind a failure, each record, row or item with its reason, as CSV',
    query: named,
    answer: { type: 'text/csv' },
    handle: async ({ knex, caller, query, response }) => {
      const failure = await found(knex, caller.accountId, query);
      const file = { name: `failures-${failure.kind}`, columns: [...ITEM_COLUMNS] };
      await streamCsv(response, file, failureItems(knex, failure));
      return ANSWERED;
    },
  });
}

function postReplay(replays: Replays): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/failures/replay',
    scope: 'connections:write',
    tag: 'Health',
    summary: 'Has what failed done again, with the values that are there now',
    description:
      'Deliveries, opt-outs, events, items of actions, imports and pulls: see canReplay. It needs the scope that doing it at first needs, too. Other kinds say in their 422 what brings them back.',
    body: named,
    answer: { schema: z.object({ count: z.int().meta({ description: 'What is done again' }) }) },
    handle: async ({ knex, caller, body, response, audit }) => {
      const failure = await found(knex, caller.accountId, body);
      const wake = (): void => {
        response.once('finish', replays.wake);
      };
      const count = await replayFailure({ knex, caller, failure }, { ...replays, wake });
      audit({ action: 'failure.replayed', subject: body.subject, detail: { kind: body.kind, count } });
      return { count };
    },
  });
}

function postDiscard(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/failures/discard',
    scope: 'connections:write',
    tag: 'Health',
    summary: 'Gives a failure up: it counts no longer, and what fails later does',
    description:
      'Deliveries are forgotten; their records stay as they are in Salesforce. All else is where it was, and counts no longer: opt-outs that reached nobody are still sent when there is somebody to tell.',
    body: named,
    answer: { status: 204 },
    handle: async ({ knex, caller, body, audit }) => {
      const failure = await found(knex, caller.accountId, body);
      await discardFailure({ knex, caller, failure });
      audit({ action: 'failure.discarded', subject: body.subject, detail: { kind: body.kind } });
    },
  });
}

async function found(
  knex: Knex,
  accountId: string,
  { kind, subject }: z.output<typeof named>,
): Promise<Failure> {
  const failures = await listFailures(knex, accountId, [kind]);
  const failure = failures.find((each) => each.subject === subject);
  if (!failure) throw notFound(`failure ${kind} ${subject}`);
  return failure;
}
