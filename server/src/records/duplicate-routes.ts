import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Projects, type Project } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { lookupName } from '../http/inputs.ts';
import { countDuplicates, listDuplicates, MOST_COUNTED } from './duplicates.ts';
import { countRivals, listRivals } from './list-rivals.ts';

const row = z.object({
  key: z.record(z.string(), z.unknown()).meta({ description: 'Its primary key, as it is stored' }),
  recordId: z.string().nullable().meta({ description: 'The record of Salesforce that it came from' }),
  isArchived: z.boolean(),
});

const record = z.object({
  id: z.string(),
  link: z.string().nullable().meta({ description: 'Where it is looked at; null where its org is not known' }),
  version: z.iso.datetime().nullable().meta({ description: 'Its SystemModstamp' }),
});

/** Rows that stand double, and records that share a row. */
export function duplicateRoutes(): Route[] {
  return [
    rivalRoute(),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects/{project}/duplicates',
      scope: 'rows:read',
      tag: 'Rows',
      summary: 'Rows that are the same once addresses are in small letters and ids have 18 characters',
      description:
        'They are from before addresses and ids were stored in one spelling. What comes finds the row sameAs; a withdrawal is of both. Each is named by its key as it is stored: delete the one that is not wanted.',
      params: z.strictObject({ project: z.string().max(100) }),
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1000).default(100),
        after: z.coerce
          .number()
          .int()
          .min(0)
          .default(0)
          .meta({ description: 'What the page before answered as next' }),
      }),
      answer: {
        schema: z.object({
          count: z.int().meta({ description: `Of all; ${MOST_COUNTED} stands for that many or more` }),
          duplicates: z.array(
            z.object({
              table: z.string(),
              column: z
                .string()
                .nullable()
                .meta({ description: 'The unique column; null where it is the primary key' }),
              row,
              sameAs: row,
            }),
          ),
          next: z.int().nullable(),
        }),
      },
      handle: async ({ knex, caller, params, query }) => {
        const project = await new Projects(knex, caller.accountId).find(params.project);
        const listed = await listedOf(knex, caller.accountId, project);
        const found = await listDuplicates(knex, listed, query);
        const last = found.length === query.limit ? found.at(-1) : undefined;
        return {
          count: await countDuplicates(knex, listed),
          duplicates: found.map(({ id: _id, ...duplicate }) => duplicate),
          next: last?.id ?? null,
        };
      },
    }),
  ];
}

function rivalRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/tables/{table}/duplicates',
    scope: 'rows:read',
    tag: 'Rows',
    summary: 'Records of Salesforce that have the primary key of another one, which fills the row',
    description:
      'Which one fills it is the table’s rule (rivals). The others wait, and the best of them takes the row when its record is deleted, archived, or goes to another key. Merge them in Salesforce where they are one.',
    params: z.strictObject({ project: z.string().max(100), table: lookupName }),
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z.string().max(18).default('').meta({ description: 'What the page before answered as next' }),
    }),
    answer: {
      schema: z.object({
        count: z
          .int()
          .meta({ description: `Of all that wait; ${MOST_COUNTED} stands for that many or more` }),
        duplicates: z.array(
          z.object({
            key: z.record(z.string(), z.unknown()).meta({ description: 'The primary key that they share' }),
            filledBy: record,
            rival: record.extend({ isConverted: z.boolean(), seenAt: z.iso.datetime() }),
          }),
        ),
        next: z.string().nullable(),
      }),
    },
    handle: async ({ knex, caller, params, query }) => {
      const projects = new Projects(knex, caller.accountId);
      const project = await projects.find(params.project);
      const table = await projects.builtTable(project, params.table);
      const found = await listRivals(knex, { ...table, schemaName: project.schemaName }, query);
      const last = found.length === query.limit ? found.at(-1) : undefined;
      return {
        count: await countRivals(knex, table.id),
        duplicates: found,
        next: last?.rival.id ?? null,
      };
    },
  });
}

async function listedOf(
  knex: Knex,
  accountId: string,
  project: Project,
): Promise<{ readonly schemaName: string; readonly tables: readonly BuiltTable[] }> {
  const tables = await new Projects(knex, accountId).tablesWithRows(project.id);
  return { schemaName: project.schemaName, tables };
}
