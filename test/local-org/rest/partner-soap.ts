import type { UserContext } from '../execution/transaction.ts';
import type { OrgHost } from './host.ts';
import type { RestAnswer } from './resource.ts';
import { memberText, soapAnswer, soapFault, type SoapCall } from './soap.ts';

const NAMESPACE = 'urn:partner.soap.sforce.com';
const BAD_LOGIN = 'Invalid username, password, security token; or user locked out.';

/** The partner API, as far as log-in goes: `login`, `logout`, `getUserInfo`, `getServerTimestamp`. */
export function partnerSoap(
  host: OrgHost,
  call: SoapCall,
  version: string,
  user: UserContext | null,
): RestAnswer {
  if (call.method === 'login') return logIn(host, call, version);
  if (!user)
    return soapFault(
      NAMESPACE,
      'INVALID_SESSION_ID',
      'Invalid Session ID found in SessionHeader: Illegal Session',
    );
  switch (call.method) {
    case 'getUserInfo':
      return soapAnswer(NAMESPACE, call.method, userInfo(host, user));
    case 'getServerTimestamp':
      return soapAnswer(NAMESPACE, call.method, { timestamp: new Date(host.org.now()).toISOString() });
    case 'logout':
      host.sessions.revoke(call.session ?? '');
      return soapAnswer(NAMESPACE, call.method, null);
    default:
      return soapFault(
        NAMESPACE,
        'UNKNOWN_EXCEPTION',
        `${call.method} is not served by the local org; use its REST API.`,
      );
  }
}

function logIn(host: OrgHost, { parameters }: SoapCall, version: string): RestAnswer {
  const user = host.sessions.logIn(
    memberText(parameters, 'username') ?? '',
    memberText(parameters, 'password') ?? '',
  );
  if (user === null) return soapFault(NAMESPACE, 'INVALID_LOGIN', BAD_LOGIN);
  if (user === 'token')
    return soapFault(
      NAMESPACE,
      'LOGIN_MUST_USE_SECURITY_TOKEN',
      `${BAD_LOGIN} Are you at a new location? When accessing Salesforce--either via a desktop client or the API--from outside of your company's trusted networks, you must add a security token to your password to log in.`,
    );
  const organization = host.org.organization.id;
  return soapAnswer(NAMESPACE, 'login', {
    metadataServerUrl: `${host.url}/services/Soap/m/${version}/${organization}`,
    passwordExpired: false,
    sandbox: host.settings.isSandbox,
    serverUrl: `${host.url}/services/Soap/u/${version}/${organization}`,
    sessionId: host.sessions.open(user.id, null, null).token,
    userId: user.id,
    userInfo: userInfo(host, user),
  });
}

function userInfo(host: OrgHost, user: UserContext): Record<string, unknown> {
  return {
    accessibilityMode: false,
    currencySymbol: '$',
    orgDefaultCurrencyIsoCode: 'USD',
    orgDisallowHtmlAttachments: false,
    orgHasPersonAccounts: false,
    organizationId: host.org.organization.id,
    organizationMultiCurrency: false,
    organizationName: host.org.organization.name,
    profileId: user.profileId,
    roleId: '',
    sessionSecondsValid: host.settings.sessionSeconds,
    userEmail: user.email,
    userFullName: user.name,
    userId: user.id,
    userLanguage: user.language,
    userLocale: user.locale,
    userName: user.userName,
    userTimeZone: user.timeZone,
    userType: user.type,
    userUiSkin: 'Theme3',
  };
}
