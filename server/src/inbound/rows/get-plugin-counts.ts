import { z } from 'zod';
import { openEndpoint, type Route } from '../../api/route.ts';
import type { PluginCaller } from '../../connections/plugin-caller.ts';
import { quoteTable } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { lookupName, objectName } from '../../http/inputs.ts';
import { Projects, type Project } from '../../projects/projects.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import { MAX_LISTED, tablesOfObject } from './plugin-tables.ts';

const count = z.int().min(0);
const answer = z.object({
  tables: z
    .array(
      z.object({
        table: lookupName,
        current: count.meta({ description: 'Rows that a record of the object fills, not archived' }),
        archived: count,
        rivals: count.meta({
          description: 'Records that wait, as another one of their primary key fills the row',
        }),
      }),
    )
    .max(MAX_LISTED),
});

interface Counts {
  readonly current: string;
  readonly archived: string;
  readonly rivals: string;
}

/** An org asks how many of its records are there. */
export function getPluginCounts(authenticate: PluginCaller): Route {
  return openEndpoint({
    method: 'get',
    path: '/v1/plugin/objects/{object}/counts',
    access: 'plugin',
    tag: 'Plugin',
    summary: 'How many records of an object are in the tables',
    description:
      'Counts in the tables that the connection has transfers of the object to. Where several orgs send to one table, the records of all are counted.',
    authenticate,
    params: z.strictObject({ object: objectName }),
    query: z.strictObject({
      keyPrefix: z
        .string()
        .length(3)
        .regex(/^[a-zA-Z0-9]{3}$/)
        .meta({ description: 'The three characters that the ids of the object begin with' }),
    }),
    answer: { schema: answer },
    handle: async ({ knex, caller: { connection }, params: { object }, query: { keyPrefix } }) => {
      const project = await new Projects(knex, connection.accountId).findById(connection.projectId);
      const tables: z.input<typeof answer>['tables'] = [];
      for (const table of await tablesOfObject(knex, connection, object))
        tables.push({ table: table.code, ...(await counted(knexSession(knex), project, table, keyPrefix)) });
      return { tables };
    },
  });
}

async function counted(
  session: Session,
  project: Pick<Project, 'schemaName'>,
  table: BuiltTable,
  keyPrefix: string,
): Promise<{ current: number; archived: number; rivals: number }> {
  const [counts] = await session.query<Counts>(
    `SELECT count(*) FILTER (WHERE r."_archived_at" IS NULL) AS current,
       count(*) FILTER (WHERE r."_archived_at" IS NOT NULL) AS archived,
       (SELECT count(*) FROM di.rival v
        WHERE v.table_id = $1::uuid AND left(v.salesforce_id, 3) = $2::text AND v.away_at IS NULL) AS rivals
     FROM ${quoteTable(project.schemaName, table.code)} r WHERE left(r."_salesforce_id", 3) = $2::text`,
    [table.id, keyPrefix],
  );
  return {
    current: Number(counts?.current ?? 0),
    archived: Number(counts?.archived ?? 0),
    rivals: Number(counts?.rivals ?? 0),
  };
}
