import { z } from 'zod';
import { Connections } from '../connections/connections.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { deploymentAnswer, deploymentShown } from './deployment-answer.ts';
import { Deployments } from './deployments.ts';
import { orgFieldRoutes } from './field-routes.ts';
import { triggerRoutes } from './trigger-routes.ts';

/** What the server puts into orgs: fields of opt-ins, triggers of customers' own objects. */
export function deploymentRoutes(orgs: SalesforceOrgs): Route[] {
  return [...orgFieldRoutes(orgs), ...triggerRoutes(), findRoute(), listRoute()];
}

function findRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/deployments/{deployment}',
    scope: 'connections:read',
    tag: 'Deployments',
    summary: 'How a deployment goes: its parts, its tests, and what failed',
    params: z.strictObject({ deployment: z.uuid() }),
    answer: { schema: deploymentAnswer },
    handle: async ({ knex, caller, params }) =>
      deploymentShown(await new Deployments(knex, caller.accountId).find(params.deployment)),
  });
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/deployments',
    scope: 'connections:read',
    tag: 'Deployments',
    summary: 'Deployments to the connection’s org, newest first',
    params: z.strictObject({ connection: z.uuid() }),
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answer: { schema: z.object({ deployments: z.array(deploymentAnswer) }) },
    handle: async ({ knex, caller, params, query }) => {
      const { id } = await new Connections(knex, caller.accountId).find(params.connection);
      const deployments = await new Deployments(knex, caller.accountId).list(id, query.limit);
      return { deployments: deployments.map(deploymentShown) };
    },
  });
}
