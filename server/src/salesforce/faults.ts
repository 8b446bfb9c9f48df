import { meaningOf, stoppingAdvice } from './error-codes.ts';
import { SalesforceFault, type FaultKind } from './org.ts';

/** Codes that say that the authorization itself no longer works, rather than one call. */
export function isAuthorizationFault(fault: SalesforceFault): boolean {
  return (
    fault.kind === 'stop' &&
    (meaningOf(fault.code).ofCall === 'stop' || /^(invalid_|not-authorized|redirected)/.test(fault.code))
  );
}

/** What follows for a refused call, by Salesforce's status code and message. */
export function faultKind(code: string, message = '', status = 400): FaultKind {
  const { ofCall } = meaningOf(code, message);
  if (ofCall === 'limit') return /concurrent/i.test(message) ? 'retry' : 'limit';
  // A server that fails says nothing about the caller, even where its code does.
  if (ofCall === 'retry' || status >= 500) return 'retry';
  if (ofCall !== 'give-up') return ofCall;
  return status === 408 || status === 420 || status === 429 ? 'retry' : 'give-up';
}

/** The fault of a refused call, with what Salesforce said and what can be done about it. */
export function faultOf(code: string, message: string, status: number): SalesforceFault {
  const kind = faultKind(code, message, status);
  const advice = kind === 'stop' || kind === 'hold' ? meaningOf(code).advice : undefined;
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
    [/ip restricted|invalid login ip/i, stoppingAdvice('LOGIN_DURING_RESTRICTED_DOMAIN')],
    [/inactive user|user .*(inactive|frozen)/i, stoppingAdvice('inactive_user')],
    [/inactive org|org(anization)? .*locked/i, stoppingAdvice('inactive_org')],
    [/audience|assertion|signature|certificate/i, BAD_ASSERTION],
    [
      /authorization code|code verifier/i,
      'The log-in took too long or was used twice. Start the authorization again.',
    ],
    [/authentication failure|invalid.*password/i, stoppingAdvice('INVALID_LOGIN')],
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
