import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { knexSession } from '../../database/session.ts';
import { readText } from '../../http/inputs.ts';
import { Problem } from '../../http/problem.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../../api/route.ts';
import type { ConsentKeys } from '../consent-keys.ts';
import type { ConsentSource } from '../consent-rules.ts';
import { openLink, verifyToken, type LinkVisit } from '../links.ts';
import { currentMoment } from '../moments.ts';
import { brokenLinkPage, linkPage, questionOf, type Deed } from './link-page.ts';
import { policyOf, type LinkPage } from './page-style.ts';
import { bestLanguage } from './texts.ts';
import { PersonalActs } from '../personal-acts.ts';

interface LinkServices {
  readonly keys: ConsentKeys;
  readonly limits: RateLimits;
}

const PATH = '/u/{token}';
const params = z.strictObject({ token: readText(2000) });
/** Whatever a mailer adds to the address is no reason to refuse somebody. */
const query = z.looseObject({});
const FORM_LIMIT = 10_000;

/** What people reach by the links in their mails. */
export function publicLinkRoutes(services: LinkServices): Route[] {
  return [pageRoute(services), actRoute(services)];
}

function pageRoute({ keys, limits }: LinkServices): Route {
  return openEndpoint({
    method: 'get',
    path: PATH,
    access: 'public',
    tag: 'Links',
    summary: 'The page of a link',
    description: 'Changes nothing: scanners of mail follow every link.',
    params,
    query,
    answer: { type: 'text/html' },
    authenticate: anybody,
    handle: async ({ knex, params: { token }, request, response }) => {
      const visit = await visited(knex, keys, limits, request, token);
      const now = await currentMoment(knexSession(knex));
      if (visit) sendPage(response, linkPage({ visit, language: languageOf(request), deed: null, now }));
      else refuse(request, response);
      return ANSWERED;
    },
  });
}

function actRoute({ keys, limits }: LinkServices): Route {
  return openEndpoint({
    method: 'post',
    path: PATH,
    access: 'public',
    tag: 'Links',
    summary: 'Unsubscribes with one click (RFC 8058), or does what the link’s page asks',
    description:
      'A form, urlencoded or multipart. List-Unsubscribe=One-Click withdraws at once, without cookies, redirects or questions; done twice it is done once.',
    params,
    query,
    bodyKind: 'bytes',
    bodyLimit: FORM_LIMIT,
    answer: { type: 'text/html' },
    authenticate: anybody,
    handle: async ({ knex, params: { token }, request, response }) => {
      const visit = await visited(knex, keys, limits, request, token);
      if (!visit) {
        refuse(request, response);
        return ANSWERED;
      }
      const form = await formOf(request);
      const now = await currentMoment(knexSession(knex));
      const act = { visit, form, now, request, response };
      const deed = await carryOut(new PersonalActs(knex, keys), act);
      if (form.get('List-Unsubscribe') === 'One-Click') {
        response.type('text/plain').send('Unsubscribed.\n');
        return ANSWERED;
      }
      const after = (await openLink(knex, visit.claims)) ?? visit;
      sendPage(response, linkPage({ visit: after, language: languageOf(request), deed, now }));
      return ANSWERED;
    },
  });
}

/** Null for a link that nobody here has signed, or that was revoked: nobody learns which. */
async function visited(
  knex: Knex,
  keys: ConsentKeys,
  limits: RateLimits,
  request: Request,
  token: string,
): Promise<LinkVisit | null> {
  const claims = await verifyToken(knexSession(knex), keys, token);
  if (claims === null) {
    await limits.wrongLink(request.ip ?? '');
    return null;
  }
  await limits.link(claims.identityId);
  return openLink(knex, claims);
}

interface RequestedAct {
  readonly visit: LinkVisit;
  readonly form: URLSearchParams;
  readonly now: Date;
  readonly request: Request;
  readonly response: Response;
}

