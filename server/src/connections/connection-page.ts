import { z } from 'zod';
import type { Config } from '../config.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { Projects } from '../projects/projects.ts';
import {
  authorizationAnswer,
  authorizationShown,
  authorizationWarnings,
  isNearlyUsedUp,
} from './authorization-answer.ts';
import type { Authorization } from './authorization.ts';
import type { Authorizations } from './authorizations.ts';
import { Connections, type Connection } from './connections.ts';

const identified = z.strictObject({ connection: z.uuid() });
const page = z.object({
  id: z.uuid(),
  name: z.string(),
  project: z.object({ code: z.string(), name: z.string(), type: z.string() }),
  status: z.enum(['active', 'revoked']),
  keyId: z.string(),
  organizationId: z.string().nullable(),
  plugin: z.object({
    authorizedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When the plugin last introduced its org; null before the first time' }),
    installedVersion: z.string().nullable(),
    newestVersion: z.string().nullable(),
    isNewerAvailable: z.boolean(),
    installLink: z.url().nullable(),
  }),
  authorization: authorizationAnswer.nullable(),
  warnings: z.array(z.string()),
});

/** All that the page of a connection shows, and its name to be changed. */
export function connectionPageRoutes(
  authorizations: Authorizations,
  newest: Config['packageVersion'],
): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/connections/{connection}',
      scope: 'connections:read',
      tag: 'Connections',
      summary: 'A connection: keys, plugin, authorization, API calls, and what is to be done',
      params: identified,
      answer: { schema: page },
      handle: async ({ knex, caller, params }) => {
        const connection = await new Connections(knex, caller.accountId).find(params.connection);
        const project = await new Projects(knex, caller.accountId).findById(connection.projectId);
        const authorization = await authorizations.find(caller.accountId, connection.id);
        const plugin = pluginOf(connection, authorization, newest);
        return {
          id: connection.id,
          name: connection.name,
          project: { code: project.code, name: project.name, type: project.type },
          status: connection.status,
          keyId: connection.keyId,
          organizationId: connection.organizationId,
          plugin,
          authorization: authorization && authorizationShown(authorization),
          warnings: warningsOf(connection, authorization, plugin),
        };
      },
    }),
    accountEndpoint({
      method: 'patch',
      path: '/v1/admin/connections/{connection}',
      scope: 'connections:write',
      tag: 'Connections',
      summary: 'Renames a connection',
      params: identified,
      body: z.strictObject({ name: z.string().trim().min(1).max(255) }),
      answer: { schema: z.object({ id: z.uuid(), name: z.string() }) },
      handle: async ({ knex, caller, params, body, audit }) => {
        await new Connections(knex, caller.accountId).rename(params.connection, body.name);
        audit({ action: 'connection.renamed', subject: params.connection, detail: { name: body.name } });
        return { id: params.connection, name: body.name };
      },
    }),
  ];
}

function pluginOf(
  connection: Connection,
  authorization: Authorization | null,
  newest: Config['packageVersion'],
): z.input<typeof page>['plugin'] {
  const isSandbox = connection.isSandbox ?? authorization?.organization.isSandbox ?? false;
  const host = isSandbox ? 'test' : 'login';
  return {
    authorizedAt: connection.pluginAuthorizedAt?.toISOString() ?? null,
    installedVersion: connection.packageVersion,
    newestVersion: newest?.number ?? null,
    isNewerAvailable:
      connection.packageVersion !== null &&
      newest?.number != null &&
      isNewer(newest.number, connection.packageVersion),
    installLink: newest && `https://${host}.salesforce.com/packaging/installPackage.apexp?p0=${newest.id}`,
  };
}

function warningsOf(
  connection: Connection,
  authorization: Authorization | null,
  plugin: z.input<typeof page>['plugin'],
): string[] {
  const warnings: string[] = [];
  if (connection.status === 'active' && !authorization)
    warnings.push(
      'DI has no access to the org yet: authorize the connection, so that opt-ins and contacts can be sent.',
    );
  if (authorization?.statusMessage != null) warnings.push(authorization.statusMessage);
  if (authorization) warnings.push(...authorizationWarnings(authorization));
  const usage = authorization?.usage;
  if (usage && isNearlyUsedUp(usage))
    warnings.push(`The org has used ${usage.used} of the ${usage.limit} API calls that it has in 24 hours.`);
  if (plugin.isNewerAvailable)
    warnings.push(
      `Version ${plugin.newestVersion ?? ''} of the plugin can be installed; the org has ${plugin.installedVersion ?? ''}.`,
    );
  return warnings;
}

/** Compares versions number by number: 1.10 comes after 1.9, and 1.2 is 1.2.0. */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let place = 0; place < 4; place++) {
    const difference = (one?.[place] ?? 0) - (other?.[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
