import type { UserContext } from '../execution/transaction.ts';
import { answerPage, isPage } from '../pages/pages.ts';
import { apexRest } from './apex-rest.ts';
import { dataResources } from './data-resources.ts';
import type { CallNature } from './faults.ts';
import type { OrgHost } from './host.ts';
import { problemAnswer, sessionToken, type IncomingCall } from './incoming-call.ts';
import { RestError } from './json-records.ts';
import { localDoor } from './local-doors.ts';
import { METADATA, metadataSoap } from './metadata-soap.ts';
import { authorize, authorizeProblem, identity, introspect, revoke, token, userInfo } from './oauth.ts';
import { partnerSoap } from './partner-soap.ts';
import type { RestAnswer, RestRequest } from './resource.ts';
import { soapCall, soapFault } from './soap.ts';
import { versionsOf } from './versions.ts';

/** Answers a call by where it goes; what needs a session counts against the org's daily limit. */
export function answerCall(host: OrgHost, call: IncomingCall, nature: CallNature): RestAnswer {
  const { method, url } = call;
  const path = url.pathname;
  if (path.startsWith('/local/')) return localDoor(host, requestOf(host, call, host.org.admin, nature));
  if (path.startsWith('/services/Soap/')) return soap(host, call);
  if (isPage(path)) return answerPage(host, call);
  const open = openAnswer(host, call);
  if (open) return open;
  const user = userOf(host, sessionToken(call));
  if (!user) throw new RestError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  if (path === '/services/oauth2/userinfo') return userInfo(host, user);
  if (path.startsWith('/id/') && method === 'GET') return identity(host, user);
  const refusal = countCall(host, user);
  const answered = refusal ? problemAnswer(host, refusal) : resource(host, call, user, nature);
  return {
    ...answered,
    headers: {
      'Sforce-Limit-Info': `api-usage=${host.org.counters.apiCalls}/${host.settings.dailyApiRequests}`,
      ...answered.headers,
    },
  };
}

/** What needs no session. */
function openAnswer(host: OrgHost, call: IncomingCall): RestAnswer | null {
  const { url, method } = call;
  const form = (): URLSearchParams => (method === 'POST' ? new URLSearchParams(call.text) : url.searchParams);
  switch (url.pathname.replace(/\/$/, '')) {
    case '/services/oauth2/token':
      return token(host, form());
    case '/services/oauth2/authorize':
      return authorize(host, form());
    case '/services/oauth2/revoke':
      return revoke(host, form());
    case '/services/oauth2/introspect':
      return introspect(host, form());
    case '/setup/secur/RemoteAccessErrorPage.apexp':
      return authorizeProblem(url.searchParams);
    case '/services/data':
      return { status: 200, body: versionsOf(host.settings) };
    default:
      return null;
  }
}

function userOf(host: OrgHost, session: string | null | undefined): UserContext | null {
  const found = host.sessions.find(session ?? '');
  return found ? host.org.user(found.userId) : null;
}

/** Counts a call of an API; answers why it is refused, if it is. */
export function countCall(host: OrgHost, user: UserContext): RestError | null {
  const { settings, org } = host;
  if (!settings.isApiEnabled || settings.usersWithoutApi.includes(user.userName))
    return new RestError(403, 'API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner');
  if (org.counters.apiCalls >= settings.dailyApiRequests)
    return new RestError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  org.counters.apiCalls += 1;
  return null;
}

function resource(host: OrgHost, call: IncomingCall, user: UserContext, nature: CallNature): RestAnswer {
  try {
    const request = requestOf(host, call, user, nature);
    return request.path.startsWith('/services/apexrest/')
      ? apexRest(host.org, request)
      : dataResources(host.org, request);
  } catch (error) {
    return problemAnswer(host, error);
  }
}

function requestOf(host: OrgHost, call: IncomingCall, user: UserContext, nature: CallNature): RestRequest {
  return {
    method: call.method,
    path: decodeURI(call.url.pathname),
    query: call.url.searchParams,
    body: call.json,
    text: call.text,
    bytes: call.bytes,
    headers: call.headers,
    user,
    host,
    nature,
  };
}

/** The SOAP APIs: partner below `/u/` and `/c/`, metadata below `/m/`. */
function soap(host: OrgHost, { url, text }: IncomingCall): RestAnswer {
  const [, face = 'u', version = '65.0'] = /^\/services\/Soap\/([ucm])\/([\d.]+)/.exec(url.pathname) ?? [];
  const call = soapCall(text);
  const user = userOf(host, call.session);
  if (face !== 'm') return partnerSoap(host, call, version, user);
  const refusal = user
    ? countCall(host, user)
    : new RestError(500, 'INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
  return !user || refusal
    ? soapFault(METADATA, refusal?.code ?? '', refusal?.message ?? '')
    : metadataSoap(host, call, user, version);
}
