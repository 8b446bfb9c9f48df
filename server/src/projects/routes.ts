import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { buildTables, planBuild, type BuildFollower } from './build.ts';
import { fieldSchema } from './field-schema.ts';
import { FIELD_TYPES } from '../values/field-types.ts';
import { PROJECT_TYPES, Projects, type Project } from './projects.ts';
import { RIVAL_RULES } from './rival-rule.ts';
import { CONTACTS, Tables, type TableDefinition } from './tables.ts';

export const code = z
  .string()
  .max(40)
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'up to 40 letters, digits and underscores, a letter first');
const name = z.string().trim().min(1).max(255);
const type = z.enum(PROJECT_TYPES);
const inProject = z.strictObject({ project: lookupName });
const inTable = z.strictObject({ project: lookupName, table: lookupName });

export const tableShape = {
  primaryKey: z.array(lookupName).min(1).max(8),
  fields: z.array(fieldSchema).min(1).max(500),
};

const projectAnswer = z.object({ code: z.string(), name: z.string(), type, isArchived: z.boolean() });
const fieldAnswer = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(FIELD_TYPES),
  length: z.int().nullable(),
  precision: z.int().nullable(),
  scale: z.int().nullable(),
  required: z.boolean(),
  unique: z.boolean(),
  default: z.string().nullable(),
  picklist: z.array(z.string()).nullable(),
  reference: z.object({ table: z.string(), column: z.string() }).nullable(),
  isArchived: z.boolean().optional(),
});
const rivals = z.enum(RIVAL_RULES).meta({
  description:
    'Of several records with one primary key, which fills the row: the one that changed last, the one that came first, or the oldest one (the lowest record id, contacts before leads). The others wait, and take the row when it leaves. A new rule decides from the next change of a record on',
});
const tableAnswer = z.object({
  code: z.string(),
  name: z.string(),
  primaryKey: z.array(z.string()),
  isBuilt: z.boolean(),
  isArchived: z.boolean(),
  rivals,
  fields: z.array(fieldAnswer),
});
const buildAnswer = z.object({
  steps: z.array(
    z.object({
      table: z.string(),
      action: z.string(),
      field: z.string().nullable(),
      detail: z.string(),
      refusal: z.string().nullable(),
    }),
  ),
  isPossible: z.boolean(),
});

/** Projects, their tables, and the building of them. */
export function projectRoutes(followers: readonly BuildFollower[]): Route[] {
  return [
    ...readRoutes(),
    createRoute(),
    changeRoute(),
    ...archiveRoutes(),
    ...tableRoutes(),
    ...buildRoutes(followers),
  ];
}

function shownProject({ code, name, type, isArchived }: Project): z.input<typeof projectAnswer> {
  return { code, name, type, isArchived };
}

function shownTable(table: TableDefinition): z.input<typeof tableAnswer> {
  const { code, name, primaryKey, fields, isArchived, rivals, built } = table;
  return {
    code,
    name,
    primaryKey: [...primaryKey],
    isBuilt: built !== null,
    isArchived,
    rivals,
    fields: fields.map(({ id: _id, picklist, ...field }) => ({
      ...field,
      picklist: picklist === null ? null : [...picklist],
    })),
  };
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects',
      scope: 'projects:read',
      tag: 'Projects',
      summary: 'Projects of the account',
      answer: { schema: z.object({ projects: z.array(projectAnswer) }) },
      handle: async ({ knex, caller }) => ({
        projects: (await new Projects(knex, caller.accountId).list()).map(shownProject),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects/{project}',
      scope: 'projects:read',
      tag: 'Projects',
      summary: 'A project with the definitions of its tables',
      params: inProject,
      answer: { schema: projectAnswer.extend({ tables: z.array(tableAnswer) }) },
      handle: async ({ knex, caller, params }) => {
        const project = await new Projects(knex, caller.accountId).find(params.project);
        const tables = await new Tables(knex, project.id).list();
        return { ...shownProject(project), tables: tables.map(shownTable) };
      },
    }),
  ];
}

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects',
    scope: 'projects:write',
    tag: 'Projects',
    summary: 'Creates a project with the fields of its contacts table',
    body: z.strictObject({ code, name, type, contacts: z.strictObject(tableShape) }),
    answer: { status: 201, schema: projectAnswer },
    handle: async ({ knex, caller, body, audit }) => {
      const { contacts, ...project } = body;
      const created = await new Projects(knex, caller.accountId).create(project);
      await new Tables(knex, created.id).create({ ...contacts, code: CONTACTS, name: 'Contacts' });
      audit({ action: 'project.created', subject: created.code, detail: { type: created.type } });
      return shownProject(created);
    },
  });
}

