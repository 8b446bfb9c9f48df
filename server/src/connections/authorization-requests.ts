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
  readonly state_hash: Buffer;
  readonly account_id: string;
  readonly connection_id: string;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly login_origin: string;
  readonly sealed_request: string;
}

/** What Salesforce is told of a verifier before it sees it. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
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

  /** Notes a log-in; answers its state, and its verifier. */
  async begin(
    transaction: Knex,
    request: Omit<AuthorizationRequest, 'verifier'>,
  ): Promise<{ state: string; verifier: string; expiresAt: string }> {
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
    return { state, verifier, expiresAt: expiresAt.toISOString() };
  }

  /** The request of a state, which is not spent by it; null for one that is forged, spent or too old. */
  async find(state: string): Promise<AuthorizationRequest | null> {
    const row = await this.#current(hashSecret(state)).first<RequestRow | undefined>();
    return row ? this.#opened(row) : null;
  }

  /** Binds a request to a browser, in the place of one that it was bound to before; false where it is spent by now. */
  async bind(state: string, browserHash: Buffer): Promise<boolean> {
    const bound = await this.#current(hashSecret(state)).update({ browser_hash: browserHash });
    return bound === 1;
  }

  /**
   * The request of a state, which is spent by asking; null for one that is forged, spent, too old, or bound to another
   * browser. What the operator begins is bound to none: their token has no browser, and stands above every account, so that
   * nobody gains by it what they could not take anyway.
   *
   * @param browserHash of the browser that came back; null for one that is not known
   */
  async redeem(state: string, browserHash: Buffer | null): Promise<AuthorizationRequest | null> {
    const [row] = await this.#current(hashSecret(state))
      .whereRaw("(browser_hash = ? OR browser_hash IS NULL AND actor_kind = 'operator')", [browserHash])
      .delete()
      .returning<RequestRow[]>('*');
    return row ? this.#opened(row) : null;
  }

  #current(stateHash: Buffer): Knex.QueryBuilder {
    return this.#knex('di.authorization_request')
      .where({ state_hash: stateHash })
      .where('expires_at', '>', this.#knex.fn.now());
  }

  #opened(row: RequestRow): AuthorizationRequest {
    const opened: unknown = JSON.parse(this.#box.open(row.sealed_request, purpose(row.state_hash)));
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
