import { say } from '../messages/message.ts';
import { meaningOf } from './error-codes.ts';
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
  if (kind === 'limit') return new SalesforceFault(kind, code, say('salesforce.no-calls-left'));
  const said = message.trim().slice(0, 1000) || `HTTP ${status}`;
  return new SalesforceFault(
    kind,
    code,
    advice === undefined ? said : say('salesforce.advised-call', { advice, said }),
  );
}

/** The fault of a refused request for a token (RFC 6749, 5.2, and what Salesforce adds to it). */
export function tokenFault(code: string, description: string, status: number): SalesforceFault {
  if (/must be installed into org/i.test(description))
    return faultOf('app_not_installed', description, status);
  if (code === 'invalid_grant') return grantFault(description);
  const kind = faultKind(code, description, status);
  // Whatever else is wrong with a request for a token, asking again does not help.
  return kind === 'give-up'
    ? new SalesforceFault('stop', code, say('salesforce.no-token', { reason: description || code }))
    : faultOf(code, description, status);
}

/** `invalid_grant` says many things; the description says which. */
function grantFault(description: string): SalesforceFault {
  const advice = [
    [
      /expired (access\/refresh|access|refresh) token|token.*(revoked|invalid)/i,
      say('salesforce.grant.revoked'),
    ],
    [/hasn.t approved this consumer/i, say('salesforce.grant.not-approved')],
    [/ip restricted|invalid login ip/i, say('salesforce.call.LOGIN_DURING_RESTRICTED_DOMAIN')],
    [/inactive user|user .*(inactive|frozen)/i, say('salesforce.call.inactive_user')],
    [/inactive org|org(anization)? .*locked/i, say('salesforce.call.inactive_org')],
    [/audience|assertion|signature|certificate/i, say('salesforce.grant.bad-assertion')],
    [/authorization code|code verifier/i, say('salesforce.grant.used-code')],
    [/authentication failure|invalid.*password/i, say('salesforce.call.INVALID_LOGIN')],
  ] as const;
  const found = advice.find(([pattern]) => pattern.test(description))?.[1] ?? say('salesforce.grant.revoked');
  const said = description.slice(0, 500);
  return new SalesforceFault(
    'stop',
    'invalid_grant',
    say('salesforce.advised-call', { advice: found, said }),
  );
}