function changeRoute(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/projects/{project}',
    scope: 'projects:write',
    tag: 'Projects',
    summary: 'Changes a project’s name or type',
    params: inProject,
    body: z
      .strictObject({ name, type })
      .partial()
      .refine((change) => Object.keys(change).length > 0, 'say what to change'),
    answer: { schema: projectAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const changed = await new Projects(knex, caller.accountId).change(params.project, body);
      audit({ action: 'project.changed', subject: changed.code, detail: body });
      return shownProject(changed);
    },
  });
}

function archiveRoutes(): Route[] {
  return (['archive', 'restore'] as const).flatMap((verb): Route[] => [
    accountEndpoint({
      method: 'post',
      path: `/v1/admin/projects/{project}/${verb}`,
      scope: 'projects:write',
      tag: 'Projects',
      summary:
        verb === 'archive'
          ? 'Archives a project: it keeps everything and takes no batches'
          : 'Restores an archived project',
      params: inProject,
      answer: { schema: projectAnswer },
      handle: async ({ knex, caller, params, audit }) => {
        const projects = new Projects(knex, caller.accountId);
        const project = await projects.setArchived(params.project, verb === 'archive');
        audit({ action: `project.${verb}d`, subject: project.code });
        return shownProject(project);
      },
    }),
    accountEndpoint({
      method: 'post',
      path: `/v1/admin/projects/{project}/tables/{table}/${verb}`,
      scope: 'projects:write',
      tag: 'Projects',
      summary:
        verb === 'archive'
          ? 'Archives a table: it keeps its rows and takes no batches'
          : 'Restores an archived table',
      params: inTable,
      answer: { schema: tableAnswer },
      handle: async ({ knex, caller, params, audit }) => {
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const tables = new Tables(knex, project.id);
        await tables.setArchived(params.table, verb === 'archive');
        audit({ action: `table.${verb}d`, subject: `${project.code}.${params.table}` });
        return shownTable(await tables.find(params.table));
      },
    }),
  ]);
}

function tableRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/projects/{project}/tables',
      scope: 'projects:write',
      tag: 'Projects',
      summary: 'Adds a relational table',
      params: inProject,
      body: z.strictObject({ code, name, ...tableShape }),
      answer: { status: 201, schema: tableAnswer },
      handle: async ({ knex, caller, params, body, audit }) => {
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const tables = new Tables(knex, project.id);
        await tables.create(body);
        audit({ action: 'table.created', subject: `${project.code}.${body.code}` });
        return shownTable(await tables.find(body.code));
      },
    }),
    accountEndpoint({
      method: 'patch',
      path: '/v1/admin/projects/{project}/tables/{table}',
      scope: 'projects:write',
      tag: 'Projects',
      summary: 'Renames a table, or says which of several records with one primary key fills its row',
      description:
        'A new code is the table’s name in SQL with the next build; data transfers in Salesforce that name the old one are to be changed.',
      params: inTable,
      body: z
        .strictObject({ code, name, rivals })
        .partial()
        .refine((change) => Object.keys(change).length > 0, 'say what to change'),
      answer: { schema: tableAnswer },
      handle: async ({ knex, caller, params, body, audit }) => {
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const changed = await new Tables(knex, project.id).change(params.table, body);
        audit({ action: 'table.changed', subject: `${project.code}.${params.table}`, detail: body });
        return shownTable(changed);
      },
    }),
  ];
}

function buildRoutes(followers: readonly BuildFollower[]): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects/{project}/build',
      scope: 'projects:read',
      tag: 'Projects',
      summary: 'What a build would do, and what it would refuse',
      params: inProject,
      answer: { schema: buildAnswer },
      handle: async ({ knex, caller, params }) =>
        planBuild(knex, await new Projects(knex, caller.accountId).find(params.project)),
    }),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/projects/{project}/build',
      scope: 'projects:write',
      tag: 'Projects',
      summary: 'Makes the tables what their definitions say',
      description:
        'Nothing is done where anything would lose data: 422 build-refused then holds the whole plan with the reasons.',
      params: inProject,
      answer: { schema: buildAnswer },
      handle: async ({ knex, caller, params, audit }) => {
        const project = await new Projects(knex, caller.accountId).findOpen(params.project);
        const result = await buildTables(knex, project, followers);
        audit({ action: 'project.built', subject: project.code, detail: { steps: result.steps } });
        return result;
      },
    }),
  ];
}
