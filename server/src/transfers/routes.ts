import { z } from 'zod';
import type { Connections } from '../connections/connections.ts';
import { unprocessable } from '../http/problem.ts';
import { parameter, validated, type Route } from '../http/route.ts';
import type { Projects } from '../projects/projects.ts';
import type { Transfers, TransferStatus } from './transfers.ts';

const path = z
  .string()
  .max(255)
  .regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}$/, 'a Salesforce field, or a path of relationships to one');
const body = z.strictObject({
  connection: z.uuid(),
  table: z.string(),
  object: z
    .string()
    .max(80)
    .regex(/^[A-Za-z]\w*$/, 'the API name of a Salesforce object'),
  mapping: z
    .array(z.strictObject({ salesforceField: path, column: z.string() }))
    .min(1)
    .max(500),
});

/** Transfers for the operator. */
export function transferRoutes(projects: Projects, connections: Connections, transfers: Transfers): Route[] {
  const change = (verb: string, status: TransferStatus): Route => ({
    method: 'post',
    path: `/v1/admin/transfers/:transfer/${verb}`,
    access: 'admin',
    summary: `Sets a transfer ${status}`,
    handler: async (request, response) => {
      await transfers.setStatus(validated(z.uuid(), parameter(request.params, 'transfer')), status);
      response.json({ status });
    },
  });
  return [
    {
      method: 'post',
      path: '/v1/admin/transfers',
      access: 'admin',
      summary: 'Creates a transfer of a Salesforce object into a table',
      handler: async (request, response) => {
        const given = validated(body, request.body);
        const connection = await connections.find(given.connection);
        const table = await projects.table(connection.projectId, given.table);
        if (!table.isBuilt) throw unprocessable('table-not-built', 'Build the tables of the project first.');
        response
          .status(201)
          .json({ id: await transfers.create(connection.id, table, given.object, given.mapping) });
      },
    },
    change('activate', 'active'),
    change('pause', 'paused'),
  ];
}
