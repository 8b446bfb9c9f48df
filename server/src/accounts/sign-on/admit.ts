import type { Knex } from 'knex';
import { audit } from '../../access/audit-log.ts';
import { Sessions } from '../../access/sessions.ts';
import { emailSchema, Users } from '../../access/users.ts';
import type { RoleByDomain, SignOnSettings } from '../../process/sign-on-settings.ts';
import type { SignedOn } from './provider.ts';

/** Why somebody whom the provider knows is not let in. */
export type NotAdmitted = 'unverified' | 'not-invited' | 'has-password' | 'other-identity' | 'disabled';

export type Admission =
  | { readonly session: { readonly token: string; readonly expiresAt: string } }
  | { readonly refusal: NotAdmitted };

/** What is known of how somebody came. */
export interface Visit {
  readonly browser: string | undefined;
  readonly requestId: string;
}

interface UserRow {
  readonly id: string;
  readonly account_id: string;
  readonly email: string;
  readonly password_hash: string | null;
  readonly disabled_at: Date | null;
}

/**
 * Lets in whoever the provider names. They are known by what it calls them, and their address counts once: when they come for
 * the first time. Then the provider has to have verified it, and it belongs to somebody who was invited and has not come yet,
 * or to a domain that the settings say the provider speaks for. Nobody gets at a user of another account, or at one whom the
 * provider already knows by another name. Call it in a transaction.
 */
export async function admit(
  transaction: Knex,
  settings: SignOnSettings,
  who: SignedOn,
  visit: Visit,
): Promise<Admission> {
  const known = await transaction<UserRow>('di.user as u')
    .join('di.user_identity as i', 'i.user_id', 'u.id')
    .where({ 'i.issuer': who.issuer, 'i.subject': who.subject })
    .forUpdate('u')
    .first<UserRow | undefined>('u.*');
  const user = known ?? (await connect(transaction, settings, who, visit));
  if (typeof user === 'string') return { refusal: user };
  if (user.disabled_at !== null) return { refusal: 'disabled' };
  await transaction('di.user').where({ id: user.id }).update({ signed_in_at: transaction.fn.now() });
  return { session: await new Sessions(transaction).create(user.id, visit.browser) };
}

/** Connects somebody who has come for the first time with the user of their address, or with a new one. */
async function connect(
  transaction: Knex,
  settings: SignOnSettings,
  who: SignedOn,
  visit: Visit,
): Promise<UserRow | NotAdmitted> {
  const email = emailSchema.safeParse(who.email).data;
  if (email === undefined || !who.isEmailVerified) return 'unverified';
  const account = await transaction('di.account')
    .where({ name: settings.account })
    .first<{ id: string } | undefined>('id');
  if (!account) return 'not-invited';
  const role = settings.domains.get(email.slice(email.lastIndexOf('@') + 1));
  const user = (await userOf(transaction, email)) ?? null;
  const refusal = await refusalOf(transaction, user, account.id, role);
  if (refusal !== null) return refusal;
  const connected = user ?? (await makeUser(transaction, account.id, { ...who, email, role }, visit));
  if (typeof connected === 'string') return connected;
  await transaction('di.user_identity').insert({
    issuer: who.issuer,
    subject: who.subject,
    user_id: connected.id,
  });
  await note(transaction, connected, visit, {
    action: 'user.sign-on-connected',
    detail: { issuer: who.issuer },
  });
  return connected;
}

async function userOf(transaction: Knex, email: string): Promise<UserRow | undefined> {
  return transaction('di.user').where({ email }).forUpdate().first<UserRow | undefined>();
}

/** @param user who has the address; null for nobody */
async function refusalOf(
  transaction: Knex,
  user: UserRow | null,
  accountId: string,
  role: RoleByDomain | undefined,
): Promise<NotAdmitted | null> {
  if (user === null) return role === undefined ? 'not-invited' : null;
  if (user.account_id !== accountId) return 'not-invited';
  if (user.disabled_at !== null) return 'disabled';
  const other = await transaction('di.user_identity').where({ user_id: user.id }).first<object | undefined>();
  if (other) return 'other-identity';
  // Whoever has chosen a password has come already: another's word on the address alone does not make them the same person.
  return user.password_hash !== null && role === undefined ? 'has-password' : null;
}

async function makeUser(
  transaction: Knex,
  accountId: string,
  who: { readonly email: string; readonly name: string | null; readonly role: RoleByDomain | undefined },
  visit: Visit,
): Promise<UserRow | NotAdmitted> {
  const { email, role } = who;
  if (role === undefined) return 'not-invited';
  const name = (who.name ?? '').trim().slice(0, 255) || email;
  const id = await new Users(transaction).create(accountId, { email, name, role });
  const user = { id, account_id: accountId, email, password_hash: null, disabled_at: null };
  await note(transaction, user, visit, { action: 'user.created', detail: { email, role, by: 'domain' } });
  return user;
}

async function note(
  transaction: Knex,
  user: UserRow,
  { requestId }: Visit,
  entry: { readonly action: string; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const actor = { kind: 'user', id: user.id, name: user.email } as const;
  await audit(transaction, { accountId: user.account_id, actor }, requestId, { subject: user.id, ...entry });
}
