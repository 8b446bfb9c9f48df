import { say } from '../messages/message.ts';
import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { forbidden, notFound, unauthorized } from '../http/problem.ts';
import { bearerToken } from './access-tokens.ts';
import { ApiKeys } from './api-keys.ts';
import { Sessions, type SignedInUser } from './sessions.ts';
import type { AccountCaller } from './caller.ts';
import { SCOPES, SCOPES_OF_ROLE, type Scope } from './scopes.ts';
import { hashSecret, isSecret } from './secrets.ts';
import type { SessionCookie } from './session-cookie.ts';

/** The account of those who run one project for themselves and never made another. */
export const DEFAULT_ACCOUNT = 'default';

/** Tells who calls: the operator, a user with a session, or a program with an API key. */
export class Authenticator {
  readonly #knex: Knex;
  readonly #operatorHash: Buffer;
  readonly #cookie: SessionCookie;

  constructor(knex: Knex, operatorToken: string, cookie: SessionCookie) {
    this.#knex = knex;
    this.#cookie = cookie;
    this.#operatorHash = hashSecret(operatorToken);
  }

  isOperator(request: Request): boolean {
    return isSecret(bearerToken(request.headers.authorization), this.#operatorHash);
  }

  /** Throws a 401 problem for anybody but the operator. */
  requireOperator(request: Request): void {
    if (!this.isOperator(request)) throw unauthorized('invalid-token', say('access.wrong-operator-token'));
  }

  /** Throws a 401 problem for a token that is not good, a 403 one where its scopes do not reach. */
  async requireScope(request: Request, scope: Scope): Promise<AccountCaller> {
    const caller = await this.#account(request);
    if (!caller.scopes.has(scope))
      throw forbidden('insufficient-scope', say('access.missing-scope', { scope }));
    return caller;
  }

  /** The user whose session calls, with its token. Throws a 401 problem for programs and for nobody. */
  async requireUser(request: Request): Promise<{ user: SignedInUser; token: string }> {
    const token = this.#sessionOf(request) ?? bearerToken(request.headers.authorization);
    const user = await new Sessions(this.#knex).find(token);
    if (!user) throw unauthorized('invalid-token', say('access.users-only'));
    return { user, token };
  }

  /** The session's token that a browser sent by itself, proven. */
  #sessionOf(request: Request): string | null {
    return request.headers.authorization === undefined ? this.#cookie.provenTokenOf(request) : null;
  }

  async #account(request: Request): Promise<AccountCaller> {
    const session = this.#sessionOf(request);
    if (session !== null) return this.#user(session);
    const token = bearerToken(request.headers.authorization);
    if (isSecret(token, this.#operatorHash)) return this.#operator(request.get('DI-Account'));
    const key = await new ApiKeys(this.#knex).authenticate(token);
    if (key)
      return {
        accountId: key.accountId,
        actor: { kind: 'api-key', id: key.id, name: key.name },
        scopes: new Set(key.scopes),
      };
    return this.#user(token);
  }

  async #user(token: string): Promise<AccountCaller> {
    const user = await new Sessions(this.#knex).find(token);
    if (!user) throw unauthorized('invalid-token', say('access.token-over'));
    return callerOf(user);
  }

  /** The operator acts on the default account, or on the one that the header names by its id. */
  async #operator(account: string | undefined): Promise<AccountCaller> {
    const where =
      account === undefined ? { name: DEFAULT_ACCOUNT } : { id: z.uuid().safeParse(account).data ?? null };
    const row = await this.#knex('di.account').where(where).first<{ id: string } | undefined>('id');
    if (!row) throw notFound(`account ${account ?? DEFAULT_ACCOUNT}`);
    return {
      accountId: row.id,
      actor: { kind: 'operator', id: null, name: 'operator' },
      scopes: new Set(SCOPES),
    };
  }
}

/** A user as whoever acts on their account. */
export function callerOf(user: SignedInUser): AccountCaller {
  return {
    accountId: user.accountId,
    actor: { kind: 'user', id: user.id, name: user.email },
    scopes: new Set(SCOPES_OF_ROLE[user.role]),
  };
}
