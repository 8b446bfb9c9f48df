import { say } from '../messages/message.ts';
import { z } from 'zod';
import { unprocessable } from '../http/problem.ts';
import { userEndpoint, type Route } from '../api/route.ts';
import { maySignInByPassword, passwordSchema, passwordsOff, Users } from '../access/users.ts';
import { LANGUAGES } from '../mail/mailer.ts';
import type { AccountDesk } from './account-desk.ts';

/** Whoever is signed in changes their own password, whatever their role. */
export function passwordRoute({ limits, passwords, mails, logger }: AccountDesk): Route {
  return userEndpoint({
    method: 'put',
    path: '/v1/sessions/current/password',
    transactions: 'own',
    tag: 'Access',
    summary: 'Changes the password of the user who is signed in; their other sessions end',
    body: z.strictObject({
      oldPassword: z.string().max(200),
      newPassword: passwordSchema,
      language: z.enum(LANGUAGES).default('en').meta({ description: 'Of the mail that says so' }),
    }),
    answer: { status: 204 },
    handle: async ({ knex, user, session, body, request, audit }) => {
      if (!maySignInByPassword(passwords, user.role)) throw passwordsOff();
      // Whoever finds a browser that is signed in guesses no more than whoever signs in.
      const tries = await limits.signIn(request.ip ?? '', user.email);
      const change = { old: body.oldPassword, new: body.newPassword };
      if (!(await new Users(knex).changeOwnPassword(user.id, change, session)))
        throw unprocessable('wrong-password', say('access.wrong-old-password'));
      await tries.forgive();
      audit({ action: 'user.password-changed', subject: user.id });
      // Not waited for: the password is changed, whatever the mail server says.
      void mails.tellOfChange({ ...user, name: user.email, language: body.language }, logger);
    },
  });
}
