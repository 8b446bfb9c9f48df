import { z } from 'zod';
import { accountEndpoint, type Route } from '../api/route.ts';
import { requireRightsOf } from '../access/may-give.ts';
import { PasswordLinks } from '../access/password-links.ts';
import { ROLES } from '../access/scopes.ts';
import {
  emailSchema as email,
  nameSchema as name,
  maySignInByPassword,
  passwordSchema as password,
  Users,
} from '../access/users.ts';
import { LANGUAGES } from '../mail/mailer.ts';
import { Undeliverable } from '../mail/undeliverable.ts';
import { sentenceAnswer, worded } from '../messages/message-answer.ts';
import { say } from '../messages/message.ts';
import type { AccountDesk } from './account-desk.ts';
import type { LinkReader, MailKind, PasswordMails } from './password-mails.ts';

const role = z.enum(ROLES);
const language = z.enum(LANGUAGES).default('en').meta({ description: 'Of the mail' });
const identified = z.strictObject({ id: z.uuid() });
const userAnswer = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role,
  isDisabled: z.boolean(),
  isInvited: z.boolean().meta({ description: 'They have not come yet' }),
  hasSignOn: z.boolean().meta({ description: 'The identity provider knows them' }),
  signedInAt: z.iso.datetime().nullable(),
});
const linkAnswer = z.object({
  link: z.string().nullable().meta({
    description: 'Where they choose their password, shown this once; null where a mail has brought it',
  }),
  message: z.string().nullable().meta({ description: 'Why no mail has brought it' }),
  sentence: sentenceAnswer,
});

type Desk = Pick<AccountDesk, 'limits' | 'mails' | 'passwords'>;

/** The users of an account. */
export function userRoutes(desk: Desk): Route[] {
  return [listUsers(), addUser(desk), sendLink(desk), changeUser(), forgetSignOn()];
}

function listUsers(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/users',
    scope: 'access:read',
    tag: 'Access',
    summary: 'Users of the account',
    answer: { schema: z.object({ users: z.array(userAnswer) }) },
    handle: async ({ knex, caller }) => ({ users: await new Users(knex).list(caller.accountId) }),
  });
}

function addUser({ limits, mails, passwords }: Desk): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/users',
    scope: 'access:write',
    transactions: 'own',
    tag: 'Access',
    summary: 'Adds a user; without a password they are invited, and choose their own',
    body: z.strictObject({ email, name, role, password: password.optional(), language }),
    answer: { status: 201, schema: z.object({ id: z.uuid(), ...linkAnswer.shape }) },
    handle: async ({ knex, caller, body, audit }) => {
      requireRightsOf(caller, [body.role]);
      if (body.password === undefined && mails.isReal) await limits.linkMail(caller.accountId, body.email);
      const id = await new Users(knex).create(caller.accountId, body);
      audit({ action: 'user.created', subject: id, detail: { email: body.email, role: body.role } });
      if (body.password !== undefined) return { id, link: null, ...worded(null) };
      if (!maySignInByPassword(passwords, body.role))
        return { id, ...(await bringLink(mails, 'welcome', body, mails.console)) };
      const token = await new PasswordLinks(knex).make(id, 'invitation');
      return { id, ...(await bringLink(mails, 'invitation', body, mails.linkOf(token))) };
    },
  });
}

function sendLink({ limits, mails, passwords }: Desk): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/users/{id}/password-link',
    scope: 'access:write',
    transactions: 'own',
    tag: 'Access',
    summary:
      'Has a user choose a new password by a link, which ends the link before; the old password goes on until then',
    params: identified,
    body: z.strictObject({ language }),
    answer: { schema: linkAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const { user, kind, link } = await knex.transaction(async (transaction) => {
        const user = await new Users(transaction).hold(caller.accountId, params.id);
        requireRightsOf(caller, [user.role]);
        if (mails.isReal) await limits.linkMail(caller.accountId, user.email);
        if (!maySignInByPassword(passwords, user.role))
          return { user, kind: 'welcome', link: mails.console } as const;
        const kind = user.isInvited ? 'invitation' : 'reset';
        const token = await new PasswordLinks(transaction).make(user.id, kind);
        return { user, kind, link: mails.linkOf(token) } as const;
      });
      audit({ action: 'user.password-link-made', subject: user.id });
      return bringLink(mails, kind, { ...user, language: body.language }, link);
    },
  });
}

/** Mails a link. What no mail brings is answered, for whoever asked to pass it on. */
async function bringLink(
  mails: PasswordMails,
  kind: MailKind,
  user: LinkReader,
  link: string,
): Promise<z.output<typeof linkAnswer>> {
  if (!mails.isReal) return { link, ...worded(null) };
  try {
    await mails.send(kind, user, link);
    return { link: null, ...worded(null) };
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error;
    return { link, ...worded(say('access.mail-refused', { reason: error.message })) };
  }
}

function changeUser(): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/users/{id}',
    scope: 'access:write',
    tag: 'Access',
    summary: 'Changes a user; a new password or disabling ends the user’s sessions',
    params: identified,
    body: z
      .strictObject({ name, role, password, isDisabled: z.boolean() })
      .partial()
      .refine((change) => Object.keys(change).length > 0, 'say what to change'),
    answer: { schema: userAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const users = new Users(knex);
      const before = await users.hold(caller.accountId, params.id);
      requireRightsOf(caller, [before.role, body.role ?? before.role]);
      const user = await users.change(caller.accountId, params.id, body);
      audit({ action: 'user.changed', subject: user.id, detail: { changed: Object.keys(body) } });
      return user;
    },
  });
}

function forgetSignOn(): Route {
  return accountEndpoint({
    method: 'delete',
    path: '/v1/admin/users/{id}/sign-on',
    scope: 'access:write',
    tag: 'Access',
    summary: 'Forgets whom the identity provider takes a user for; the user’s sessions end',
    params: identified,
    answer: { status: 204 },
    handle: async ({ knex, caller, params, audit }) => {
      const users = new Users(knex);
      requireRightsOf(caller, [(await users.hold(caller.accountId, params.id)).role]);
      await users.forgetSignOn(caller.accountId, params.id);
      audit({ action: 'user.sign-on-forgotten', subject: params.id });
    },
  });
}
