import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections, type Connection } from '../connections/connections.ts';
import { OptIns } from '../consent/opt-ins.ts';
import { conflict, unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { isObjectName } from '../salesforce/generated-trigger.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { plannedField } from './deployment-answer.ts';
import { Deployments } from './deployments.ts';
import { planFields } from './field-plan.ts';
import { wantedFields, type AskedOptIn } from './org-fields.ts';

const inConnection = z.strictObject({ connection: z.uuid() });
const body = z
  .strictObject({
    object: z.string().max(80).refine(isObjectName, 'the API name of an object, as Contact or Region__c'),
    optIns: z
      .array(z.string().max(255))
      .max(50)
      .default([])
      .meta({ description: 'Codes of opt-ins; each gets a checkbox' }),
    changedAt: z
      .boolean()
      .default(false)
      .meta({ description: 'Beside each checkbox the moment of its last change' }),
    recordId: z
      .boolean()
      .default(false)
      .meta({ description: 'DI_Record_Id__c, the external id by which records of rows are created once' }),
  })
  .refine((asked) => asked.optIns.length > 0 || asked.recordId, 'name opt-ins, or ask for recordId');

/** Fields for opt-ins, made in the org. */
export function orgFieldRoutes(orgs: SalesforceOrgs): Route[] {
  return [planRoute(orgs), deployRoute()];
}

/** Changes nothing, here or there; Salesforce is asked outside of any transaction. */
function planRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/fields/plan',
    scope: 'connections:read',
    isReadOnly: true,
    tag: 'Deployments',
    summary: 'Shows which fields would be made in the org, and which are there',
    params: inConnection,
    body,
    answer: { schema: z.object({ object: z.string(), fields: z.array(plannedField) }) },
    handle: async ({ knex, caller, params, body: asked }) => {
      const connection = await activeConnection(knex, caller.accountId, params.connection);
      const optIns = await optInsOf(knex, connection, asked.optIns);
      const org = await orgs.open(connection.id, 'checks');
      const described = await org.describe(asked.object);
      const place = {
        accountId: caller.accountId,
        connectionId: connection.id,
        organizationId: org.organizationId,
        object: described.name,
      };
      const wanted = await wantedFields(knex, place, { ...asked, optIns });
      return { object: described.name, fields: planFields(wanted, described) };
    },
  });
}

function deployRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/fields',
    scope: 'connections:write',
    tag: 'Deployments',
    summary: 'Makes fields for opt-ins in the org, in the background',
    description:
      'Also makes the permission set DI_Fields, gives it the right to the fields, and the authorized user to it. What is there already stays as it is; a field of another type under the same name stops everything, and is named. GET /v1/admin/deployments/{deployment} shows how it goes.',
    params: inConnection,
    body,
    answer: { status: 202, schema: z.object({ deployment: z.uuid() }) },
    handle: async ({ knex, caller, params, body: asked, audit }) => {
      const connection = await activeConnection(knex, caller.accountId, params.connection);
      const { object, changedAt, recordId } = asked;
      const optIns = await optInsOf(knex, connection, asked.optIns);
      const deployment = await new Deployments(knex, caller.accountId).ask({
        connectionId: connection.id,
        kind: 'fields',
        object,
        request: { optIns, changedAt, recordId },
        by: caller.actor.name,
      });
      audit({
        action: 'connection.fields-deployed',
        subject: connection.id,
        detail: { object, optIns: asked.optIns, changedAt, recordId, deployment },
      });
      return { deployment };
    },
  });
}

async function optInsOf(knex: Knex, connection: Connection, codes: readonly string[]): Promise<AskedOptIn[]> {
  const optIns = new OptIns(knex, connection.projectId);
  const found: AskedOptIn[] = [];
  for (const code of new Set(codes)) {
    const { id, name, isArchived } = await optIns.find(code);
    if (isArchived)
      throw unprocessable('opt-in-archived', say('deployments.opt-in-archived', { optIn: code }));
    found.push({ id, code, name });
  }
  return found;
}

async function activeConnection(knex: Knex, accountId: string, id: string): Promise<Connection> {
  const connection = await new Connections(knex, accountId).find(id);
  if (connection.status !== 'active')
    throw conflict('connection-revoked', say('connections.is-revoked', { connection: connection.name }));
  return connection;
}
