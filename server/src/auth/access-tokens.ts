import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { Problem } from '../http/problem.ts';

const ISSUER = 'di-connect';
const AUDIENCE = 'di-connect-api';
const ALGORITHM = 'HS256';

/** What an access token says: which connection speaks, for which project, from which organization. */
export interface PluginClaims {
  readonly connectionId: string;
  readonly projectId: string;
  readonly organizationId: string;
}

const claims = z.object({
  sub: z.uuid(),
  project: z.uuid(),
  org: z.string().length(18),
  scope: z.literal('plugin'),
});

/** Signs a short-lived token for a connection. */
export function signToken(config: Config, about: PluginClaims): string {
  const [key] = config.signingKeys;
  return jwt.sign({ project: about.projectId, org: about.organizationId, scope: 'plugin' }, key.secret, {
    algorithm: ALGORITHM,
    keyid: key.id,
    issuer: ISSUER,
    audience: AUDIENCE,
    subject: about.connectionId,
    expiresIn: config.tokenLifetime,
    jwtid: randomUUID(),
  });
}

/** Reads a token. Throws a 401 problem for one that is forged, expired, or meant for something else. */
export function verifyToken(config: Config, token: string): PluginClaims {
  const header = jwt.decode(token, { complete: true })?.header;
  const key = config.signingKeys.find((each) => each.id === header?.kid);
  if (!key) throw unauthorized('invalid-token', 'The access token is not one of ours.');
  try {
    const payload = claims.parse(
      jwt.verify(token, key.secret, { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE }),
    );
    return { connectionId: payload.sub, projectId: payload.project, organizationId: payload.org };
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError)
      throw unauthorized('token-expired', 'The access token has expired; ask for another.');
    throw unauthorized('invalid-token', 'The access token is not valid.');
  }
}

export function unauthorized(code: string, detail: string): Problem {
  return new Problem(401, code, 'Not authorized', detail, { 'WWW-Authenticate': 'Bearer' });
}

/** The token of `Authorization: Bearer …`, or a 401 problem. */
export function bearerToken(header: string | undefined): string {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined)
    throw unauthorized('missing-token', 'Send Authorization: Bearer with an access token.');
  return token;
}
