import type { Knex } from 'knex';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { Role } from '../auth/scopes.ts';

/** Hours that a session lives. */
const LIFETIME = 12;

export interface SignedInUser {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly role: Role;
}

/** Sessions of users, known by the hash of their token. */
export class Sessions {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async create(userId: string): Promise<{ token: string; expiresAt: string }> {
    const token = `dis_${newSecret()}`;
    const expiresAt = new Date(Date.now() + LIFETIME * 3_600_000);
    await this.#knex('di.session').insert({
      token_hash: hashSecret(token),
      user_id: userId,
      expires_at: expiresAt,
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
