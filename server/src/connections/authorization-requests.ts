import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Actor } from '../auth/caller.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';

/** A log-in that somebody was sent to Salesforce for, and has not come back from. */
export interface AuthorizationRequest {
  readonly accountId: string;
  readonly connectionId: string;
  readonly actor: Actor;
  readonly loginOrigin: string;
  /** Null for the server's own app. */
  readonly app: { readonly clientId: string; readonly clientSecret: string | null } | null;
  /** What proves that the code is used by whoever asked for it (RFC 7636). */
  readonly verifier: string;
}

/** Minutes that somebody has for the log-in in Salesforce. */
const LIFETIME = 15;

const sealed = z.object({
  verifier: z.string(),
  app: z.object({ clientId: z.string(), clientSecret: z.string().nullable() }).nullable(),
});

interface RequestRow {
  readonly account_id: string;
  readonly connection_id: string;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly login_origin: string;
  readonly sealed_request: string;
  readonly is_current: boolean;
}

const purpose = (stateHash: Buffer): string => `authorization-request:${stateHash.toString('hex')}`;

/** Log-ins on their way. The state that comes back with one is known by its hash, and is good once. */
export class AuthorizationRequests {
  readonly #knex: Knex;
  readonly #box: SecretBox;

  constructor(knex: Knex, box: SecretBox) {
    this.#knex = knex;
    this.#box = box;
  }

  /** Notes a log-in; answers its state, and the challenge of its verifier. */
  async begin(
    transaction: Knex,
    request: Omit<AuthorizationRequest, 'verifier'>,
  ): Promise<{ state: string; challenge: string; expiresAt: string }> {
    const state = newSecret();
    const verifier = randomBytes(48).toString('base64url');
    const stateHash = hashSecret(state);
    const expiresAt = new Date(Date.now() + LIFETIME * 60_000);
    await transaction('di.authorization_request').insert({
      state_hash: stateHash,
      account_id: request.accountId,
      connection_id: request.connectionId,
      actor_kind: request.actor.kind,
      actor_id: request.actor.id,
      actor_name: request.actor.name,
      login_origin: request.loginOrigin,
      sealed_request: this.#box.seal(JSON.stringify({ verifier, app: request.app }), purpose(stateHash)),
      expires_at: expiresAt,
    });
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return { state, challenge, expiresAt: expiresAt.toISOString() };
  }

  /** The request of a state, which is spent by asking; null for one that is forged, spent or too old. */
  async redeem(state: string): Promise<AuthorizationRequest | null> {
    const stateHash = hashSecret(state);
    const [row] = await this.#knex('di.authorization_request')
      .where({ state_hash: stateHash })
      .delete()
      .returning<RequestRow[]>(['*', this.#knex.raw('expires_at > now() AS is_current')]);
    if (row?.is_current !== true) return null;
    const opened: unknown = JSON.parse(this.#box.open(row.sealed_request, purpose(stateHash)));
    return {
      accountId: row.account_id,
      connectionId: row.connection_id,
      actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
      loginOrigin: row.login_origin,
      ...sealed.parse(opened),
    };
  }

  async forgetExpired(): Promise<number> {
    return this.#knex('di.authorization_request').where('expires_at', '<', this.#knex.fn.now()).delete();
  }
}
