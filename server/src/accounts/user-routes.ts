import { z } from 'zod';
import { accountEndpoint, type Route } from '../api/route.ts';
import { requireRightsOf } from '../access/may-give.ts';
import { PasswordLinks, type PasswordLinkKind } from '../access/password-links.ts';
import { ROLES } from '../access/scopes.ts';
import {
  emailSchema as email,
  nameSchema as name,
  passwordSchema as password,
  Users,
} from '../access/users.ts';
import { LANGUAGES } from '../mail/mailer.ts';
import { Undeliverable } from '../mail/undeliverable.ts';
import { sentenceAnswer, worded } from '../messages/message-answer.ts';
import { say } from '../messages/message.ts';
import type { AccountDesk } from './account-desk.ts';
import type { LinkReader, PasswordMails } from './password-mails.ts';

const role = z.enum(ROLES);
const language = z.enum(LANGUAGES).default('en').meta({ description: 'Of the mail' });
const identified = z.strictObject({ id: z.uuid() });
const userAnswer = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role,
  isDisabled: z.boolean(),
  isInvited: z.boolean().meta({ description: 'They have not chosen a password yet' }),
  signedInAt: z.iso.datetime().nullable(),
});
const linkAnswer = z.object({
  link: z.string().nullable().meta({
    description: 'Where they choose their password, shown this once; null where a mail has brought it',
  }),
  message: z.string().nullable().meta({ description: 'Why no mail has brought it' }),
  sentence: sentenceAnswer,
});

type Desk = Pick<AccountDesk, 'limits' | 'mails'>;

/** The users of an account. */
export function userRoutes(desk: Desk): Route[] {
  return [listUsers(), addUser(desk), sendLink(desk), changeUser()];
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

function addUser({ limits, mails }: Desk): Route {
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
      const token = await new PasswordLinks(knex).make(id, 'invitation');
      return { id, ...(await bringLink(mails, 'invitation', body, token)) };
    },
  });
}

function sendLink({ limits, mails }: Desk): Route {
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
      const { user, kind, token } = await knex.transaction(async (transaction) => {
        const user = await new Users(transaction).hold(caller.accountId, params.id);
        requireRightsOf(caller, [user.role]);
        if (mails.isReal) await limits.linkMail(caller.accountId, user.email);
        const kind = user.isInvited ? 'invitation' : 'reset';
        return { user, kind, token: await new PasswordLinks(transaction).make(user.id, kind) } as const;
      });
      audit({ action: 'user.password-link-made', subject: user.id });
      return bringLink(mails, kind, { ...user, language: body.language }, token);
    },
  });
}

/** Mails a link. What no mail brings is answered, for whoever asked to pass it on. */
async function bringLink(
  mails: PasswordMails,
  kind: PasswordLinkKind,
  user: LinkReader,
  token: string,
): Promise<z.output<typeof linkAnswer>> {
  const link = mails.linkOf(token);
  if (!mails.isReal) return { link, ...worded(null) };
  try {
    await mails.send(kind, user, token);
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
