import { SalesforceFault, type FaultKind } from './org.ts';

/** Passes by itself: somebody else's lock, a machine that is busy or away. */
const PASSING: ReadonlySet<string> = new Set([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'INVALID_QUERY_LOCATOR',
  'UNKNOWN_EXCEPTION',
  'INTERNAL_ERROR',
  'INTERNAL_SERVER_ERROR',
  'CLIENT_NOT_ACCESSIBLE_FOR_USER_TEMPORARILY',
  'TRANSACTION_QUOTA_EXCEEDED',
  'server_error',
  'temporarily_unavailable',
  'rate_limit_exceeded',
]);

const LIMITS: ReadonlySet<string> = new Set(['REQUEST_LIMIT_EXCEEDED', 'EXCEEDED_QUOTA', 'EXCEEDEDQUOTA']);

/** Nothing works any more until a person does something: what the codes mean, and what to do. */
const STOPPING: Readonly<Record<string, string>> = {
  INVALID_SESSION_ID:
    'The org ends our sessions at once. Check the session settings, IP restrictions and the app’s policies in Salesforce, then authorize again.',
  INVALID_AUTH_HEADER: 'The org did not take our access token. Authorize again.',
  INVALID_LOGIN:
    'Salesforce refused the user name, password or security token. Check them (a sandbox has its own user names), and that the password was not changed: a new password makes a new security token.',
  LOGIN_MUST_USE_SECURITY_TOKEN:
    'Salesforce wants the user’s security token, which was missing or is out of date: a new password makes a new one. Reset it in Salesforce under Settings, Reset My Security Token, and authorize again.',
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD:
    'The user’s password has expired. Set a new one in Salesforce, and authorize again with it and its new security token.',
  PASSWORD_LOCKOUT: 'The user is locked out after too many wrong passwords. Unlock it in Setup, Users.',
  USER_NOT_ACTIVE:
    'The user is not active in Salesforce. Activate it in Setup, Users, or authorize another one.',
  ORG_LOCKED: 'The org is locked. Ask Salesforce or whoever administers the org.',
  LOGIN_DURING_RESTRICTED_DOMAIN:
    'The user may not log in from this server’s address. Allow it in the profile’s login IP ranges.',
  LOGIN_DURING_RESTRICTED_TIME: 'The user may not log in at this hour. Widen the profile’s login hours.',
  API_DISABLED_FOR_ORG:
    'The org or the user has no access to the API. Enterprise, Performance, Unlimited and Developer Edition have it, Professional Edition as an add-on; the user needs the permission API Enabled.',
  API_CURRENTLY_DISABLED: 'The API of the org is switched off for now. Ask whoever administers the org.',
  UNSUPPORTED_API_VERSION: 'The org does not speak this version of the API.',
  OAUTH_APP_BLOCKED: 'The app is blocked in the org. Unblock it in Setup, OAuth Usage.',
  OAUTH_APP_ACCESS_DENIED:
    'The user may not use the app. Give access to it by the app’s policies in Setup (permitted users, permission sets).',
  app_not_installed:
    'The app is not approved in the org: install it there, or approve it in Setup, Connected Apps OAuth Usage, then authorize again.',
  invalid_client_id:
    'Salesforce does not know the app’s client id. Check it; a new app takes some minutes to be known.',
  invalid_client: 'Salesforce refused the app’s client id or secret. Check both.',
  invalid_client_credentials: 'Salesforce refused the app’s client secret. Check it.',
  inactive_user:
    'The user is not active in Salesforce. Activate it in Setup, Users, or authorize another one.',
  inactive_org: 'The org is locked, closed or suspended.',
  unauthorized_client:
    'The app may not use this way to log in. Switch the flow on in the app’s OAuth settings.',
  unsupported_grant_type:
    'The org does not allow this way to log in. Switch the flow on in the app’s OAuth settings.',
  redirect_uri_mismatch:
    'The callback address is not among those of the app. Add it in the app’s OAuth settings.',
  invalid_scope: 'The app is not allowed the scopes api and refresh_token. Add them in its OAuth settings.',
  access_denied: 'Whoever was asked in Salesforce did not allow the access.',
};

