import { z } from 'zod';
import { mayStill } from '../access/actors.ts';
import { Problem } from '../http/problem.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../api/route.ts';
import { tokenFault } from '../salesforce/faults.ts';
import { SalesforceFault } from '../salesforce/org.ts';
import { KnownBrowser, hashBrowser } from '../access/known-browser.ts';
import type { AuthorizationRequest } from './authorization-requests.ts';
import type { AuthorizationDesk } from './authorization-routes.ts';
import { keepWebLogIn, verifyLogIn, type VerifiedLogIn } from './authorize-org.ts';
import { callbackPage, PAGE_HEADERS } from './callback-page.ts';
import { Connections } from './connections.ts';
import type { Knex } from 'knex';

const parameter = z.string().max(4096).optional();

export const CALLBACK_PATH = '/oauth/salesforce/callback';

/** Salesforce sends the browser here; whoever sits before it reads how it went. */
export function getCallback(desk: AuthorizationDesk): Route {
  const browsers = new KnownBrowser(desk.redirect, 'authorization');
  return openEndpoint({
    method: 'get',
    path: CALLBACK_PATH,
    access: 'public',
    authenticate: anybody,
    tag: 'Connections',
    summary: 'Ends an authorization in the browser with a page that says how it went',
    // Salesforce may send more than is documented.
    query: z.object({ code: parameter, state: parameter, error: parameter, error_description: parameter }),
    answer: { type: 'text/html' },
    handle: async ({ knex, query, request, response }) => {
      const requestId = response.get('X-Request-Id') ?? '';
      const outcome = await ended(desk, knex, { query, browser: browsers.of(request), requestId });
      response
        .status(outcome.status)
        .set(PAGE_HEADERS)
        .type('html')
        .send(callbackPage(outcome.title, outcome.sentences));
      return ANSWERED;
    },
  });
}

interface Outcome {
  readonly status: number;
  readonly title: string;
  readonly sentences: readonly string[];
}

const failed = (status: number, ...sentences: readonly string[]): Outcome => ({
  status,
  title: 'The connection was not authorized',
  sentences,
});

interface Query {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
}

interface Return {
  readonly query: Query;
  readonly browser: string | null;
  readonly requestId: string;
}

async function ended(
  desk: AuthorizationDesk,
  knex: Knex,
  { query, browser, requestId }: Return,
): Promise<Outcome> {
  const { state } = query;
  const browserHash = browser === null ? null : hashBrowser(browser);
  const request = state === undefined ? null : await desk.requests.redeem(state, browserHash);
  if (!request)
    return failed(
      400,
      'This log-in is not one that was begun here in this browser, was used already, or took longer than 15 minutes.',
      'Start the authorization again on the connection’s page.',
    );
  if (query.error !== undefined)
    return failed(400, tokenFault(query.error, query.error_description ?? '', 400).message);
  if (query.code === undefined) return failed(400, 'Salesforce sent no code. Start the authorization again.');
  try {
    const { granted, organization, userName } = await logIn(desk, knex, request, query.code, requestId);
    return {
      status: 200,
      title: 'The connection is authorized',
      sentences: [
        `Organization: ${organization.name} (${granted.organizationId}, ${organization.edition}${organization.isSandbox ? ', sandbox' : ''}).`,
        `User: ${userName}.`,
        'You can close this window.',
      ],
    };
  } catch (error) {
    if (error instanceof SalesforceFault) return failed(error.kind === 'retry' ? 503 : 422, error.message);
    if (error instanceof Problem) return failed(error.status, error.message);
    throw error;
  }
}

async function logIn(
  desk: AuthorizationDesk,
  knex: Knex,
  request: AuthorizationRequest,
  code: string,
  requestId: string,
): Promise<VerifiedLogIn> {
  const { accountId, actor, loginOrigin } = request;
  if (!(await mayStill(knex, accountId, actor, 'connections:write')))
    throw new SalesforceFault('stop', 'not-allowed', `${actor.name} may not authorize connections any more.`);
  const connection = await new Connections(knex, accountId).find(request.connectionId);
  const app = request.app ?? desk.logIn.app;
  if (!app)
    throw new SalesforceFault('stop', 'no-client-app', 'The server has no app in Salesforce any more.');
  const granted = await desk.logIn.grants.byCode(loginOrigin, app, {
    code,
    verifier: request.verifier,
    redirect: desk.redirect,
  });
  const { refreshToken } = granted;
  if (refreshToken === null)
    throw new SalesforceFault(
      'stop',
      'no-refresh-token',
      'The app gave no refresh token. Add the scope “Perform requests at any time (refresh_token, offline_access)” in its OAuth settings, and authorize again.',
    );
  try {
    const verified = await verifyLogIn(connection, granted);
    const credentials = { kind: 'web-server', app: request.app, refreshToken } as const;
    const kept = { loginOrigin, clientId: app.clientId, credentials };
    await keepWebLogIn(knex, desk.authorizations, connection, verified, kept, { actor, requestId });
    return verified;
  } catch (error) {
    // Access to an org that is not kept is given back.
    await desk.logIn.grants.revoke(loginOrigin, refreshToken);
    throw error;
  }
}
