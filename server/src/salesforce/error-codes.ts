import type { FaultKind } from './org.ts';

/**
 * What follows for one record that was refused: it is tried again, it is known to be gone, its producer stops, or it has
 * failed. A producer stops only where every record of a call was refused for it; else the record has failed.
 */
export type RecordFault = 'retry' | 'gone' | 'stop' | 'give-up';

/** What an error means, where a call is refused for it and where one of its records is. */
export interface Meaning {
  readonly ofCall: FaultKind;
  readonly ofRecord: RecordFault;
  /** What a person can do about the record. */
  readonly advice?: string;
  /** What a person can do where it stops a producer. */
  readonly stopAdvice?: string;
  /** The description of the object may be out of date, or says so itself: it is asked for before anything is stopped. */
  readonly isOfDescription?: boolean;
}

const UNKNOWN: Meaning = { ofCall: 'give-up', ofRecord: 'give-up' };
const PASSES: Meaning = { ofCall: 'retry', ofRecord: 'retry' };

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
  'TOO_MANY_APEX_REQUESTS',
  'server_error',
  'temporarily_unavailable',
  'rate_limit_exceeded',
] as const;

const LIMITS = ['REQUEST_LIMIT_EXCEEDED', 'EXCEEDED_QUOTA', 'EXCEEDEDQUOTA'] as const;

/** The record is not there any more. NOT_FOUND is no such code: it is about the address of a call. */
export const GONE = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'INVALID_ID_FIELD'] as const;

/** The API cannot be called for now, and nothing in the authorization is wrong: the connection is held, and tried again. */
const HOLDING = {
  API_CURRENTLY_DISABLED: 'The API of the org is switched off for now. Ask the org’s administrator.',
  UNSUPPORTED_API_VERSION: 'The org does not have the version of Salesforce’s API that DI Connect uses.',
} as const;

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

/** What the object is to the connection's user may be in the way of all its records: describe says. */
const OF_DESCRIPTION = {
  INVALID_FIELD: {
    advice: 'Salesforce does not take a field or a value of this record: see its message.',
    stopAdvice:
      'A field is not there, or the connection’s user may not see it. Give the user access to it, or map another field.',
  },
  INVALID_FIELD_FOR_INSERT_UPDATE: {
    advice:
      'Salesforce takes a field for other records, but not for this one (the contact of a person account, a locked record type): see its message.',
    stopAdvice:
      'The connection’s user may not write a field. Give the user edit access to it, or take it out of the mapping.',
  },
  INVALID_TYPE: {
    advice: 'Salesforce does not take this record as one of its object: see its message.',
    stopAdvice:
      'The object is not there, or the connection’s user may not see it. Give the user access to it.',
  },
  NOT_FOUND: {
    advice: 'Salesforce has nothing at the address of the call: see its message.',
    stopAdvice:
      'The object or its external id field is not there, or the connection’s user may not see it. Give the user access to it.',
  },
  INSUFFICIENT_ACCESS: {
    advice: 'The connection’s user may not change this record: share it with the user.',
    stopAdvice: 'The connection’s user may not write records of this object. Give the user the permission.',
  },
  INSUFFICIENT_ACCESS_OR_READONLY: {
    advice: 'The connection’s user may not change this record: share it with the user, or unlock it.',
    stopAdvice: 'The connection’s user may not write records of this object. Give the user the permission.',
  },
} as const;

const STORAGE: Meaning = {
  ofCall: 'give-up',
  ofRecord: 'stop',
  advice: 'The org has no room for this record: free some or buy more in Setup, Storage Usage.',
  stopAdvice: 'The org has no room for more records. Free some or buy more in Setup, Storage Usage.',
};

/** What a person can do about one record. */
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
 * The codes that mean something here; a record or call that is refused for any other one has failed. They are those of the
 * SOAP API's *ExceptionCode* (calls) and *StatusCode* (records), which the REST and Bulk APIs use too, of the REST API's
 * *Status Codes and Error Responses*, and in lower case those of OAuth (RFC 6749, 5.2, and Salesforce's *OAuth 2.0
 * Authorization Errors*).
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...PASSING.map((code): [string, Meaning] => [code, PASSES]),
  ...LIMITS.map((code): [string, Meaning] => [code, { ofCall: 'limit', ofRecord: 'retry' }]),
  ...GONE.map((code): [string, Meaning] => [code, { ofCall: 'give-up', ofRecord: 'gone' }]),
  // A call that takes too long is bisected; a record that was in one may be written with others.
  ['REQUEST_RUNNING_TOO_LONG', { ofCall: 'give-up', ofRecord: 'retry' }],
  ['STORAGE_LIMIT_EXCEEDED', STORAGE],
  ...advised(STOPPING_CALLS, { ofCall: 'stop', ofRecord: 'give-up' }),
  ...advised(HOLDING, { ofCall: 'hold', ofRecord: 'give-up' }),
  ...advised(OF_ONE_RECORD, UNKNOWN),
  ...Object.entries(OF_DESCRIPTION).map(([code, advice]): [string, Meaning] => [
    code,
    { ofCall: 'give-up', ofRecord: 'stop', isOfDescription: true, ...advice },
  ]),
]);

/** Codes that say where in the org something failed; the reason stands inside the message. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'FLOW_EXCEPTION',
  'APEX_ERROR',
]);

/** Reasons that messages give in words. */
const CAUSES: readonly (readonly [pattern: RegExp, meaning: Meaning])[] = [
  [/unable to obtain exclusive access|unable to lock row/i, PASSES],
  // Somebody else's trigger or flow at its governor limits: with other records in the call it may go through.
  [/\bToo many (?:SOQL queries|SOSL queries|DML (?:statements|rows)|query rows)\b/i, PASSES],
  [/\bCPU time limit exceeded\b/i, PASSES],
  [
    /entity type cannot be (?:inserted|updated|deleted)/i,
    {
      ofCall: 'give-up',
      ofRecord: 'stop',
      isOfDescription: true,
      ...OF_DESCRIPTION.INSUFFICIENT_ACCESS,
    },
  ],
];

/** Codes as they stand in messages: `first error: UNABLE_TO_LOCK_ROW, unable to …`. */
const CODES_INSIDE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;

/**
 * What an error means, by its code, and by the cause inside its message where the code is only a wrapper. An unknown error
 * means that trying again is of no use.
 */
export function meaningOf(code: string, message = ''): Meaning {
  const known = MEANINGS.get(code);
  if (known !== undefined && !WRAPPERS.has(code)) return known;
  return causeInside(message) ?? known ?? UNKNOWN;
}

/** The first cause in a message that passes by itself or concerns all records; what else is inside is about other records. */
function causeInside(message: string): Meaning | undefined {
  for (const [inside] of message.matchAll(CODES_INSIDE)) {
    const meaning = WRAPPERS.has(inside) ? undefined : MEANINGS.get(inside);
    if (meaning === STORAGE || meaning?.ofRecord === 'retry') return meaning;
  }
  return CAUSES.find(([pattern]) => pattern.test(message))?.[1];
}

/** What to do about a code that the org stops calls for. */
export const stoppingAdvice = (code: keyof typeof STOPPING_CALLS): string => STOPPING_CALLS[code];
