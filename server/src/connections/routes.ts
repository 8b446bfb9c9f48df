import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { accountEndpoint, consultingEndpoint, type Route } from '../http/route.ts';
import { Projects } from '../projects/projects.ts';
import { takeBack, type AuthorizationDesk } from './authorization-routes.ts';
import { AUTHORIZATION_STATUSES } from './authorization.ts';
import { Connections } from './connections.ts';

const identified = z.strictObject({ connection: z.uuid() });
const summary = z.object({
  id: z.uuid(),
  project: z.string(),
  name: z.string(),
  status: z.enum(['active', 'revoked']),
  keyId: z.string(),
  organizationId: z.string().nullable(),
  authorizedAt: z.iso.datetime().nullable(),
  authorization: z
    .enum(AUTHORIZATION_STATUSES)
    .nullable()
    .meta({ description: 'Whether the org can be reached; null where nobody authorized it' }),
});

/** Connections: the keys with which a Salesforce org reaches a project. */
export function connectionRoutes(desk: AuthorizationDesk): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/connections',
      scope: 'connections:read',
      tag: 'Connections',
      summary: 'Connections of the account, without their secrets',
      answer: { schema: z.object({ connections: z.array(summary) }) },
      handle: async ({ knex, caller }) => ({
        connections: await new Connections(knex, caller.accountId).list(),
      }),
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/connections',
      scope: 'connections:write',
      tag: 'Connections',
      summary: 'Creates a connection; its secret is shown this once',
      body: z.strictObject({ project: lookupName, name: z.string().trim().min(1).max(255) }),
      answer: { status: 201, schema: z.object({ id: z.uuid(), keyId: z.string(), secret: z.string() }) },
      handle: async ({ knex, caller, body, audit }) => {
        const project = await new Projects(knex, caller.accountId).find(body.project);
        const created = await new Connections(knex, caller.accountId).create(project, body.name);
        audit({
          action: 'connection.created',
          subject: created.id,
          detail: { project: project.code, name: body.name },
        });
        return created;
      },
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/connections/{connection}/secret',
      scope: 'connections:write',
      tag: 'Connections',
      summary: 'Gives the connection a new secret, shown this once',
      params: identified,
      answer: { schema: z.object({ secret: z.string() }) },
      handle: async ({ knex, caller, params, audit }) => {
        const secret = await new Connections(knex, caller.accountId).rotateSecret(params.connection);
        audit({ action: 'connection.secret-rotated', subject: params.connection });
        return { secret };
      },
    }),
    consultingEndpoint({
      method: 'delete',
      path: '/v1/admin/connections/{connection}',
      scope: 'connections:write',
      tag: 'Connections',
      summary: 'Revokes a connection: its keys, and its authorization in Salesforce',
      params: identified,
      answer: { status: 204 },
      prepare: async ({ knex, caller, params }) => {
        const connection = await new Connections(knex, caller.accountId).find(params.connection);
        await takeBack(desk, connection.id);
      },
      handle: async ({ knex, caller, params, audit }) => {
        await new Connections(knex, caller.accountId).revoke(params.connection);
        audit({ action: 'connection.revoked', subject: params.connection });
      },
    }),
  ];
}
