import { z } from 'zod';
import { organizationId } from '../auth/organization-id.ts';
import { Problem } from '../http/problem.ts';
import { validated, type Route } from '../http/route.ts';
import type { PluginCaller } from '../auth/plugin-caller.ts';
import type { ProjectTable } from '../projects/projects.ts';
import type { Transfers } from '../transfers/transfers.ts';
import type { Database } from '../database/open-database.ts';
import { Projects } from '../projects/projects.ts';
import { Connections } from './connections.ts';

const body = z.strictObject({
  organizationId: z.string(),
  organizationName: z.string().max(255).nullish(),
  isSandbox: z.boolean().nullish(),
  instanceUrl: z.string().max(2048).nullish(),
  packageVersion: z.string().max(40).nullish(),
});

/** A Salesforce org introduces itself, and learns what the project holds. */
export function postAuthorize(database: Database, transfers: Transfers, caller: PluginCaller): Route {
  return {
    method: 'post',
    path: '/v1/plugin/authorize',
    access: 'plugin',
    summary: 'Binds the connection to the calling organization and answers the project’s tables',
    handler: async (request, response) => {
      const { connection, claims } = await caller(request);
      const about = validated(body, request.body);
      if (organizationId(about.organizationId) !== claims.organizationId) throw wrongOrganization();
      const connections = new Connections(database.knex, connection.accountId);
      if ((await connections.bind(connection.id, claims.organizationId, about)) !== claims.organizationId)
        throw wrongOrganization();
      const projects = new Projects(database.knex, connection.accountId);
      const project = await database
        .knex('di.project')
        .where({ id: connection.projectId })
        .first<{ code: string; name: string; type: string }>('code', 'name', 'type');
      const tables = await projects.tables(connection.projectId);
      response.json({
        project,
        connection: { id: connection.id, name: connection.name },
        tables: tables.map(tableAnswer),
        transfers: await transfers.ofConnection(connection.id),
      });
    },
  };
}

function wrongOrganization(): Problem {
  return new Problem(
    403,
    'wrong-organization',
    'Another organization',
    'The connection belongs to another Salesforce organization than the one that calls.',
  );
}

function tableAnswer(table: ProjectTable): Record<string, unknown> {
  return {
    code: table.code,
    name: table.name,
    primaryKey: table.primaryKey,
    columns: table.fields.map(({ name, label, type, length, precision, scale, required, picklist }) => ({
      name,
      label,
      type,
      length,
      precision,
      scale,
      required,
      values: picklist,
    })),
  };
}
