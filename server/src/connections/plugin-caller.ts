import { say } from '../messages/message.ts';
import type { Request } from 'express';
import type { Knex } from 'knex';
import { findConnection, type Connection } from './connections.ts';
import { forbidden, unauthorized } from '../http/problem.ts';
import { bearerToken, type AccessTokens, type PluginClaims } from '../access/access-tokens.ts';

/** Who calls a plugin endpoint. */
export type PluginCaller = (request: Request) => Promise<{ claims: PluginClaims; connection: Connection }>;

/** Reads the token and checks that its connection still stands and is the organization's. */
export function pluginCaller(knex: Knex, tokens: AccessTokens): PluginCaller {
  return async (request) => {
    const claims = await tokens.verify(bearerToken(request.headers.authorization));
    const connection = await findConnection(knex, claims.connectionId);
    checkConnection(connection, claims.organizationId);
    return { claims, connection };
  };
}

/** Throws a 401 or 403 problem where the connection is not, or no longer, the organization's. */
export function checkConnection(
  connection: Pick<Connection, 'status' | 'organizationId'> | null,
  organizationId: string,
): asserts connection is Connection {
  if (connection?.status !== 'active')
    throw unauthorized('connection-revoked', say('connections.revoked-in-di'));
  if (connection.organizationId !== null && connection.organizationId !== organizationId)
    throw forbidden('wrong-organization', say('connections.another-organization'));
}
