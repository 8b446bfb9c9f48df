import type { Knex } from 'knex';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { sentencesAnswer, worded } from '../messages/message-answer.ts';
import { say } from '../messages/message.ts';
import { Projects } from '../projects/projects.ts';
import { apiShareSchema } from './api-share.ts';
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
  apiShare: apiShareSchema,
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
  warnings: sentencesAnswer,
});

/**
 * All that the page of a connection shows, and its name and share of API calls to be changed.
 *
 * @param resumeWork has what waits for an org looked at again
 */
export function connectionPageRoutes(
  authorizations: Authorizations,
  newest: Config['packageVersion'],
  resumeWork: (transaction: Knex, connectionId: string) => Promise<void>,
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
          apiShare: connection.apiShare,
          plugin,
          authorization: authorization && authorizationShown(authorization),
          warnings: warningsOf(connection, authorization, plugin).map(worded),
        };
      },
    }),
    accountEndpoint({
      method: 'patch',
      path: '/v1/admin/connections/{connection}',
      scope: 'connections:write',
      tag: 'Connections',
      summary: 'Renames a connection, or gives it another share of its org’s API calls',
      params: identified,
      body: z
        .strictObject({
          name: z.string().trim().min(1).max(255).optional(),
          apiShare: apiShareSchema.optional(),
        })
        .refine((change) => Object.keys(change).length > 0, 'name or apiShare is expected'),
      answer: { schema: z.object({ id: z.uuid(), name: z.string(), apiShare: apiShareSchema }) },
      handle: async ({ knex, caller, params, body, audit }) => {
        const connections = new Connections(knex, caller.accountId);
        await connections.change(params.connection, body);
        if (body.name !== undefined)
          audit({ action: 'connection.renamed', subject: params.connection, detail: { name: body.name } });
        if (body.apiShare !== undefined) {
          // What waits for calls is looked at again by the new share.
          await resumeWork(knex, params.connection);
          const { apiShare } = body;
          audit({ action: 'connection.api-share-changed', subject: params.connection, detail: { apiShare } });
        }
        const { id, name, apiShare } = await connections.find(params.connection);
        return { id, name, apiShare };
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
  if (connection.status === 'active' && !authorization) warnings.push(say('connections.not-authorized'));
  if (authorization?.statusMessage != null) warnings.push(authorization.statusMessage);
  if (authorization) warnings.push(...authorizationWarnings(authorization));
  const usage = authorization?.usage;
  if (usage && isNearlyUsedUp(usage))
    warnings.push(say('connections.calls-nearly-used', { used: usage.used, limit: usage.limit }));
  if (plugin.isNewerAvailable)
    warnings.push(
      say('connections.newer-plugin', {
        newest: plugin.newestVersion ?? '',
        installed: plugin.installedVersion ?? '',
      }),
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
