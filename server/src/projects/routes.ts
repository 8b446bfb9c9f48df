import { z } from 'zod';
import type { Database } from '../database/open-database.ts';
import { parameter, validated, type Route } from '../http/route.ts';
import { fieldSchema } from './field-types.ts';
import type { Projects } from './projects.ts';
import { listRows } from './rows.ts';

const code = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'up to 40 letters, digits and underscores, a letter first');
const tableShape = {
  primaryKey: z.array(z.string()).min(1).max(8),
  fields: z.array(fieldSchema).min(1).max(500),
};
const projectBody = z.strictObject({
  code,
  name: z.string().min(1).max(255),
  type: z.enum(['A', 'B']),
  contacts: z.strictObject(tableShape),
});
const tableBody = z.strictObject({ code, name: z.string().min(1).max(255), ...tableShape });

/** Projects and tables for the operator. */
export function projectRoutes(database: Database, projects: Projects): Route[] {
  const named = (parameters: Record<string, string | string[] | undefined>) =>
    projects.find(parameter(parameters, 'project'));
  return [
    {
      method: 'post',
      path: '/v1/admin/projects',
      access: 'admin',
      summary: 'Creates a project with the fields of its contacts table',
      handler: async (request, response) => {
        const { contacts, ...project } = validated(projectBody, request.body);
        const created = await projects.create(project, contacts);
        response.status(201).json({ code: created.code, name: created.name, type: created.type });
      },
    },
    {
      method: 'get',
      path: '/v1/admin/projects/:project',
      access: 'admin',
      summary: 'A project with its tables',
      handler: async (request, response) => {
        const project = await named(request.params);
        const tables = await projects.tables(project.id);
        response.json({
          code: project.code,
          name: project.name,
          type: project.type,
          tables: tables.map(({ id: _id, ...table }) => table),
        });
      },
    },
    {
      method: 'post',
      path: '/v1/admin/projects/:project/tables',
      access: 'admin',
      summary: 'Adds a relational table',
      handler: async (request, response) => {
        const body = validated(tableBody, request.body);
        await projects.addTable(await named(request.params), body);
        response.status(201).json({ code: body.code });
      },
    },
    {
      method: 'post',
      path: '/v1/admin/projects/:project/tables/:table/fields',
      access: 'admin',
      summary: 'Adds a field to a table',
      handler: async (request, response) => {
        const field = validated(fieldSchema, request.body);
        await projects.addField(await named(request.params), parameter(request.params, 'table'), field);
        response.status(201).json(field);
      },
    },
    {
      method: 'post',
      path: '/v1/admin/projects/:project/build',
      access: 'admin',
      summary: 'Makes the project’s tables, or adds what is new to them',
      handler: async (request, response) => {
        response.json({ tables: await projects.build(await named(request.params)) });
      },
    },
    {
      method: 'get',
      path: '/v1/admin/projects/:project/tables/:table/rows',
      access: 'admin',
      summary: 'Rows of a table, by primary key, with the number of all',
      handler: listRows(database.pool, projects),
    },
  ];
}
