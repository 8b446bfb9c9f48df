import { createHash, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { UserContext } from '../execution/transaction.ts';
import { consentPage } from './consent-page.ts';
import type { OrgHost } from './host.ts';
import type { RestAnswer } from './resource.ts';
import type { Grant } from './sessions.ts';
import type { ConnectedApp } from './settings.ts';

/** A code of the web-server flow that waits to be redeemed. */
export interface AuthorizationCode {
  readonly clientId: string;
  readonly userId: string;
  readonly challenge: string | null;
  readonly redirect: string;
}

const problem = (error: string, error_description: string): RestAnswer => ({
  status: 400,
  body: { error, error_description },
});
const NOT_INSTALLED = ['invalid_client', 'app must be installed into org'] as const;

/** The consent page of the web-server flow. What the person there does is a setting of the org. */
export function authorize(host: OrgHost, query: URLSearchParams): RestAnswer {
  const redirect = query.get('redirect_uri') ?? '';
  const app = host.app(query.get('client_id') ?? '');
  if (!app) return problem('invalid_client_id', 'client identifier invalid');
  if (!URL.canParse(redirect))
    return problem('redirect_uri_mismatch', 'redirect_uri must match configuration');
  if (query.get('response_type') !== 'code')
    return back(redirect, query, { error: 'unsupported_response_type' });
  // The person stays at Salesforce, at a page that says what went wrong; the app learns nothing.
  if (!app.isInstalled)
    return {
      status: 302,
      headers: { location: `/setup/secur/RemoteAccessErrorPage.apexp?${errorQuery(...NOT_INSTALLED)}` },
    };
  const hint = query.get('login_hint');
  const user = hint === null ? host.org.admin : host.sessions.userNamed(hint);
  const consent =
    host.settings.consent === 'ask' ? (query.get('local_consent') ?? 'ask') : host.settings.consent;
  if (consent === 'ask')
    return { status: 200, type: 'text/html;charset=UTF-8', body: consentPage(host, app.clientId, query) };
  if (consent !== 'allow' || !user)
    return back(redirect, query, {
      error: 'access_denied',
      error_description: 'end-user denied authorization',
    });
  const code = randomBytes(24).toString('base64url');
  const challenge = query.get('code_challenge');
  host.codes.set(code, { clientId: app.clientId, userId: user.id, challenge, redirect });
  return back(redirect, query, { code });
}

function back(
  redirect: string,
  query: URLSearchParams,
  parameters: Readonly<Record<string, string>>,
): RestAnswer {
  const location = new URL(redirect);
  for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) location.searchParams.set('state', state);
  return { status: 302, headers: { location: location.href } };
}

const errorQuery = (error: string, error_description: string): string =>
  new URLSearchParams({ error, error_description }).toString();

/** The page that Salesforce shows instead of the consent page where an app is refused. */
export function authorizeProblem(query: URLSearchParams): RestAnswer {
  const said = `error=${query.get('error') ?? ''}&error_description=${query.get('error_description') ?? ''}`;
  return {
    status: 200,
    type: 'text/plain;charset=UTF-8',
    body: `OAUTH_APPROVAL_ERROR_GENERIC : An unexpected error has occured during authentication. Please try again.\n${said}\n`,
  };
}

/** What a token request earned: for whom, and the consent it goes on, if one. */
interface Earned {
  readonly user: UserContext;
  readonly grant: Grant | null;
  readonly showsRefresh: boolean;
}

/** /services/oauth2/token, every flow. */
export function token(host: OrgHost, form: URLSearchParams): RestAnswer {
  const app = host.app(form.get('client_id') ?? assertionIssuer(form));
  if (!app) return problem('invalid_client_id', 'client identifier invalid');
  if (!app.isInstalled) return problem(...NOT_INSTALLED);
  const secret = form.get('client_secret');
  if (secret !== null && secret !== app.clientSecret)
    return problem('invalid_client', 'invalid client credentials');
  const earned = earn(host, app, form);
  if ('status' in earned) return earned;
  const { user, grant } = earned;
  const session = host.sessions.open(user.id, app.clientId, grant);
  const id = `${host.url}/id/${host.org.organization.id}/${user.id}`;
  const issued_at = String(session.issuedAt);
  return {
    status: 200,
    headers: { 'cache-control': 'no-cache, no-store' },
    body: {
      access_token: session.token,
      ...(grant && earned.showsRefresh ? { refresh_token: grant.refreshToken } : {}),
      instance_url: host.url,
      id,
      token_type: 'Bearer',
      scope: 'refresh_token api',
      issued_at,
      signature: createHash('sha256').update(`${id}${issued_at}${app.clientSecret}`).digest('base64'),
    },
  };
}

function earn(host: OrgHost, app: ConnectedApp, form: URLSearchParams): Earned | RestAnswer {
  switch (form.get('grant_type')) {
    case 'password':
      return byPassword(host, form);
    case 'client_credentials':
      return form.get('client_secret') === null
        ? problem('invalid_client', 'invalid client credentials')
        : { user: host.org.admin, grant: null, showsRefresh: false };
    case 'authorization_code':
      return byCode(host, app, form);
    case 'refresh_token':
      return byRefreshToken(host, app, form);
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return byAssertion(host, app, form.get('assertion') ?? '');
    default:
      return problem('unsupported_grant_type', 'grant type not supported');
  }
}

function byPassword(host: OrgHost, form: URLSearchParams): Earned | RestAnswer {
  const user = host.sessions.logIn(form.get('username') ?? '', form.get('password') ?? '');
  return user === null || user === 'token'
    ? problem('invalid_grant', 'authentication failure')
    : { user, grant: null, showsRefresh: false };
}

