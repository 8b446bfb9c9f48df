import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { hashPassword, isPassword } from './passwords.ts';
import type { PasswordUse } from '../process/sign-on-settings.ts';
import type { Role } from './scopes.ts';
import { conflict, forbidden, notFound, unprocessable, type Problem } from '../http/problem.ts';
import { PasswordLinks } from './password-links.ts';
import { Sessions } from './sessions.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  readonly signedInAt: Date | null;
  /** They have not come yet: neither have they chosen a password, nor did they sign in by the identity provider. */
  readonly isInvited: boolean;
  /** The identity provider knows them. */
  readonly hasSignOn: boolean;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Null until somebody who is invited has chosen one. */
  readonly password_hash: string | null;
  readonly disabled_at: Date | null;
  readonly signed_in_at: Date | null;
}

type ShownUserRow = UserRow & { readonly has_sign_on: boolean };

const SHOWN = 'u.*, EXISTS (SELECT FROM di.user_identity i WHERE i.user_id = u.id) AS has_sign_on';

/** A hash of nothing, compared with where there is no user: an unknown address takes as long as a known one. */
const NOBODY = hashPassword('');

/** What somebody is called, and their address. */
export const nameSchema = z.string().trim().min(1).max(255);
export const emailSchema = z.email().max(320);

/** NIST SP 800-63B: length is what counts; no rules of composition. */
export const passwordSchema = z.string().min(12).max(200);

/** People who may sign in to an account. */
export class Users {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Without a password they can sign in once they have chosen one, by a link. */
  async create(
    accountId: string,
    user: { email: string; name: string; role: Role; password?: string | undefined },
  ): Promise<string> {
    const [row] = await this.#knex('di.user')
      .insert({
        account_id: accountId,
        email: user.email.toLowerCase(),
        name: user.name,
        role: user.role,
        password_hash: user.password === undefined ? null : await hashPassword(user.password),
      })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id');
    if (!row) throw conflict('user-exists', say('access.user-exists'));
    return row.id;
  }

  async list(accountId: string): Promise<User[]> {
    const rows = await this.#knex('di.user as u')
      .where({ account_id: accountId })
      .orderBy('email')
      .select<ShownUserRow[]>(this.#knex.raw(SHOWN));
    return rows.map(userOf);
  }

  /** A user as they are, and stay until the transaction ends. Throws a 404 problem. */
  async hold(accountId: string, id: string): Promise<User> {
    const row = await this.#knex('di.user as u')
      .where({ id, account_id: accountId })
      .forUpdate()
      .first<ShownUserRow | undefined>(this.#knex.raw(SHOWN));
    if (!row) throw notFound(`user ${id}`);
    return userOf(row);
  }

  /**
   * Puts a new password in the old one's place, and ends every other session. Answers false where the old one is wrong. Its
   * transaction is its own, after the passwords have waited for their turn to be hashed.
   */
  async changeOwnPassword(
    id: string,
    passwords: { readonly old: string; readonly new: string },
    session: string,
  ): Promise<boolean> {
    const row = await this.#knex('di.user').where({ id }).first<UserRow | undefined>();
    if (!row || !(await isPassword(passwords.old, row.password_hash ?? (await NOBODY)))) return false;
    const hash = await hashPassword(passwords.new);
    return this.#knex.transaction(async (transaction) => {
      const changed = await transaction('di.user')
        // Whoever changed it meanwhile was quicker.
        .where({ id, password_hash: row.password_hash })
        .update({ password_hash: hash });
      if (changed !== 1) return false;
      await new PasswordLinks(transaction).forget(id);
      await new Sessions(transaction).endOthers(id, session);
      return true;
    });
  }

