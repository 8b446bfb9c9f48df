import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../connections/connections.ts';
import { lookupName } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { fieldsOfObject, knownFields, knownObjects, objectsOf, sampleOf } from './known-objects.ts';

const ofConnection = z.strictObject({ connection: z.uuid() });
const ofObject = ofConnection.extend({ object: z.string().max(80) });

/** What an org says of its objects: what a mapping is chosen from. */
export function descriptionRoutes(orgs: SalesforceOrgs): Route[] {
  return [objectsRoute(orgs), fieldsRoute(orgs), sampleRoute(orgs)];
}

function objectsRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/objects',
    scope: 'transfers:read',
    tag: 'Transfers',
    summary: 'Salesforce objects of the org of a connection',
    description:
      'As the org lists them for the authorized user; where it is not authorized or does not answer, those that the plugin has described.',
    params: ofConnection,
    answer: { schema: knownObjects },
    handle: async ({ knex, caller, params }) => {
      const { id } = await new Connections(knex, caller.accountId).find(params.connection);
      return objectsOf(knex, orgs, id);
    },
  });
}

function fieldsRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/objects/{object}',
    scope: 'transfers:read',
    tag: 'Transfers',
    summary: 'The fields of a Salesforce object, and which of them most likely fill the columns of a table',
    description:
      'As the org describes them now to the authorized user; where it is not authorized or does not answer, as the plugin described them.',
    params: ofObject,
    query: z.strictObject({
      table: lookupName.optional().meta({ description: 'Code of a table of the project' }),
    }),
    answer: { schema: knownFields },
    handle: async ({ knex, caller, params, query }) => {
      const connection = await new Connections(knex, caller.accountId).find(params.connection);
      const table =
        query.table === undefined
          ? null
          : await tableOf(knex, caller.accountId, connection.projectId, query.table);
      return fieldsOfObject(knex, orgs, connection.id, params.object, table);
    },
  });
}

async function tableOf(knex: Knex, accountId: string, projectId: string, code: string): Promise<BuiltTable> {
  const projects = new Projects(knex, accountId);
  return projects.builtTable(await projects.findById(projectId), code);
}

function sampleRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/objects/{object}/sample',
    scope: 'rows:read',
    tag: 'Transfers',
    summary: 'A real record of a Salesforce object: of those changed last, the one with most values',
    params: ofObject,
    answer: { schema: z.object({ record: z.record(z.string(), z.unknown()).nullable() }) },
    handle: async ({ knex, caller, params }) => {
      const { id } = await new Connections(knex, caller.accountId).find(params.connection);
      return { record: await sampleOf(orgs, id, params.object) };
    },
  });
}
