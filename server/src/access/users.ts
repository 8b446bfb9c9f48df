import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { hashPassword, isPassword } from './passwords.ts';
import type { Role } from './scopes.ts';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import { PasswordLinks } from './password-links.ts';
import { Sessions } from './sessions.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  readonly signedInAt: Date | null;
  /** They have not chosen a password yet. */
  readonly isInvited: boolean;
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
    const rows = await this.#knex('di.user')
      .where({ account_id: accountId })
      .orderBy('email')
      .select<UserRow[]>();
    return rows.map(userOf);
  }

  /** A user as they are, and stay until the transaction ends. Throws a 404 problem. */
  async hold(accountId: string, id: string): Promise<User> {
    const row = await this.#knex('di.user')
      .where({ id, account_id: accountId })
      .forUpdate()
      .first<UserRow | undefined>();
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
    const row = await this.#knex('di.user')
      .where({ email: email.toLowerCase() })
      .whereNull('disabled_at')
      .first<UserRow | undefined>();
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
    const [row] = await this.#knex('di.user')
      .where({ id, account_id: accountId })
      // What is undefined stays as it is.
      .update({ name: change.name, role: change.role, password_hash: passwordHash, disabled_at: disabledAt })
      .returning<UserRow[]>('*');
    if (!row) throw notFound(`user ${id}`);
    if (change.password !== undefined || change.isDisabled === true) {
      await new PasswordLinks(this.#knex).forget(id);
      await new Sessions(this.#knex).endAll(id);
    }
    await this.#requireOwner(accountId);
    return userOf(row);
  }

  /** A session of whoever has an address and a password; null where they are not right. */
  async signIn(
    email: string,
    password: string,
    browser: string | undefined,
  ): Promise<{ token: string; expiresAt: string } | null> {
    const row = await this.#knex('di.user')
      .where({ email: email.toLowerCase() })
      .first<UserRow | undefined>();
    const isRight = await isPassword(password, row?.password_hash ?? (await NOBODY));
    if (row?.password_hash == null || !isRight || row.disabled_at !== null) return null;
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
      .whereNotNull('password_hash')
      .forUpdate()
      .first<{ id: string } | undefined>('id');
    if (!owner) throw unprocessable('last-owner', say('access.last-owner'));
  }
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    isDisabled: row.disabled_at !== null,
    signedInAt: row.signed_in_at,
    isInvited: row.password_hash === null,
  };
}
