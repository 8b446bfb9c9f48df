import { say } from '../messages/message.ts';
import { z } from 'zod';
import { organizationId } from '../values/organization-id.ts';
import type { PluginCaller } from '../connections/plugin-caller.ts';
import { forbidden } from '../http/problem.ts';
import { openEndpoint, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import { columnAnswer, columnsOf } from '../projects/table-answer.ts';
import { transfersOfConnection, transferSummary } from './transfers.ts';
import { bindConnection } from '../connections/connections.ts';

const answer = z.object({
  project: z.object({ code: z.string(), name: z.string(), type: z.string() }),
  connection: z.object({ id: z.uuid(), name: z.string() }),
  tables: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      primaryKey: z.array(z.string()),
      columns: z.array(columnAnswer),
    }),
  ),
  transfers: z.array(transferSummary),
});

/** A Salesforce org introduces itself, and learns what the project holds. */
export function postAuthorize(authenticate: PluginCaller): Route {
  return openEndpoint({
    method: 'post',
    path: '/v1/plugin/authorize',
    access: 'plugin',
    tag: 'Plugin',
    summary: 'Binds the connection to the calling organization and answers the project’s tables',
    authenticate,
    body: z.strictObject({
      organizationId: z.string().max(18),
      organizationName: z.string().max(255).nullish(),
      isSandbox: z.boolean().nullish(),
      instanceUrl: z.string().max(2048).nullish(),
      packageVersion: z.string().max(40).nullish(),
    }),
    answer: { schema: answer },
    handle: async ({ knex, caller: { connection, claims }, body }) => {
      const isCaller = organizationId(body.organizationId) === claims.organizationId;
      if (!isCaller || !(await bindConnection(knex, connection.id, claims.organizationId, body)))
        throw forbidden('wrong-organization', say('connections.another-caller'));
      const projects = new Projects(knex, connection.accountId);
      const project = await projects.findById(connection.projectId);
      const tables = await projects.builtTables(project.id);
      return {
        project: { code: project.code, name: project.name, type: project.type },
        connection: { id: connection.id, name: connection.name },
        tables: tables.map((table) => ({
          code: table.code,
          name: table.name,
          primaryKey: table.primaryKey,
          columns: columnsOf(table.fields),
        })),
        transfers: await transfersOfConnection(knex, connection.id),
      };
    },
  });
}
