import { z } from 'zod';
import { objectName } from '../http/inputs.ts';
import type { PluginCaller } from '../connections/plugin-caller.ts';
import { openEndpoint, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import { misfitSchema, misfitsOf } from './compatibility.ts';
import { byName, describedFieldSchema, keepDescription } from './object-descriptions.ts';
import { transfersOfConnection } from './transfers.ts';

const misfit = misfitSchema.extend({ table: z.string() });

/** An org says what an object's fields are, and learns how they fit the columns they are mapped to. */
export function putDescription(authenticate: PluginCaller): Route {
  return openEndpoint({
    method: 'put',
    path: '/v1/plugin/objects/{object}',
    access: 'plugin',
    tag: 'Plugin',
    summary: 'Keeps what describe says of an object, and answers how it fits',
    authenticate,
    params: z.strictObject({
      object: objectName,
    }),
    body: z.strictObject({ fields: z.array(describedFieldSchema).min(1).max(2000) }),
    answer: { schema: z.object({ compatibility: z.array(misfit) }) },
    handle: async ({ knex, caller: { connection }, params, body }) => {
      await keepDescription(knex, connection.id, params.object, body.fields);
      const described = byName(body.fields);
      const tables = await new Projects(knex, connection.accountId).builtTables(connection.projectId);
      const transfers = await transfersOfConnection(knex, connection.id);
      const compatibility = transfers
        .filter((transfer) => transfer.object.toLowerCase() === params.object.toLowerCase())
        .flatMap((transfer) => {
          const table = tables.find((each) => each.code === transfer.table);
          if (!table) return [];
          return misfitsOf(transfer.fields, table.fields, described).map((each) => ({
            table: table.code,
            ...each,
          }));
        });
      return { compatibility };
    },
  });
}
