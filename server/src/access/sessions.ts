import type { Knex } from 'knex';
import { hashSecret, newSecret } from './secrets.ts';
import type { Role } from './scopes.ts';

/** Hours that a session lives. */
const LIFETIME = 12;

export interface SignedInUser {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly role: Role;
}

/** A session as its user sees it. */
export interface OwnSession {
  readonly id: string;
  readonly signedInAt: Date;
  readonly expiresAt: Date;
  /** The browser or program, as it names itself; null where it does not. */
  readonly browser: string | null;
  /** It is the one that asks. */
  readonly isCurrent: boolean;
}

/** Characters of a browser's name that are kept. */
const BROWSER_LENGTH = 300;

/** Sessions of users, known by the hash of their token. */
export class Sessions {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** @param browser as it names itself */
  async create(userId: string, browser: string | undefined): Promise<{ token: string; expiresAt: string }> {
    const token = `dis_${newSecret()}`;
    const expiresAt = new Date(Date.now() + LIFETIME * 3_600_000);
    await this.#knex('di.session').insert({
      token_hash: hashSecret(token),
      user_id: userId,
      expires_at: expiresAt,
      browser: browser?.slice(0, BROWSER_LENGTH) ?? null,
    });
    return { token, expiresAt: expiresAt.toISOString() };
  }

  async find(token: string): Promise<SignedInUser | null> {
    if (!token.startsWith('dis_')) return null;
    const row = await this.#knex('di.session as s')
      .join('di.user as u', 'u.id', 's.user_id')
      .where('s.token_hash', hashSecret(token))
      .where('s.expires_at', '>', this.#knex.fn.now())
      .whereNull('u.disabled_at')
      .first<{ id: string; account_id: string; email: string; role: Role } | undefined>(
        'u.id',
        'u.account_id',
        'u.email',
        'u.role',
      );
    return row ? { id: row.id, accountId: row.account_id, email: row.email, role: row.role } : null;
  }

  /** Sessions of a user that are not over, the newest first. */
  async list(userId: string, token: string): Promise<OwnSession[]> {
    const rows = await this.#knex('di.session')
      .where({ user_id: userId })
      .where('expires_at', '>', this.#knex.fn.now())
      .orderBy('signed_in_at', 'desc')
      .select<
        { id: string; signed_in_at: Date; expires_at: Date; browser: string | null; token_hash: Buffer }[]
      >('id', 'signed_in_at', 'expires_at', 'browser', 'token_hash');
    const current = hashSecret(token);
    return rows.map((row) => ({
      id: row.id,
      signedInAt: row.signed_in_at,
      expiresAt: row.expires_at,
      browser: row.browser,
      isCurrent: current.equals(row.token_hash),
    }));
  }

  /** Ends a session of a user by its id; answers whether there was one. */
  async endOne(userId: string, id: string): Promise<boolean> {
    return (await this.#knex('di.session').where({ user_id: userId, id }).delete()) === 1;
  }

  async end(token: string): Promise<void> {
    await this.#knex('di.session')
      .where({ token_hash: hashSecret(token) })
      .delete();
  }

  /** Ends every session of a user: after a new password, or when the user is disabled. */
  async endAll(userId: string): Promise<void> {
    await this.#knex('di.session').where({ user_id: userId }).delete();
  }

  /** Ends every session of a user but one: after they have changed their password themselves. */
  async endOthers(userId: string, token: string): Promise<void> {
    await this.#knex('di.session')
      .where({ user_id: userId })
      .whereNot({ token_hash: hashSecret(token) })
      .delete();
  }

  /** Forgets sessions that are over; answers how many. */
  async forgetExpired(): Promise<number> {
    return this.#knex('di.session').where('expires_at', '<', this.#knex.fn.now()).delete();
  }
}
