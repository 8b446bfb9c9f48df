import type { Knex } from 'knex';
import type pg from 'pg';
import { z } from 'zod';
import { requireOwnRights } from '../../access/may-give.ts';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { knexSession } from '../../database/session.ts';
import { lookupName } from '../../http/inputs.ts';
import { conflict, notFound } from '../../http/problem.ts';
import { accountEndpoint, ANSWERED, type Route } from '../../api/route.ts';
import { idSchema } from '../batches/batch-body.ts';
import { Projects, type Project } from '../../projects/projects.ts';
import { outdatedSchema, outdatedSince } from './why-outdated.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import { changeRowsRoutes } from './change-rows.ts';
import { sendCsv } from './csv.ts';
import { findRow, findRowRoute } from './find-row.ts';
import { patchRow } from './patch-row.ts';
import { postPersonSearch } from './post-person-search.ts';
import { postRows } from './post-rows.ts';
import { rowDeliveries, rowDeliverySchema } from './row-deliveries.ts';
import { historySchema, rowHistory } from './row-history.ts';
import { grantSqlRole, hasSqlRole, revokeSqlRole, roleName } from './sql-role.ts';
import { rowSelectionSchema, TableRows } from './table-rows.ts';

const inProject = z.strictObject({ project: lookupName });
const inTable = z.strictObject({ project: lookupName, table: lookupName });
/** What a reader by SQL sees: the tables, and who agreed to what. */
const READ_BY_SQL = ['rows:read', 'consent:read'] as const;
const row = z.record(z.string(), z.unknown());

async function located(
  knex: Knex,
  accountId: string,
  at: z.output<typeof inTable>,
): Promise<{ project: Project; table: BuiltTable }> {
  const projects = new Projects(knex, accountId);
  const project = await projects.find(at.project);
  return { project, table: await projects.builtTable(project, at.table) };
}

/** What the tables hold. */
export function rowRoutes(pool: pg.Pool, isEmbedded: boolean, keys: ConsentKeys): Route[] {
  return [
    listRoute(pool),
    rowRoute(),
    csvRoute(pool),
    findRowRoute(),
    postPersonSearch(),
    postRows(keys),
    patchRow(keys),
    ...changeRowsRoutes(),
    ...sqlRoleRoutes(isEmbedded),
  ];
}

function listRoute(pool: pg.Pool): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/tables/{table}/rows',
    scope: 'rows:read',
    tag: 'Rows',
    summary: 'Rows of a table in the order of their primary key',
    params: inTable,
    query: rowSelectionSchema.extend({
      limit: z.coerce.number().int().min(0).max(1000).default(100),
      after: z.string().max(10_000).optional().meta({ description: 'What the page before answered as next' }),
      count: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Counts all rows of the selection too, which takes its time for many' }),
    }),
    answer: {
      schema: z.object({ rows: z.array(row), next: z.string().nullable(), count: z.int().optional() }),
    },
    handle: async ({ knex, caller, params, query }) => {
      const { project, table } = await located(knex, caller.accountId, params);
      const { limit, after = null, count, ...selection } = query;
      const rows = new TableRows(pool, project, table, selection);
      const page = await rows.page(limit, after);
      return count === 'true' ? { ...page, count: await rows.count() } : page;
    },
  });
}

function rowRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/tables/{table}/records/{id}',
    scope: 'rows:read',
    tag: 'Rows',
    summary: 'The row of a Salesforce record, the batches that carried it, and what of it goes to Salesforce',
    description: 'Of a record that was deleted the history stays, as far back as batches are kept.',
    params: inTable.extend({ id: idSchema }),
    answer: {
      schema: z.object({
        row: row.nullable(),
        key: row.nullable().meta({ description: 'Its primary key, as consent and deliveries name it' }),
        outdated: outdatedSchema
          .nullable()
          .meta({ description: 'Since when the row shows an older version, as a later one was refused' }),
        history: z.array(historySchema),
        deliveries: z
          .array(rowDeliverySchema)
          .meta({ description: 'For callers with deliveries:read; empty for others' }),
      }),
    },
    handle: async ({ knex, caller, params }) => {
      const { project, table } = await located(knex, caller.accountId, params);
      const found = await findRow(knexSession(knex), { project, table }, { record: params.id });
      const history = await rowHistory(knex, table.id, params.id, 100);
      if (!found && history.length === 0) throw notFound(`record ${params.id} in ${table.code}`);
      if (!found) return { row: null, key: null, outdated: null, history, deliveries: [] };
      const { key, values } = found;
      const deliveries = caller.scopes.has('deliveries:read') ? await rowDeliveries(knex, table.id, key) : [];
      const outdated = await outdatedSince(knex, table.id, params.id);
      return { row: values, key, outdated, history, deliveries };
    },
  });
}

