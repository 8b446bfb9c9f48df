import { z } from 'zod';
import { Connections } from '../connections/connections.ts';
import { notFound } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { describedFieldSchema, findDescription, listDescriptions } from './object-descriptions.ts';

const ofConnection = z.strictObject({ connection: z.uuid() });

/** What an org has said of its objects: what a mapping is chosen from. */
export function descriptionRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/connections/{connection}/objects',
      scope: 'transfers:read',
      tag: 'Transfers',
      summary: 'Salesforce objects that the org of a connection has described',
      params: ofConnection,
      answer: {
        schema: z.object({
          objects: z.array(z.object({ object: z.string(), fields: z.int(), describedAt: z.iso.datetime() })),
        }),
      },
      handle: async ({ knex, caller, params }) => {
        const { id } = await new Connections(knex, caller.accountId).find(params.connection);
        return { objects: await listDescriptions(knex, id) };
      },
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/connections/{connection}/objects/{object}',
      scope: 'transfers:read',
      tag: 'Transfers',
      summary: 'The fields of a Salesforce object, as the org described them',
      params: ofConnection.extend({ object: z.string().max(80) }),
      answer: { schema: z.object({ fields: z.array(describedFieldSchema) }) },
      handle: async ({ knex, caller, params }) => {
        const { id } = await new Connections(knex, caller.accountId).find(params.connection);
        const fields = await findDescription(knex, id, params.object);
        if (!fields) throw notFound(`description of ${params.object}: the org has not sent one`);
        return { fields: [...fields.values()] };
      },
    }),
  ];
}
