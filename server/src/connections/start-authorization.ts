import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Sessions } from '../access/sessions.ts';
import { SessionCookie } from '../access/session-cookie.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../api/route.ts';
import { authorizeAddress } from '../salesforce/grants.ts';
import { KnownBrowser, hashBrowser, isProof, proofOf } from '../access/known-browser.ts';
import { challengeOf, type AuthorizationRequest } from './authorization-requests.ts';
import type { AuthorizationDesk } from './authorization-routes.ts';
import { callbackPage, PAGE_HEADERS } from './callback-page.ts';
import { startPage, startPageHeaders } from './start-page.ts';

export const START_PATH = '/oauth/salesforce/start';

const FORM_LIMIT = 10_000;
const shown = { path: START_PATH, access: 'public', authenticate: anybody, tag: 'Connections' } as const;

/**
 * Where an authorization in the browser begins. Whoever completes it gives access to their org: so it is bound to the
 * browser that begins here (RFC 9700, 4.7), which is that of the user who asked for it, known by the console's session, or
 * of somebody who was told what they are asked for, and went on. The address at Salesforce alone leads nowhere: another
 * browser that comes back from it is refused, whatever was cut out of it.
 */
export function startRoutes(desk: AuthorizationDesk): Route[] {
  const browsers = new KnownBrowser(desk.redirect, 'authorization');
  const session = new SessionCookie(desk.redirect);
  return [showRoute(desk, browsers, session), continueRoute(desk, browsers)];
}

function showRoute(desk: AuthorizationDesk, browsers: KnownBrowser, session: SessionCookie): Route {
  return openEndpoint({
    ...shown,
    method: 'get',
    summary: 'Begins an authorization in the browser: leads to Salesforce, or asks first',
    query: z.strictObject({ state: z.string().max(100) }),
    answer: { type: 'text/html' },
    handle: async ({ knex, query: { state }, request, response }) => {
      const begun = await desk.requests.find(state);
      if (!begun) return refuse(response);
      const browser = browsers.known(request, response);
      if (await isBeginner(knex, session.tokenOf(request), begun))
        return lead(desk, response, { state, begun, browser });
      response
        .set(startPageHeaders(begun.loginOrigin))
        .type('html')
        .send(startPage(await told(knex, begun), { state, proof: proofOf(browser, state) }));
      return ANSWERED;
    },
  });
}

function continueRoute(desk: AuthorizationDesk, browsers: KnownBrowser): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    summary: 'Goes on to Salesforce, after the page before has said what for',
    query: z.strictObject({ state: z.string().max(100).optional() }),
    bodyKind: 'bytes',
    bodyLimit: FORM_LIMIT,
    answer: { status: 303 },
    handle: async ({ request, response }) => {
      const form = new URLSearchParams(request.rawBody?.toString('utf8') ?? '');
      const state = form.get('state') ?? '';
      const browser = browsers.of(request);
      const begun = isOwnPage(request) ? await desk.requests.find(state) : null;
      if (!begun || browser === null || !isProof(form.get('proof') ?? '', browser, state))
        return refuse(response);
      return lead(desk, response, { state, begun, browser });
    },
  });
}

/** Whether the console's session is that of the user who began it. */
async function isBeginner(
  knex: Knex,
  token: string | null,
  { actor }: AuthorizationRequest,
): Promise<boolean> {
  if (token === null || actor.kind !== 'user') return false;
  return (await new Sessions(knex).find(token))?.id === actor.id;
}

function isOwnPage(request: Request): boolean {
  const site = request.get('Sec-Fetch-Site');
  return site === undefined || site === 'same-origin';
}

/** Binds the authorization to the browser, and leads it to Salesforce. */
async function lead(
  desk: AuthorizationDesk,
  response: Response,
  { state, begun, browser }: { state: string; begun: AuthorizationRequest; browser: string },
): Promise<typeof ANSWERED> {
  const app = begun.app ?? desk.logIn.app;
  if (!app || !(await desk.requests.bind(state, hashBrowser(browser)))) return refuse(response);
  const challenge = challengeOf(begun.verifier);
  response.set(PAGE_HEADERS);
  response.redirect(
    303,
    authorizeAddress(begun.loginOrigin, app, { redirect: desk.redirect, state, challenge }),
  );
  return ANSWERED;
}

function refuse(response: Response): typeof ANSWERED {
  response
    .status(400)
    .set(PAGE_HEADERS)
    .type('html')
    .send(
      callbackPage('The authorization cannot begin', [
        'This log-in is not one that was begun here, was used already, or took longer than 15 minutes.',
        'Start the authorization again on the connection’s page.',
      ]),
    );
  return ANSWERED;
}

async function told(knex: Knex, begun: AuthorizationRequest): Promise<Parameters<typeof startPage>[0]> {
  const row = await knex('di.connection as c')
    .join('di.project as p', 'p.id', 'c.project_id')
    .join('di.account as a', 'a.id', 'c.account_id')
    .where({ 'c.id': begun.connectionId, 'c.account_id': begun.accountId })
    .first<{ account: string; project: string; connection: string }>(
      'a.name as account',
      'p.name as project',
      'c.name as connection',
    );
  return {
    ...row,
    actorKind: begun.actor.kind,
    actorName: begun.actor.name,
    loginOrigin: begun.loginOrigin,
  };
}
