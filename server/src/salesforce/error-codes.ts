import type { FaultKind } from './org.ts';

/** What is done about one record that was refused: try it again, know that it is gone, stop its integration, give it up. */
export type RecordFault = 'retry' | 'gone' | 'stop' | 'give-up';

/** What an error code of Salesforce's means, where a call is refused for it and where one of its records is. */
interface Meaning {
  readonly ofCall: FaultKind;
  readonly ofRecord: RecordFault;
  /** What a person can do, for those who meet it. */
  readonly advice?: string;
}

const UNKNOWN: Meaning = { ofCall: 'give-up', ofRecord: 'give-up' };

/** Passes by itself: somebody else's lock, a machine that is busy or away. */
const PASSING = [
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
] as const;

const LIMITS = ['REQUEST_LIMIT_EXCEEDED', 'EXCEEDED_QUOTA', 'EXCEEDEDQUOTA'] as const;

/** The record is not there any more. */
export const GONE = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'NOT_FOUND'] as const;

/** Nothing works any more until a person does something: what the codes mean, and what to do. */
const STOPPING_CALLS = {
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
} as const;

/** No record of its kind can be written until somebody changes the org or what is written. */
const STOPPING_RECORDS = {
  INVALID_FIELD:
    'A field of the integration is not there, or the connection’s user may not see it. Give the user access to it or map another field, then activate the integration again.',
  INVALID_FIELD_FOR_INSERT_UPDATE:
    'The connection’s user may not write a field of the integration. Give the user edit access to it or take it out, then activate the integration again.',
  INVALID_TYPE:
    'The object is not there, or the connection’s user may not see it. Give the user access to it, then activate the integration again.',
  STORAGE_LIMIT_EXCEEDED:
    'The org has no room for more records. Free some or buy more in Setup, Storage Usage, then activate the integration again.',
} as const;

/** What somebody can do about one record. */
const OF_ONE_RECORD = {
  FIELD_CUSTOM_VALIDATION_EXCEPTION:
    'A validation rule of the org refuses the record: change the row, or the rule.',
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:
    'The org’s picklist does not have this value: add it there, or map it to one that it has.',
  STRING_TOO_LONG: 'The value is longer than the field: shorten it, or widen the field in Salesforce.',
  REQUIRED_FIELD_MISSING:
    'Salesforce wants a value that the row does not have: fill it in, or map a default.',
  DUPLICATES_DETECTED:
    'A duplicate rule of the org found the same person: merge them there, or allow duplicates in the integration.',
  DUPLICATE_VALUE: 'Another record has this value of a unique field.',
  DUPLICATE_EXTERNAL_ID: 'Several records have this external id: give it to one of them only.',
  INVALID_EMAIL_ADDRESS: 'Salesforce does not take this e-mail address: correct it.',
  CANNOT_UPDATE_CONVERTED_LEAD: 'The lead was converted, and cannot be changed any more.',
  INSUFFICIENT_ACCESS_OR_READONLY:
    'The connection’s user may not change this record: share it with the user, or unlock it.',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY:
    'The connection’s user may not change a record that this one belongs to.',
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: 'A trigger of the org failed: see its message.',
  ENTITY_IS_LOCKED: 'The record is locked by an approval: replay when it is decided.',
  DELETE_FAILED: 'The org does not let the record be deleted: see its message.',
} as const;

const advised = (
  advice: Readonly<Record<string, string>>,
  meaning: Meaning,
): readonly (readonly [string, Meaning])[] =>
  Object.entries(advice).map(([code, text]) => [code, { ...meaning, advice: text }]);

/**
 * The codes that mean something to us, whoever meets them; of all others, what asked is given up. They are those of the
 * SOAP API's *ExceptionCode* (calls) and *StatusCode* (records), which the REST and Bulk APIs use too, of the REST API's
 * *Status Codes and Error Responses*, and in lower case those of OAuth (RFC 6749, 5.2, and Salesforce's *OAuth 2.0
 * Authorization Errors*).
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...PASSING.map((code): [string, Meaning] => [code, { ofCall: 'retry', ofRecord: 'retry' }]),
  ...LIMITS.map((code): [string, Meaning] => [code, { ofCall: 'limit', ofRecord: 'retry' }]),
  ...GONE.map((code): [string, Meaning] => [code, { ofCall: 'give-up', ofRecord: 'gone' }]),
  // A call that takes too long is parted; a record that was in one may be written with others.
  ['REQUEST_RUNNING_TOO_LONG', { ofCall: 'give-up', ofRecord: 'retry' }],
  ...advised(STOPPING_CALLS, { ofCall: 'stop', ofRecord: 'give-up' }),
  ...advised(STOPPING_RECORDS, { ofCall: 'give-up', ofRecord: 'stop' }),
  ...advised(OF_ONE_RECORD, UNKNOWN),
]);

/** What a code means; one that nobody has heard of means that there is no use in trying again. */
export const meaningOf = (code: string): Meaning => MEANINGS.get(code) ?? UNKNOWN;

/** What to do about a code that the org stops calls for. */
export const stoppingAdvice = (code: keyof typeof STOPPING_CALLS): string => STOPPING_CALLS[code];
