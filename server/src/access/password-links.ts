import type { Knex } from 'knex';
import { audit } from './audit-log.ts';
import { hashPassword } from './passwords.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { Sessions } from './sessions.ts';

/** Why somebody may choose a password: they were invited, or have lost the one they had. */
export type PasswordLinkKind = 'invitation' | 'reset';

/** Hours that a link can be used. */
const HOURS: Readonly<Record<PasswordLinkKind, number>> = { invitation: 7 * 24, reset: 1 };

/** Whose password a link chooses. */
export interface LinkedUser {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
}

/**
 * Links by which people choose their own password: known by the hash of their token, good once, and each ends the one before
 * it of the same user (OWASP ASVS 4.0, 2.5).
 */
export class PasswordLinks {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Makes a user's link; answers its token, which is not known again. */
  async make(userId: string, kind: PasswordLinkKind): Promise<string> {
    const token = `dip_${newSecret()}`;
    await this.#knex('di.password_link')
      .insert(rowOf(userId, kind, token))
      .onConflict('user_id')
      .merge();
    return token;
  }

  /**
   * Makes a link that anybody may have asked for; answers its token. Null where an invitation is still good: no stranger ends
   * what was given for a week.
   */
  async makeForAsker(userId: string): Promise<string | null> {
    const token = `dip_${newSecret()}`;
    const made = await this.#knex('di.password_link')
      .insert(rowOf(userId, 'reset', token))
      .onConflict('user_id')
      .merge()
      .whereRaw(`(password_link.kind = 'reset' OR password_link.expires_at <= now())`)
      .returning<{ user_id: string }[]>('user_id');
    return made.length === 1 ? token : null;
  }

  /** Whose link it is; null where it is none, used up, too old, or of somebody who is disabled. */
  async find(token: string): Promise<LinkedUser | null> {
    const row = await this.#knex('di.password_link as l')
      .join('di.user as u', 'u.id', 'l.user_id')
      .where('l.token_hash', hashSecret(token))
      .where('l.expires_at', '>', this.#knex.fn.now())
      .whereNull('u.disabled_at')
      .first<{ id: string; account_id: string; email: string; name: string } | undefined>(
        'u.id',
        'u.account_id',
        'u.email',
        'u.name',
      );
    return row ? { id: row.id, accountId: row.account_id, email: row.email, name: row.name } : null;
  }

  /** Puts a link's password in place of any other, and ends the link and every session; null where the link is not good. */
  async use(token: string, password: string, requestId: string): Promise<LinkedUser | null> {
    const user = await this.find(token);
    if (!user) return null;
    const hash = await hashPassword(password);
    return this.#knex.transaction(async (transaction) => {
      // In the order of those who change a user and end the link.
      await transaction('di.user').where({ id: user.id }).forUpdate().first('id');
      // Of two who use it at once, one does.
      const used = await transaction('di.password_link')
        .where({ token_hash: hashSecret(token) })
        .delete();
      if (used !== 1) return null;
      await transaction('di.user').where({ id: user.id }).update({ password_hash: hash });
      await new Sessions(transaction).endAll(user.id);
      const actor = { kind: 'user', id: user.id, name: user.email } as const;
      const entry = { action: 'user.password-changed', subject: user.id, detail: { by: 'link' } };
      await audit(transaction, { accountId: user.accountId, actor }, requestId, entry);
      return user;
    });
  }

  /** Ends a user's link, if there is one. */
  async forget(userId: string): Promise<void> {
    await this.#knex('di.password_link').where({ user_id: userId }).delete();
  }

  /** Forgets links that are too old; answers how many. */
  async forgetExpired(): Promise<number> {
    return this.#knex('di.password_link').where('expires_at', '<', this.#knex.fn.now()).delete();
  }
}

function rowOf(userId: string, kind: PasswordLinkKind, token: string): object {
  return {
    user_id: userId,
    token_hash: hashSecret(token),
    kind,
    expires_at: new Date(Date.now() + HOURS[kind] * 3_600_000),
  };
}
