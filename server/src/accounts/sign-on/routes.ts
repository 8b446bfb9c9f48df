import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { z } from 'zod';
import { hashBrowser, KnownBrowser } from '../../access/known-browser.ts';
import type { SecretBox } from '../../access/secret-box.ts';
import { SessionCookie } from '../../access/session-cookie.ts';
import { Sessions } from '../../access/sessions.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../../api/route.ts';
import { unavailable } from '../../http/problem.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { say } from '../../messages/message.ts';
import type { SignOnSettings } from '../../process/sign-on-settings.ts';
import { admit, type Admission, type NotAdmitted } from './admit.ts';
import { SignOnProvider, type SignedOn } from './provider.ts';
import { faultOf, type SignOnFault } from './faults.ts';
import { SignOnRequests, type SignOnRequest } from './sign-on-requests.ts';
import { requireOwnPage } from '../own-page.ts';

/** What the sign-on stands on. */
export interface SignOnDesk {
  readonly settings: SignOnSettings;
  readonly box: SecretBox;
  readonly limits: RateLimits;
  readonly publicUrl: string;
  readonly logger: Logger;
}

const PATH = '/console/sign-on';
const CALLBACK = `${PATH}/callback`;
const RETRY_SECONDS = 30;
const shown = { access: 'public', authenticate: anybody, tag: 'Console' } as const;
/** A place in the console, and nowhere else. */
const placeSchema = z
  .string()
  .max(500)
  .regex(/^#\/[\w\-./%?=&]*$/);

/** Signing in to the console by an identity provider. */
export function signOnRoutes(desk: SignOnDesk): Route[] {
  const provider = new SignOnProvider(desk.settings, `${desk.publicUrl}${CALLBACK}`);
  const browsers = new KnownBrowser(desk.publicUrl, 'sign-on');
  return [beginRoute(desk, provider, browsers), callbackRoute(desk, provider, browsers)];
}

function beginRoute(desk: SignOnDesk, provider: SignOnProvider, browsers: KnownBrowser): Route {
  return openEndpoint({
    ...shown,
    method: 'post',
    path: PATH,
    summary: 'Begins a sign-on by the identity provider, for this browser',
    body: z.strictObject({ returnTo: placeSchema.optional() }),
    answer: { schema: z.object({ address: z.string().meta({ description: 'Where the browser goes' }) }) },
    handle: async ({ knex, body, request, response }) => {
      requireOwnPage(request);
      await desk.limits.signOn(request.ip ?? '');
      const secrets = await provider.newSecrets();
      const address = await provider.addressFor(secrets).catch((error: unknown) => {
        desk.logger.error({ err: error }, 'the identity provider does not answer');
        throw unavailable('sign-on-unreachable', say('access.sign-on-unreachable'), RETRY_SECONDS);
      });
      const browser = browsers.known(request, response);
      const { state, nonce, verifier } = secrets;
      const kept = { nonce, verifier, returnTo: body.returnTo ?? '' };
      await new SignOnRequests(knex, desk.box).keep(state, hashBrowser(browser), kept);
      return { address };
    },
  });
}

type Refusal = NotAdmitted | SignOnFault | 'expired';

function callbackRoute(desk: SignOnDesk, provider: SignOnProvider, browsers: KnownBrowser): Route {
  const cookie = new SessionCookie(desk.publicUrl);
  return openEndpoint({
    ...shown,
    method: 'get',
    path: CALLBACK,
    summary: 'Ends a sign-on, and leads back to the console',
    // Providers may send more than is documented.
    query: z.looseObject({ state: z.string().max(500).optional() }),
    answer: { status: 303 },
    handle: async ({ knex, query, request, response }) => {
      response.set('Referrer-Policy', 'no-referrer');
      const begun = await redeemed(desk, knex, query.state, browsers.of(request));
      if (begun === null) return leave(response, refused('expired'));
      const who = await whoCameBack(desk, provider, request, begun);
      if (typeof who === 'string') return leave(response, refused(who));
      const admission = await admitted(desk, knex, who, request, response);
      if ('refusal' in admission) return leave(response, refused(admission.refusal));
      // Whoever signs in anew leaves no session behind.
      const former = cookie.tokenOf(request);
      if (former !== null) await new Sessions(knex).end(former);
      cookie.set(response, admission.session.token, new Date(admission.session.expiresAt));
      return leave(response, begun.request.returnTo);
    },
  });
}

interface Begun {
  readonly state: string;
  readonly request: SignOnRequest;
}

async function redeemed(
  { box }: SignOnDesk,
  knex: Knex,
  state: string | undefined,
  browser: string | null,
): Promise<Begun | null> {
  if (state === undefined || browser === null) return null;
  const request = await new SignOnRequests(knex, box).redeem(state, hashBrowser(browser));
  return request && { state, request };
}

async function whoCameBack(
  { logger }: SignOnDesk,
  provider: SignOnProvider,
  { originalUrl }: Request,
  { state, request: { nonce, verifier } }: Begun,
): Promise<SignedOn | SignOnFault> {
  try {
    const mark = originalUrl.indexOf('?');
    return await provider.whoCameBack(originalUrl.slice(mark), { state, nonce, verifier });
  } catch (error) {
    const fault = await faultOf(error);
    logger.warn(
      { fault, reason: error instanceof Error ? error.message : String(error) },
      'a sign-on failed',
    );
    return fault;
  }
}

async function admitted(
  { settings, logger }: SignOnDesk,
  knex: Knex,
  who: SignedOn,
  request: Request,
  response: Response,
): Promise<Admission> {
  const visit = { browser: request.get('User-Agent'), requestId: response.get('X-Request-Id') ?? '' };
  const admission = await knex.transaction((transaction) => admit(transaction, settings, who, visit));
  if ('refusal' in admission)
    logger.warn(
      { issuer: who.issuer, subject: who.subject, refusal: admission.refusal },
      'a sign-on was refused',
    );
  return admission;
}

/** The page where one signs in says why, in its own language. */
function refused(refusal: Refusal): string {
  return `#/?refused=${refusal}`;
}

function leave(response: Response, place: string): typeof ANSWERED {
  response.redirect(303, `/console${place}`);
  return ANSWERED;
}
