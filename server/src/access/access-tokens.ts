import { say } from '../messages/message.ts';
import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { unauthorized } from '../http/problem.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

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
  exp: z.number(),
});

/** A token that was verified, for as long as it is good. */
interface VerifiedToken {
  readonly claims: PluginClaims;
  readonly keyId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Verified tokens that are kept: an org has a handful at a time. */
const KEPT_TOKENS = 1000;

/** Signs and reads the short-lived tokens of connections. */
export class AccessTokens {
  readonly #keys: SigningKeys;
  /** By the token itself, the oldest first. What was once verified is good until it expires, or its key is gone. */
  readonly #verified = new Map<string, VerifiedToken>();
  /** Seconds. */
  readonly lifetime: number;

  constructor(keys: SigningKeys, lifetime: number) {
    this.#keys = keys;
    this.lifetime = lifetime;
  }

  async sign(about: PluginClaims): Promise<string> {
    const key = await this.#keys.current();
    return jwt.sign({ project: about.projectId, org: about.organizationId, scope: 'plugin' }, key.secret, {
      algorithm: ALGORITHM,
      keyid: key.id,
      issuer: ISSUER,
      audience: AUDIENCE,
      subject: about.connectionId,
      expiresIn: this.lifetime,
      jwtid: randomUUID(),
    });
  }

  /** Throws a 401 problem for a token that is forged, expired, or meant for something else. */
  async verify(token: string): Promise<PluginClaims> {
    const known = this.#verified.get(token);
    const id = known?.keyId ?? keyIdOf(token);
    const key = id === null ? null : await this.#keys.find(id);
    if (!key) throw unauthorized('invalid-token', say('access.unknown-token'));
    if (known && Date.now() < known.expiresAt * 1000) return known.claims;
    this.#verified.delete(token);
    const verified = verifiedBy(key, token);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= KEPT_TOKENS && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, verified);
    return verified.claims;
  }
}

function verifiedBy({ id, secret }: SigningKey, token: string): VerifiedToken {
  try {
    const payload = claims.parse(
      jwt.verify(token, secret, { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE }),
    );
    const { sub: connectionId, project: projectId, org: organizationId, exp: expiresAt } = payload;
    return { claims: { connectionId, projectId, organizationId }, keyId: id, expiresAt };
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError)
      throw unauthorized('token-expired', say('access.token-expired'));
    throw unauthorized('invalid-token', say('access.invalid-token'));
  }
}

/** Which key a token says that it was signed with; null for what is no token. */
function keyIdOf(token: string): string | null {
  try {
    return jwt.decode(token, { complete: true })?.header.kid ?? null;
  } catch {
    // A payload that says it is JSON, and is not.
    return null;
  }
}

/** The token of `Authorization: Bearer …`, or a 401 problem. */
export function bearerToken(header: string | undefined): string {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw unauthorized('missing-token', say('access.missing-token'));
  return token;
}