  /** Whoever has an address and may sign in; null where nobody does. */
  async findByEmail(email: string): Promise<User | null> {
    const row = await this.#knex('di.user as u')
      .where({ email: email.toLowerCase() })
      .whereNull('disabled_at')
      .first<ShownUserRow | undefined>(this.#knex.raw(SHOWN));
    return row ? userOf(row) : null;
  }

  /** Whether nobody can sign in to any account: the installation is new. */
  async isNobodyThere(): Promise<boolean> {
    return (await this.#knex('di.user').first<{ id: string } | undefined>('id')) === undefined;
  }

  /** Changes what is given. A new password or a disabled user ends the sessions. */
  async change(
    accountId: string,
    id: string,
    change: {
      name?: string | undefined;
      role?: Role | undefined;
      password?: string | undefined;
      isDisabled?: boolean | undefined;
    },
  ): Promise<User> {
    const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
    const disabledAt = change.isDisabled === undefined ? undefined : change.isDisabled ? new Date() : null;
    const changed = await this.#knex('di.user')
      .where({ id, account_id: accountId })
      // What is undefined stays as it is.
      .update({ name: change.name, role: change.role, password_hash: passwordHash, disabled_at: disabledAt });
    if (changed !== 1) throw notFound(`user ${id}`);
    if (change.password !== undefined || change.isDisabled === true) {
      await new PasswordLinks(this.#knex).forget(id);
      await new Sessions(this.#knex).endAll(id);
    }
    await this.#requireOwner(accountId);
    return this.hold(accountId, id);
  }

  /** Forgets whom the identity provider takes a user for, and ends their sessions: whoever comes by it is looked at anew. */
  async forgetSignOn(accountId: string, id: string): Promise<void> {
    await this.hold(accountId, id);
    await this.#knex('di.user_identity').where({ user_id: id }).delete();
    await new Sessions(this.#knex).endAll(id);
    await this.#requireOwner(accountId);
  }

  /**
   * A session of whoever has an address and a password; null where they are not right, or not theirs to use. Throws a 403 problem
   * where nobody uses one.
   *
   * @param browser as it names itself
   */
  async signIn(
    { email, password }: { readonly email: string; readonly password: string },
    browser: string | undefined,
    use: PasswordUse,
  ): Promise<{ token: string; expiresAt: string } | null> {
    if (use === 'nobody') throw passwordsOff();
    const row = await this.#knex('di.user')
      .where({ email: email.toLowerCase() })
      .first<UserRow | undefined>();
    const isRight = await isPassword(password, row?.password_hash ?? (await NOBODY));
    if (row?.password_hash == null || !isRight || row.disabled_at !== null) return null;
    if (!maySignInByPassword(use, row.role)) return null;
    return this.#knex.transaction(async (transaction) => {
      // Comparing takes a while. Whoever is disabled or has another password by then is not let in; later on, their sessions end.
      const letIn = await transaction('di.user')
        .where({ id: row.id, password_hash: row.password_hash })
        .whereNull('disabled_at')
        .update({ signed_in_at: transaction.fn.now() });
      return letIn === 1 ? new Sessions(transaction).create(row.id, browser) : null;
    });
  }

  /** An account that has users keeps one who may give access; the caller's transaction is rolled back otherwise. */
  async #requireOwner(accountId: string): Promise<void> {
    const owner = await this.#knex('di.user')
      .where({ account_id: accountId, role: 'owner' })
      .whereNull('disabled_at')
      // Whoever is invited may never come.
      .whereRaw('(password_hash IS NOT NULL OR EXISTS (SELECT FROM di.user_identity i WHERE i.user_id = id))')
      .forUpdate()
      .first<{ id: string } | undefined>('id');
    if (!owner) throw unprocessable('last-owner', say('access.last-owner'));
  }
}

/** Whether a role signs in by a password, where some do. */
export function maySignInByPassword(use: PasswordUse, role: Role): boolean {
  return use === 'everybody' || (use === 'owners' && role === 'owner');
}

/** Nobody uses a password here. */
export function passwordsOff(): Problem {
  return forbidden('passwords-off', say('access.passwords-off'));
}

function userOf(row: ShownUserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    isDisabled: row.disabled_at !== null,
    signedInAt: row.signed_in_at,
    isInvited: row.password_hash === null && !row.has_sign_on,
    hasSignOn: row.has_sign_on,
  };
}
