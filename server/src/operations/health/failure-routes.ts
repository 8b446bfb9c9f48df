import type { Knex } from 'knex';
import { z } from 'zod';
import { notFound, unprocessable } from '../../http/problem.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { acknowledgeFaults } from '../../inbound/batches/batch-faults.ts';
import { failureAnswer, FAILURE_KINDS, listFailures, shownFailure, type Failure } from './failures.ts';

/** Connection, object in lower case, table. */
const faultSubject = z.tuple([z.uuid(), z.string(), z.string()]);

/** What failed and still stands, and that somebody has seen it. */
export function failureRoutes(): Route[] {
  return [getFailures(), postAcknowledge()];
}

function getFailures(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/failures',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'What failed and still stands, of every kind, the latest first',
    description:
      'Refused batches, transfers that take nothing now, rejected records, deliveries, opt-outs that reached nobody, events, items of actions, imports, pulls, comparisons and deployments. One is gone when its cause is: taken or sent since, discarded, switched off, or acknowledged.',
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

function postAcknowledge(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/failures/acknowledge',
    scope: 'connections:write',
    tag: 'Health',
    summary: 'Notes that somebody has seen a failure: it counts no longer, and what fails later does',
    body: z.strictObject({ kind: z.enum(FAILURE_KINDS), subject: z.string().min(1).max(1000) }),
    answer: { status: 204 },
    handle: async ({ knex, caller, body, audit }) => {
      const { kind, subject } = body;
      if (kind === 'delivery')
        throw unprocessable(
          'replay-or-discard',
          'Deliveries that were given up are sent again or discarded: see POST /v1/admin/deliveries/replay and /discard.',
        );
      const failures = await listFailures(knex, caller.accountId);
      const found = failures.find((each) => each.kind === kind && each.subject === subject);
      if (!found) throw notFound(`failure ${kind} ${subject}`);
      await acknowledge(knex, found, caller.actor.name);
      audit({ action: 'failure.acknowledged', subject, detail: { kind } });
    },
  });
}

async function acknowledge(knex: Knex, { accountId, kind, subject }: Failure, by: string): Promise<void> {
  if (kind === 'batch' || kind === 'held' || kind === 'record') {
    const [connectionId, object, tableCode] = faultSubject.parse(JSON.parse(subject));
    return acknowledgeFaults(knex, { connectionId, object, tableCode }, kind);
  }
  await knex('di.acknowledgement')
    .insert({ account_id: accountId, kind, subject, by_name: by })
    .onConflict(['account_id', 'kind', 'subject'])
    .merge({ at: knex.fn.now(), by_name: by });
}
