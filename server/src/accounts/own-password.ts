import { say } from '../messages/message.ts';
import { z } from 'zod';
import { unprocessable } from '../http/problem.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { userEndpoint, type Route } from '../api/route.ts';
import { passwordSchema, Users } from '../access/users.ts';

/** Whoever is signed in changes their own password, whatever their role. */
export function passwordRoute(limits: RateLimits): Route {
  return userEndpoint({
    method: 'put',
    path: '/v1/sessions/current/password',
    transactions: 'own',
    tag: 'Access',
    summary: 'Changes the password of the user who is signed in; their other sessions end',
    body: z.strictObject({ oldPassword: z.string().max(200), newPassword: passwordSchema }),
    answer: { status: 204 },
    handle: async ({ knex, user, session, body, request, audit }) => {
      // Whoever finds a browser that is signed in guesses no more than whoever signs in.
      const tries = await limits.signIn(request.ip ?? '', user.email);
      const passwords = { old: body.oldPassword, new: body.newPassword };
      if (!(await new Users(knex).changeOwnPassword(user.id, passwords, session)))
        throw unprocessable('wrong-password', say('access.wrong-old-password'));
      await tries.forgive();
      audit({ action: 'user.password-changed', subject: user.id });
    },
  });
}