/** Codes that say that the authorization itself no longer works, rather than one call. */
export function isAuthorizationFault(fault: SalesforceFault): boolean {
  return (
    fault.kind === 'stop' &&
    (fault.code in STOPPING || /^(invalid_|not-authorized|redirected)/.test(fault.code))
  );
}

/** What to do about an error of a call or of one record, by Salesforce's status code and message. */
export function faultKind(code: string, message = '', status = 400): FaultKind {
  if (LIMITS.has(code)) return /concurrent/i.test(message) ? 'retry' : 'limit';
  if (PASSING.has(code) || /unable to obtain exclusive access|unable to lock row/i.test(message))
    return 'retry';
  if (code in STOPPING) return 'stop';
  if (status >= 500 || status === 408 || status === 420 || status === 429) return 'retry';
  return 'give-up';
}

/** The fault of a refused call, with what Salesforce said and what can be done about it. */
export function faultOf(code: string, message: string, status: number): SalesforceFault {
  const kind = faultKind(code, message, status);
  const advice = STOPPING[code];
  if (kind === 'limit')
    return new SalesforceFault(
      kind,
      code,
      'The org has no API calls left in its 24 hours. Work goes on when there are some again; buy more or free some in Setup, Company Information.',
    );
  const said = message.trim().slice(0, 1000) || `HTTP ${status}`;
  return new SalesforceFault(kind, code, advice === undefined ? said : `${advice} (Salesforce: ${said})`);
}

/** The fault of a refused request for a token (RFC 6749, 5.2, and what Salesforce adds to it). */
export function tokenFault(code: string, description: string, status: number): SalesforceFault {
  if (/must be installed into org/i.test(description))
    return faultOf('app_not_installed', description, status);
  if (code === 'invalid_grant') return grantFault(description);
  const kind = faultKind(code, description, status);
  // Whatever else is wrong with a request for a token, asking again does not help.
  return kind === 'give-up'
    ? new SalesforceFault('stop', code, `Salesforce gave no token: ${description || code}.`)
    : faultOf(code, description, status);
}

/** `invalid_grant` says many things; the description says which. */
function grantFault(description: string): SalesforceFault {
  const advice = [
    [/expired (access\/refresh|access|refresh) token|token.*(revoked|invalid)/i, REVOKED],
    [/hasn.t approved this consumer/i, NOT_APPROVED],
    [/ip restricted|invalid login ip/i, STOPPING.LOGIN_DURING_RESTRICTED_DOMAIN],
    [/inactive user|user .*(inactive|frozen)/i, STOPPING.inactive_user],
    [/inactive org|org(anization)? .*locked/i, STOPPING.inactive_org],
    [/audience|assertion|signature|certificate/i, BAD_ASSERTION],
    [
      /authorization code|code verifier/i,
      'The log-in took too long or was used twice. Start the authorization again.',
    ],
    [/authentication failure|invalid.*password/i, STOPPING.INVALID_LOGIN],
  ] as const;
  const found = advice.find(([pattern]) => pattern.test(description))?.[1] ?? REVOKED;
  return new SalesforceFault('stop', 'invalid_grant', `${found} (Salesforce: ${description.slice(0, 500)})`);
}

const REVOKED =
  'The authorization was revoked or has expired in Salesforce. Authorize the connection again; Setup, OAuth Usage shows who revoked it.';
const NOT_APPROVED =
  'The user has not approved the app. Pre-authorize the user by the app’s policies in Setup (admin-approved users, with a permission set), or let the user log in by the browser once.';
const BAD_ASSERTION =
  'Salesforce did not take the signed token. Check that the certificate of this key is the app’s, that client id and user name are right, and that a sandbox is authorized as one.';
