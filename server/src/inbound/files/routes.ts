import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../../connections/connections.ts';
import { lookupName, objectName } from '../../http/inputs.ts';
import { unprocessable } from '../../http/problem.ts';
import { accountEndpoint, ANSWERED, type Route } from '../../api/route.ts';
import { Projects } from '../../projects/projects.ts';
import { encodingsRoute } from './encodings-route.ts';
import { sendResults } from './import-results.ts';
import { Imports, type Import } from './imports.ts';
import { putFile, type TargetsOfImport } from './put-file.ts';
import { reasonSchema, rejectionReasons } from './rejection-reasons.ts';
import { runRoutes, type CheckSettings } from './run-routes.ts';
import { settingsRoute } from './settings-route.ts';
import { importAnswer, shownImport } from './shown-import.ts';
import type { FileTarget } from '../../values/suggest-mapping.ts';

export const identified = z.strictObject({ import: z.uuid() });

/** A column or field that a file may fill; an external id also finds the records of an upsert. */
export interface FillableTarget extends FileTarget {
  readonly isExternalId: boolean;
}

/** What routes of imports ask about the tables and objects that files go to. */
export interface ImportTargets {
  /** Columns or fields that headings are compared with. */
  readonly targetsOf: TargetsOfImport;
  /** What the columns of a file may fill; of an object, as the org described it when the file came. */
  readonly fillable: (knex: Knex, given: Import) => Promise<readonly FillableTarget[]>;
  /** Throws problems that say what keeps a file from its table or object. */
  readonly check: CheckSettings;
}

/** CSV files into tables and objects. */
export function importRoutes(targets: ImportTargets): Route[] {
  return [
    createRoute(),
    listRoute(),
    readRoute(),
    targetsRoute(targets),
    encodingsRoute(),
    putFile(targets.targetsOf),
    settingsRoute(targets.check),
    ...runRoutes(targets.check),
    resultsRoute(),
    deleteRoute(),
  ];
}

const name = z.string().trim().min(1).max(255).meta({ description: 'Of the file, say' });

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/imports',
    scope: 'imports:write',
    tag: 'Imports',
    summary: 'Creates an import into a table of a project, or into an object of the org of a connection',
    description:
      'Then the file is sent, looked at, its settings are changed where need be, checked and started.',
    body: z
      .union([
        z.strictObject({ name, project: lookupName, table: lookupName }),
        z.strictObject({ name, connection: z.uuid(), object: objectName }),
      ])
      .meta({ type: 'object' }),
    answer: { status: 201, schema: importAnswer },
    handle: async ({ knex, caller, body, audit }) => {
      const imports = new Imports(knex, caller.accountId);
      const { accountId } = caller;
      const id =
        'table' in body
          ? await createForTable(knex, imports, accountId, body)
          : await createForObject(knex, imports, accountId, body);
      const created = await imports.find(id);
      audit({
        action: 'import.created',
        subject: id,
        detail: { project: created.project, ...created.target },
      });
      return shownImport(created);
    },
  });
}

async function createForTable(
  knex: Knex,
  imports: Imports,
  accountId: string,
  wanted: { name: string; project: string; table: string },
): Promise<string> {
  const projects = new Projects(knex, accountId);
  const project = await projects.findOpen(wanted.project);
  const table = await projects.builtTable(project, wanted.table);
  return imports.create(project.id, wanted.name, { kind: 'table', tableId: table.id });
}

async function createForObject(
  knex: Knex,
  imports: Imports,
  accountId: string,
  wanted: { name: string; connection: string; object: string },
): Promise<string> {
  const connection = await new Connections(knex, accountId).find(wanted.connection);
  return imports.create(connection.projectId, wanted.name, {
    kind: 'object',
    connectionId: connection.id,
    object: wanted.object,
  });
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/imports',
    scope: 'imports:read',
    tag: 'Imports',
    summary: 'Imports of the account, the newest first',
    query: z.strictObject({
      project: lookupName.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: { schema: z.object({ imports: z.array(importAnswer) }) },
    handle: async ({ knex, caller, query }) => ({
      imports: (await new Imports(knex, caller.accountId).list(query.project, query.limit)).map(shownImport),
    }),
  });
}

function readRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/imports/{import}',
    scope: 'imports:read',
    tag: 'Imports',
    summary: 'An import: what was found in its file, its settings, how far it is',
    params: identified,
    answer: {
      schema: importAnswer.extend({
        reasons: z.array(reasonSchema).meta({
          description: 'Why rows were rejected, as the first thousand of them tell; the most frequent first',
        }),
      }),
    },
    handle: async ({ knex, caller, params }) => {
      const found = await new Imports(knex, caller.accountId).find(params.import);
      const reasons = found.counts.rejected === 0 ? [] : await rejectionReasons(knex, found.id);
      return { ...shownImport(found), reasons };
    },
  });
}

function targetsRoute({ fillable }: ImportTargets): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/imports/{import}/targets',
    scope: 'imports:read',
    tag: 'Imports',
    summary: 'Columns or fields that the file may fill; of an object they are known once the file has come',
    params: identified,
    answer: {
      schema: z.object({
        targets: z.array(
          z.object({ name: z.string(), label: z.string(), type: z.string(), isExternalId: z.boolean() }),
        ),
      }),
    },
    handle: async ({ knex, caller, params }) => ({
      targets: await fillable(knex, await new Imports(knex, caller.accountId).find(params.import)),
    }),
  });
}

function resultsRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/imports/{import}/results.csv',
    scope: 'imports:read',
    tag: 'Imports',
    summary: 'Rejected rows with line, column and reason, as CSV; of an object also those that were saved',
    params: identified,
    query: z.strictObject({ only: z.enum(['rejected', 'saved', 'all']).default('rejected') }),
    answer: { type: 'text/csv' },
    handle: async ({ knex, caller, params, query, response }) => {
      const shown = await new Imports(knex, caller.accountId).find(params.import);
      await sendResults(response, knex, shown, query.only);
      return ANSWERED;
    },
  });
}

function deleteRoute(): Route {
  return accountEndpoint({
    method: 'delete',
    path: '/v1/admin/imports/{import}',
    scope: 'imports:write',
    tag: 'Imports',
    summary: 'Forgets an import, its file and its results; rows that were written stay',
    params: identified,
    answer: { status: 204 },
    handle: async ({ knex, caller, params, audit }) => {
      const imports = new Imports(knex, caller.accountId);
      const { id, status, project } = await imports.find(params.import);
      if (status === 'checking' || status === 'running')
        throw unprocessable('import-active', 'Pause or cancel the import first.');
      await imports.remove(id);
      audit({ action: 'import.deleted', subject: id, detail: { project } });
    },
  });
}