function csvRoute(pool: pg.Pool): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/tables/{table}/rows.csv',
    scope: 'rows:read',
    tag: 'Rows',
    summary: 'Rows of a table as CSV, streamed',
    params: inTable,
    query: rowSelectionSchema.extend({
      spreadsheet: z.enum(['true', 'false']).default('true').meta({
        description:
          'Keeps a spreadsheet from taking text for a formula: such text starts with an apostrophe, which an import takes off again. With false texts are as they are, for programs',
      }),
    }),
    answer: { type: 'text/csv' },
    handle: async ({ knex, caller, params, query, response }) => {
      const { project, table } = await located(knex, caller.accountId, params);
      const { spreadsheet, ...selection } = query;
      const rows = new TableRows(pool, project, table, selection);
      const name = `${project.code}-${table.code}`;
      await sendCsv(response, rows, { name, isForSpreadsheet: spreadsheet === 'true' });
      return ANSWERED;
    },
  });
}

function sqlRoleRoutes(isEmbedded: boolean): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects/{project}/sql-role',
      scope: 'access:read',
      tag: 'Rows',
      summary: 'Whether the project has a role of the database that reads its tables',
      params: inProject,
      answer: {
        schema: z.object({
          role: z.string().nullable(),
          isPossible: z.boolean().meta({ description: 'Not with the embedded database' }),
        }),
      },
      handle: async ({ knex, caller, params }) => {
        const project = await new Projects(knex, caller.accountId).find(params.project);
        const isThere = await hasSqlRole(knex, project);
        return { role: isThere ? roleName(project) : null, isPossible: !isEmbedded };
      },
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/projects/{project}/sql-role',
      scope: 'access:write',
      tag: 'Rows',
      summary: 'Makes a role of the database that reads this project’s tables, or gives it a new password',
      description:
        'The password is shown this once; whoever is connected with the one before is cut off. A transaction of the role is ended after 60 seconds. It needs rows:read and consent:read too, which it gives.',
      params: inProject,
      answer: {
        status: 201,
        schema: z.object({
          role: z.string(),
          password: z.string(),
          schema: z.string(),
          usage: z.string(),
          warnings: z.array(z.string()).meta({
            description: 'What every role of this database may do beyond reading, and how to take it back',
          }),
        }),
      },
      handle: async ({ knex, caller, params, audit }) => {
        requireOwnRights(caller, READ_BY_SQL);
        if (isEmbedded)
          throw conflict(
            'embedded-database',
            'The embedded database takes no other clients. Use a PostgreSQL of its own.',
          );
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const { role, password, warnings } = await grantSqlRole(knex, project);
        audit({ action: 'sql-role.granted', subject: project.code, detail: { role } });
        return {
          role,
          password,
          schema: project.schemaName,
          usage: `psql "host=<database host> dbname=<database> user=${role}" and then, for example, SELECT count(*) FROM "Contact";`,
          warnings,
        };
      },
    }),
    accountEndpoint({
      method: 'delete',
      path: '/v1/admin/projects/{project}/sql-role',
      scope: 'access:write',
      tag: 'Rows',
      summary: 'Takes the role of the database away',
      params: inProject,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const project = await new Projects(knex, caller.accountId).find(params.project);
        await revokeSqlRole(knex, project);
        audit({
          action: 'sql-role.revoked',
          subject: project.code,
          detail: { role: roleName(project) },
        });
      },
    }),
  ];
}
