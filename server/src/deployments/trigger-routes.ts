import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../connections/connections.ts';
import { conflict } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { refuseTrigger } from '../transfers/refuse-trigger.ts';
import { Transfers, type Transfer } from '../transfers/transfers.ts';
import { Deployments } from './deployments.ts';
import { needsOf } from './org-triggers.ts';

const identified = z.strictObject({ transfer: z.uuid() });
const answer = { status: 202, schema: z.object({ deployment: z.uuid() }) };

/** Triggers of objects that the package has none on, put into the org and taken out again. */
export function triggerRoutes(): Route[] {
  return [deployRoute(), removeRoute()];
}

function deployRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/transfers/{transfer}/trigger',
    scope: 'transfers:write',
    tag: 'Deployments',
    summary: 'Deploys the trigger that the transfer’s object needs, in the background',
    description:
      'With its test, and that test alone is run; where anything fails, nothing is changed. GET /v1/admin/deployments/{deployment} shows how it goes. Objects whose trigger is in the package answer 422 trigger-shipped.',
    params: identified,
    answer,
    handle: async ({ knex, caller, params, audit }) => {
      const transfer = await deployable(knex, caller.accountId, params.transfer);
      const deployment = await new Deployments(knex, caller.accountId).ask({
        connectionId: transfer.connectionId,
        kind: 'trigger',
        object: transfer.object,
        by: caller.actor.name,
      });
      audit({
        action: 'transfer.trigger-deployed',
        subject: transfer.id,
        detail: { object: transfer.object, deployment },
      });
      return { deployment };
    },
  });
}

function removeRoute(): Route {
  return accountEndpoint({
    method: 'delete',
    path: '/v1/admin/transfers/{transfer}/trigger',
    scope: 'transfers:write',
    tag: 'Deployments',
    summary: 'Takes the generated trigger out of the org, in the background',
    description:
      'Refused (409 trigger-needed) while a transfer of the object is active in the org. From then on changes of the object are not captured; reconciling finds those of a transfer that is activated again.',
    params: identified,
    answer,
    handle: async ({ knex, caller, params, audit }) => {
      const transfer = await deployable(knex, caller.accountId, params.transfer);
      const { organizationId } = await new Connections(knex, caller.accountId).find(transfer.connectionId);
      const needs = organizationId === null ? 0 : await needsOf(knex, organizationId, transfer.object);
      if (needs > 0)
        throw conflict(
          'trigger-needed',
          `${needs === 1 ? 'An active transfer' : `${needs} active transfers`} of ${transfer.object} in this org would hear of no change any more. Pause ${needs === 1 ? 'it' : 'them'} first.`,
        );
      const deployment = await new Deployments(knex, caller.accountId).ask({
        connectionId: transfer.connectionId,
        kind: 'trigger-removal',
        object: transfer.object,
        by: caller.actor.name,
      });
      audit({
        action: 'transfer.trigger-removed',
        subject: transfer.id,
        detail: { object: transfer.object, deployment },
      });
      return { deployment };
    },
  });
}

/** The transfer, whose object can have a trigger of ours and whose connection stands. */
async function deployable(knex: Knex, accountId: string, id: string): Promise<Transfer> {
  const transfer = await new Transfers(knex, accountId).find(id);
  refuseTrigger(transfer.object);
  const connection = await new Connections(knex, accountId).find(transfer.connectionId);
  if (connection.status !== 'active')
    throw conflict('connection-revoked', say('connections.is-revoked', { connection: connection.name }));
  return transfer;
}