function byCode(host: OrgHost, app: ConnectedApp, form: URLSearchParams): Earned | RestAnswer {
  const given = form.get('code') ?? '';
  const code = host.codes.get(given);
  host.codes.delete(given);
  if (code?.clientId !== app.clientId) return problem('invalid_grant', 'invalid authorization code');
  if (code.redirect !== form.get('redirect_uri'))
    return problem('redirect_uri_mismatch', 'redirect_uri must match configuration');
  if (code.challenge === null && form.get('client_secret') === null)
    return problem('invalid_client', 'invalid client credentials');
  if (code.challenge !== null && challengeOf(form.get('code_verifier') ?? '') !== code.challenge)
    return problem('invalid_grant', 'invalid code verifier');
  const grant = host.sessions.grant(code.userId, app.clientId);
  return { user: host.org.user(code.userId), grant, showsRefresh: true };
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

function byRefreshToken(host: OrgHost, app: ConnectedApp, form: URLSearchParams): Earned | RestAnswer {
  const grant = host.sessions.findGrant(form.get('refresh_token') ?? '');
  if (grant?.clientId !== app.clientId) return problem('invalid_grant', 'expired access/refresh token');
  const showsRefresh = host.settings.rotatesRefreshTokens;
  if (showsRefresh) host.sessions.rotate(grant);
  return { user: host.org.user(grant.userId), grant, showsRefresh };
}

/** The claims of a JWT are always checked; its signature where the org holds the app's public key. */
function byAssertion(host: OrgHost, app: ConnectedApp, assertion: string): Earned | RestAnswer {
  const claims = claimsOf(app, assertion);
  if (claims === null) return problem('invalid_grant', 'invalid assertion');
  const { sub, exp } = claims;
  if (typeof exp !== 'number' || exp * 1000 <= Date.now())
    return problem('invalid_grant', 'expired authorization code');
  const user = typeof sub === 'string' ? host.sessions.userNamed(sub) : undefined;
  if (!user) return problem('invalid_grant', "user hasn't approved this consumer");
  return { user, grant: null, showsRefresh: false };
}

function claimsOf(app: ConnectedApp, assertion: string): jwt.JwtPayload | null {
  try {
    const claims =
      app.publicKey === null
        ? jwtPayload(assertion)
        : jwt.verify(assertion, app.publicKey, { algorithms: ['RS256'], ignoreExpiration: true });
    return claims !== null && typeof claims === 'object' && claims.iss === app.clientId ? claims : null;
  } catch {
    return null;
  }
}

/** What the second part of a JWT says, whatever its first says of a signature. */
function jwtPayload(assertion: string): jwt.JwtPayload | null {
  const [, payload = ''] = assertion.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return typeof claims === 'object' ? claims : null;
}

function assertionIssuer(form: URLSearchParams): string {
  try {
    return jwtPayload(form.get('assertion') ?? '')?.iss ?? '';
  } catch {
    return '';
  }
}

/** /services/oauth2/revoke. */
export function revoke(host: OrgHost, form: URLSearchParams): RestAnswer {
  const given = form.get('token') ?? '';
  return host.sessions.revoke(given)
    ? { status: 200 }
    : problem('invalid_token', 'the token is invalid or has been revoked already');
}

/** /services/oauth2/introspect (RFC 7662): an app asks after its own tokens. */
export function introspect(host: OrgHost, form: URLSearchParams): RestAnswer {
  const app = host.app(form.get('client_id') ?? '');
  if (app?.clientSecret !== form.get('client_secret'))
    return { ...problem('invalid_client', 'invalid client credentials'), status: 401 };
  const given = form.get('token') ?? '';
  const session = host.sessions.find(given);
  const found = session ?? host.sessions.findGrant(given);
  if (found?.clientId !== app.clientId) return { status: 200, body: { active: false } };
  const user = host.org.user(found.userId);
  return {
    status: 200,
    body: {
      active: true,
      scope: 'api refresh_token',
      client_id: app.clientId,
      username: user.userName,
      sub: `${host.url}/id/${host.org.organization.id}/${user.id}`,
      token_type: session ? 'access_token' : 'refresh_token',
      ...(session
        ? { iat: Math.floor(session.issuedAt / 1000), exp: Math.floor(session.endsAt / 1000) }
        : {}),
    },
  };
}

/** /services/oauth2/userinfo. */
export function userInfo(host: OrgHost, user: UserContext): RestAnswer {
  return {
    status: 200,
    body: {
      sub: `${host.url}/id/${host.org.organization.id}/${user.id}`,
      user_id: user.id,
      organization_id: host.org.organization.id,
      preferred_username: user.userName,
      nickname: user.userName,
      name: user.name,
      given_name: user.firstName,
      family_name: user.lastName,
      email: user.email,
      email_verified: true,
      zoneinfo: user.timeZone,
      locale: user.locale,
      language: user.language,
      user_type: 'STANDARD',
      active: true,
      urls: host.addresses(user),
    },
  };
}

/** The identity URL, `/id/<organization>/<user>`. */
export function identity(host: OrgHost, user: UserContext): RestAnswer {
  return {
    status: 200,
    body: {
      id: `${host.url}/id/${host.org.organization.id}/${user.id}`,
      asserted_user: true,
      user_id: user.id,
      organization_id: host.org.organization.id,
      username: user.userName,
      nick_name: user.userName,
      display_name: user.name,
      email: user.email,
      email_verified: true,
      first_name: user.firstName,
      last_name: user.lastName,
      timezone: user.timeZone,
      active: true,
      user_type: 'STANDARD',
      language: user.language,
      locale: user.locale,
      is_app_installed: true,
      urls: host.addresses(user),
    },
  };
}