/** Does what the form says and the link is for; null where that is nothing. */
async function carryOut(
  acts: PersonalActs,
  { visit, form, now, request, response }: RequestedAct,
): Promise<Deed> {
  const isOneClick = form.get('List-Unsubscribe') === 'One-Click';
  const action = isOneClick ? 'unsubscribe' : form.get('action');
  const { purpose } = visit.claims;
  const by = (source: ConsentSource): Parameters<PersonalActs['withdraw']>[1] => ({
    source,
    now,
    proof: proofOf(request, response, visit, isOneClick ? 'one-click' : (action ?? '')),
  });
  if (purpose === 'unsubscribe' && (action === 'unsubscribe' || action === 'all-off')) {
    const optIns = action === 'all-off' ? visit.everything : visit.optIns;
    await acts.withdraw(visit, by('unsubscribe-link'), optIns);
    return action === 'all-off' ? 'all-off' : 'unsubscribed';
  }
  if (purpose === 'unsubscribe' && (action === 'undo' || action === 'undo-all')) {
    const optIns = action === 'undo-all' ? visit.everything : visit.optIns;
    await acts.undo(visit, by('unsubscribe-link'), optIns);
    return action === 'undo-all' ? 'all-undone' : 'undone';
  }
  if (purpose === 'confirmation' && action === 'confirm') {
    await acts.confirm(visit, by('confirmation'));
    return 'confirmed';
  }
  if (purpose === 'preferences' && (action === 'save' || action === 'all-off')) {
    if (action === 'all-off') {
      await acts.withdraw(visit, by('preference-page'), visit.everything);
      return 'all-off';
    }
    const open = { ...visit, optIns: visit.optIns.filter((optIn) => !optIn.isArchived) };
    await acts.choose(open, new Set(form.getAll('optIn')), by('preference-page'));
    return 'saved';
  }
  return null;
}

/** What shows later that it was the person: from where, with what, and what was asked. */
function proofOf(
  request: Request,
  response: Response,
  visit: LinkVisit,
  action: string,
): Record<string, unknown> {
  const language = languageOf(request);
  return {
    ip: request.ip ?? null,
    userAgent: (request.get('User-Agent') ?? '').slice(0, 500),
    requestId: response.get('X-Request-Id') ?? '',
    link: visit.claims.purpose,
    action,
    ...(action === 'one-click' ? {} : { language, text: questionOf(visit, language) }),
  };
}

/** RFC 8058 prefers multipart and allows urlencoded; browsers send the latter. */
async function formOf(request: Request): Promise<URLSearchParams> {
  const bytes = request.rawBody ?? Buffer.alloc(0);
  const type = request.get('Content-Type') ?? '';
  const form = new URLSearchParams(/^multipart\/form-data/i.test(type) ? '' : bytes.toString('utf8'));
  if (!/^multipart\/form-data/i.test(type)) return form;
  try {
    const body = new Uint8Array(bytes);
    const parts = await new globalThis.Response(body, { headers: { 'Content-Type': type } }).formData();
    for (const [name, value] of parts) if (typeof value === 'string') form.append(name, value);
  } catch {
    // A body that is no form asks for nothing.
  }
  return form;
}

function languageOf(request: Request): string {
  return bestLanguage((languages) => request.acceptsLanguages(languages));
}

function sendPage(response: Response, page: LinkPage, status = 200): void {
  response
    .status(status)
    .set({
      'Content-Security-Policy': policyOf(page),
      // The address of the page is a key of the person's: it is told to nobody.
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex, nofollow',
      Vary: 'Accept-Language',
    })
    .type('html')
    .send(page.html);
}

function refuse(request: Request, response: Response): void {
  if (request.accepts(['json', 'html']) !== 'html')
    throw new Problem(404, 'unknown-link', 'Not found', 'This link does not work.');
  sendPage(response, brokenLinkPage(languageOf(request)), 404);
}
