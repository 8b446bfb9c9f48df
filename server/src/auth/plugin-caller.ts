import type { Request } from 'express';
import type { Config } from '../config.ts';
import type { Connection, Connections } from '../connections/connections.ts';
import { bearerToken, unauthorized, verifyToken, type PluginClaims } from './access-tokens.ts';
import { Problem } from '../http/problem.ts';

/** Who calls a plugin endpoint. */
export type PluginCaller = (request: Request) => Promise<{ claims: PluginClaims; connection: Connection }>;

/** Reads the token and checks that its connection still stands and is the organization's. */
export function pluginCaller(config: Config, connections: Connections): PluginCaller {
  return async (request) => {
    const claims = verifyToken(config, bearerToken(request.headers.authorization));
    const connection = await connections.find(claims.connectionId).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404)
        throw unauthorized('connection-revoked', 'The connection no longer exists in DI.');
      throw error;
    });
    if (connection.status !== 'active')
      throw unauthorized('connection-revoked', 'The connection was revoked in DI.');
    if (connection.organizationId !== null && connection.organizationId !== claims.organizationId) {
      throw new Problem(
        403,
        'wrong-organization',
        'Another organization',
        'The connection belongs to another Salesforce organization.',
      );
    }
    return { claims, connection };
  };
}
