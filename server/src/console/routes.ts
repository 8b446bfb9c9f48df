import type { Knex } from 'knex';
import { z } from 'zod';
import { Sessions, type SignedInUser } from '../access/sessions.ts';
import { Users } from '../access/users.ts';
import { SCOPES_OF_ROLE } from '../access/scopes.ts';
import { requireOwnPage } from '../accounts/own-page.ts';
import { PASSWORD_USES, type PasswordUse } from '../process/sign-on-settings.ts';
import { SessionCookie } from '../access/session-cookie.ts';
import { unauthorized } from '../http/problem.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../api/route.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { BUILT_CONSOLE, ConsoleFiles } from './console-files.ts';

interface Stand {
  readonly limits: RateLimits;
  readonly publicUrl: string;
  /** Mails reach people. */
  readonly isMailSent: boolean;
  /** The name of the identity provider that people sign in by; null where there is none. */
  readonly signOn: string | null;
  readonly passwords: PasswordUse;
  /** Where the built console is. */
  readonly folder?: string;
}

const shown = { access: 'public', authenticate: anybody, tag: 'Console' } as const;

/** The console: its files, and the session that its page has in a cookie. */
export function consoleRoutes({ limits, publicUrl, folder = BUILT_CONSOLE, ...told }: Stand): Route[] {
  const cookie = new SessionCookie(publicUrl);
  const installation = { endpoint: publicUrl, ...told };
  return [
    ...fileRoutes(new ConsoleFiles(folder)),
    getSession(cookie, installation),
    signIn(cookie, limits, installation),
    signOut(cookie),
  ];
}

function fileRoutes(files: ConsoleFiles): Route[] {
  return [
    openEndpoint({
      ...shown,
      method: 'get',
      path: '/',
      summary: 'Leads people to the console',
      handle: ({ response }) => {
        response.redirect('/console');
        return Promise.resolve(ANSWERED);
      },
    }),
    openEndpoint({
      ...shown,
      method: 'get',
      path: '/console',
      summary: 'The console',
      answer: { type: 'text/html' },
      handle: ({ request, response }) => {
        files.sendPage(request, response);
        return Promise.resolve(ANSWERED);
      },
    }),
    openEndpoint({
      ...shown,
      method: 'get',
      path: '/console/assets/{file}',
      summary: 'Scripts and styles of the console',
      params: z.strictObject({ file: z.string().max(200) }),
      answer: { type: 'text/javascript' },
      handle: ({ request, response, params }) => {
        files.sendAsset(params.file, request, response);
        return Promise.resolve(ANSWERED);
      },
    }),
  ];
}

/** What the page is told of the server, whoever is there. */
interface Installation extends Pick<Stand, 'isMailSent' | 'signOn' | 'passwords'> {
  readonly endpoint: string;
}

const sessionAnswer = z.object({
  user: z
    .object({ email: z.string(), role: z.string(), account: z.string(), scopes: z.array(z.string()) })
    .nullable(),
  proof: z.string().nullable(),
  endpoint: z.string(),
  isNew: z.boolean().meta({ description: 'Nobody can sign in yet: the first owner is still to be made' }),
  isMailSent: z.boolean().meta({ description: 'A forgotten password is helped by mail' }),
  signOn: z.string().nullable().meta({ description: 'The name of the identity provider' }),
  passwords: z.enum(PASSWORD_USES).meta({ description: 'Who signs in by a password' }),
});

/** Who is signed in, and the proof that calls need: only a page of this origin can read the answer. */
function getSession(cookie: SessionCookie, installation: Installation): Route {
  return openEndpoint({
    ...shown,
    method: 'get',
    path: '/console/session',
    summary: 'Who is signed in to the console',
    answer: { schema: sessionAnswer },
    handle: async ({ knex, request }) => ({
      ...(await shownSession(knex, cookie, cookie.tokenOf(request))),
      ...installation,
    }),
  });
}

async function shownSession(
  knex: Knex,
  cookie: SessionCookie,
  token: string | null,
): Promise<{ user: Record<string, unknown> | null; proof: string | null; isNew: boolean }> {
  const user = token === null ? null : await new Sessions(knex).find(token);
  if (!user || token === null)
    return { user: null, proof: null, isNew: await new Users(knex).isNobodyThere() };
  return { user: await shownUser(knex, user), proof: cookie.proofOf(token), isNew: false };
}

async function shownUser(knex: Knex, user: SignedInUser): Promise<Record<string, unknown>> {
  const account = await knex('di.account').where({ id: user.accountId }).first<{ name: string }>('name');
  const { email, role } = user;
  return { email, role, account: account.name, scopes: SCOPES_OF_ROLE[role] };
}

function signIn(cookie: SessionCookie, limits: RateLimits, installation: Installation): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    path: '/console/session',
    summary: 'Signs a user in to the console',
    body: z.strictObject({ email: z.string().max(320), password: z.string().max(200) }),
    answer: { schema: sessionAnswer },
    handle: async ({ knex, body, request, response }) => {
      requireOwnPage(request);
      const tries = await limits.signIn(request.ip ?? '', body.email);
      const session = await new Users(knex).signIn(body, request.get('User-Agent'), installation.passwords);
      if (!session) throw unauthorized('wrong-password', 'The address or the password is not right.');
      await tries.forgive();
      // Whoever signs in anew leaves no session behind.
      const former = cookie.tokenOf(request);
      if (former !== null) await new Sessions(knex).end(former);
      cookie.set(response, session.token, new Date(session.expiresAt));
      return { ...(await shownSession(knex, cookie, session.token)), ...installation };
    },
  });
}

function signOut(cookie: SessionCookie): Route {
  return openEndpoint({
    ...shown,
    method: 'delete',
    path: '/console/session',
    summary: 'Signs the user of the console out',
    answer: { status: 204 },
    handle: async ({ knex, request, response }) => {
      const token = cookie.provenTokenOf(request);
      if (token !== null) await new Sessions(knex).end(token);
      cookie.clear(response);
    },
  });
}
