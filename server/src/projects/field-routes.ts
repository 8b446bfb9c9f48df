import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { conflict } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { validated } from '../http/validated.ts';
import { changedField, fieldChangeSchema, fieldSchema } from './field-schema.ts';
import { Projects } from './projects.ts';
import { fieldNamed, Tables } from './tables.ts';

const inTable = z.strictObject({ project: lookupName, table: lookupName });
const ofField = inTable.extend({ field: lookupName });
const answer = { schema: z.object({ field: z.string() }) };

/** Answers the objects whose transfers fill a column. */
export type TransfersUsing = (knex: Knex, tableId: string, column: string) => Promise<readonly string[]>;

/** Fields of tables. A change of a definition is made real by the next build. */
export function fieldRoutes(transfersUsing: TransfersUsing): Route[] {
  return [
    addRoute(),
    changeRoute(),
    archiveRoute('archive', transfersUsing),
    archiveRoute('restore', transfersUsing),
  ];
}

function addRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/tables/{table}/fields',
    scope: 'projects:write',
    tag: 'Projects',
    summary: 'Adds a field to a table',
    params: inTable,
    body: fieldSchema,
    answer: { status: 201, ...answer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      await new Tables(knex, project.id).addField(params.table, body);
      audit({
        action: 'field.created',
        subject: `${project.code}.${params.table}.${body.name}`,
        detail: body,
      });
      return { field: body.name };
    },
  });
}

function changeRoute(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/projects/{project}/tables/{table}/fields/{field}',
    scope: 'projects:write',
    tag: 'Projects',
    summary: 'Changes a field’s definition; a new name keeps its values and its mappings',
    params: ofField,
    body: fieldChangeSchema,
    answer,
    handle: async ({ knex, caller, params, body, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const tables = new Tables(knex, project.id);
      const field = fieldNamed(await tables.find(params.table), params.field);
      const { isArchived: _isArchived, ...definition } = field;
      const changed = validated(fieldSchema, changedField(definition, body));
      await tables.changeField(params.table, field.id, changed);
      audit({
        action: 'field.changed',
        subject: `${project.code}.${params.table}.${params.field}`,
        detail: body,
      });
      return { field: changed.name };
    },
  });
}

function archiveRoute(verb: 'archive' | 'restore', transfersUsing: TransfersUsing): Route {
  return accountEndpoint({
    method: 'post',
    path: `/v1/admin/projects/{project}/tables/{table}/fields/{field}/${verb}`,
    scope: 'projects:write',
    tag: 'Projects',
    summary:
      verb === 'archive'
        ? 'Archives a field: its column stays and is no longer written'
        : 'Restores an archived field',
    params: ofField,
    answer,
    handle: async ({ knex, caller, params, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const tables = new Tables(knex, project.id);
      const table = await tables.find(params.table);
      const users = verb === 'archive' ? await transfersUsing(knex, table.id, params.field) : [];
      if (users.length > 0)
        throw conflict(
          'field-in-use',
          say('projects.field-in-use', { field: params.field, transfers: users.join(', ') }),
        );
      await tables.setFieldArchived(params.table, params.field, verb === 'archive');
      audit({ action: `field.${verb}d`, subject: `${project.code}.${params.table}.${params.field}` });
      return { field: params.field };
    },
  });
}
