import { z } from 'zod';
import { Sessions } from '../access/sessions.ts';
import { userEndpoint, type Route } from '../api/route.ts';
import { notFound } from '../http/problem.ts';

const sessionAnswer = z.object({
  id: z.uuid(),
  signedInAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  browser: z.string().nullable().meta({ description: 'As it names itself' }),
  isCurrent: z.boolean().meta({ description: 'It is the one that asks' }),
});

/** Whoever is signed in sees where else they are, and ends what is not theirs. */
export function ownSessionRoutes(): Route[] {
  return [
    userEndpoint({
      method: 'get',
      path: '/v1/sessions',
      tag: 'Access',
      summary: 'Sessions of the user who is signed in, the newest first',
      answer: { schema: z.object({ sessions: z.array(sessionAnswer) }) },
      handle: async ({ knex, user, session }) => ({
        sessions: await new Sessions(knex).list(user.id, session),
      }),
    }),
    userEndpoint({
      method: 'delete',
      path: '/v1/sessions/{id}',
      tag: 'Access',
      summary: 'Ends a session of the user who is signed in',
      params: z.strictObject({ id: z.uuid() }),
      answer: { status: 204 },
      handle: async ({ knex, user, params, audit }) => {
        if (!(await new Sessions(knex).endOne(user.id, params.id))) throw notFound(`session ${params.id}`);
        audit({ action: 'user.session-ended', subject: user.id });
      },
    }),
  ];
}
