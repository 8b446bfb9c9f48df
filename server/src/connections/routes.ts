import { z } from 'zod';
import { parameter, validated, type Route } from '../http/route.ts';
import type { Projects } from '../projects/projects.ts';
import type { Connections } from './connections.ts';

const body = z.strictObject({ project: z.string(), name: z.string().min(1).max(255) });
const identified = (parameters: Record<string, string | string[] | undefined>): string =>
  validated(z.uuid(), parameter(parameters, 'connection'));

/** Connections for the operator. */
export function connectionRoutes(projects: Projects, connections: Connections): Route[] {
  return [
    {
      method: 'post',
      path: '/v1/admin/connections',
      access: 'admin',
      summary: 'Creates a connection; its secret is shown this once',
      handler: async (request, response) => {
        const { project, name } = validated(body, request.body);
        response.status(201).json(await connections.create(await projects.find(project), name));
      },
    },
    {
      method: 'post',
      path: '/v1/admin/connections/:connection/secret',
      access: 'admin',
      summary: 'Gives the connection a new secret, shown this once',
      handler: async (request, response) => {
        response.json({ secret: await connections.rotateSecret(identified(request.params)) });
      },
    },
    {
      method: 'delete',
      path: '/v1/admin/connections/:connection',
      access: 'admin',
      summary: 'Revokes a connection',
      handler: async (request, response) => {
        await connections.revoke(identified(request.params));
        response.status(204).end();
      },
    },
  ];
}
