import type { Knex } from 'knex';
import { z } from 'zod';
import { PasswordLinks } from '../access/password-links.ts';
import { maySignInByPassword, passwordSchema, passwordsOff, Users } from '../access/users.ts';
import { anybody, openEndpoint, type Route } from '../api/route.ts';
import { unprocessable, type Problem } from '../http/problem.ts';
import { LANGUAGES, type Language } from '../mail/mailer.ts';
import { say } from '../messages/message.ts';
import type { AccountDesk } from './account-desk.ts';

const shown = { access: 'public', authenticate: anybody, tag: 'Access' } as const;
const token = z.string().min(1).max(200);

/** Who has forgotten a password asks for a link, and whoever has a link chooses a password. */
export function passwordLinkRoutes(desk: AccountDesk): Route[] {
  return [askForLink(desk), readLink(desk), usePasswordLink(desk)];
}

function askForLink({ limits, mails, logger, passwords }: AccountDesk): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    path: '/v1/password-resets',
    summary:
      'Mails a link by which a password is chosen, if somebody has this address; the answer is the same if not',
    body: z.strictObject({ email: z.string().max(320), language: z.enum(LANGUAGES).default('en') }),
    answer: { status: 202, schema: z.object({}) },
    handle: async ({ knex, body, request }) => {
      await limits.passwordReset(request.ip ?? '', body.email);
      // Not waited for: how long an answer takes says nothing of who is there.
      void mailLink({ knex, mails, logger, passwords }, body.email, body.language);
      return {};
    },
  });
}

async function mailLink(
  { knex, mails, logger, passwords }: Omit<AccountDesk, 'limits'> & { readonly knex: Knex },
  email: string,
  language: Language,
): Promise<void> {
  // A link that reaches nobody would only end the one before.
  if (!mails.isReal) return;
  try {
    const user = await new Users(knex).findByEmail(email);
    if (user === null || !maySignInByPassword(passwords, user.role)) return;
    const link = await new PasswordLinks(knex).makeForAsker(user.id);
    if (link !== null) await mails.send('reset', { ...user, language }, mails.linkOf(link));
  } catch (error) {
    logger.error({ err: error }, 'a link to choose a password was not mailed');
  }
}

function readLink({ limits }: AccountDesk): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    path: '/v1/password-links/read',
    summary: 'Whose password a link chooses',
    body: z.strictObject({ token }),
    answer: { schema: z.object({ email: z.string(), name: z.string() }) },
    handle: async ({ knex, body, request }) => {
      const user = await new PasswordLinks(knex).find(body.token);
      if (!user) {
        await limits.wrongLink(request.ip ?? '');
        throw wrongLink();
      }
      return { email: user.email, name: user.name };
    },
  });
}

function usePasswordLink({ limits, passwords }: AccountDesk): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    path: '/v1/password-links/use',
    summary: 'Chooses a password by a link, which is used up by it; every session of the user ends',
    body: z.strictObject({ token, password: passwordSchema }),
    answer: { schema: z.object({ email: z.string() }) },
    handle: async ({ knex, body, request, response }) => {
      if (passwords === 'nobody') throw passwordsOff();
      const requestId = response.get('X-Request-Id') ?? '';
      const user = await new PasswordLinks(knex).use(body.token, body.password, requestId);
      if (!user) {
        await limits.wrongLink(request.ip ?? '');
        throw wrongLink();
      }
      return { email: user.email };
    },
  });
}

function wrongLink(): Problem {
  return unprocessable('wrong-password-link', say('access.wrong-password-link'));
}
