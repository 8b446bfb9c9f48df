import { say, sentencesUnder } from '../messages/message.ts';
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

/** What the object is to the connection's user may be in the way of all its records: describe says. */
const OF_DESCRIPTION = [
  'INVALID_FIELD',
  'INVALID_FIELD_FOR_INSERT_UPDATE',
  'INVALID_TYPE',
  'NOT_FOUND',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
] as const;

/** An error of one record that stops its producer where all records meet it. */
const stopping = (code: 'STORAGE_LIMIT_EXCEEDED' | (typeof OF_DESCRIPTION)[number]): Meaning => ({
  ofCall: 'give-up',
  ofRecord: 'stop',
  advice: say(`salesforce.record.${code}`),
  stopAdvice: say(`salesforce.stop.${code}`),
});
const STORAGE = stopping('STORAGE_LIMIT_EXCEEDED');

/** Codes for which the catalog has advice. */
const advised = (family: string, meaning: Meaning): readonly (readonly [string, Meaning])[] =>
  sentencesUnder(family).map(([code, advice]) => [code, { ...meaning, advice }]);

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
  ...advised('salesforce.call.', { ofCall: 'stop', ofRecord: 'give-up' }),
  ...advised('salesforce.hold.', { ofCall: 'hold', ofRecord: 'give-up' }),
  ...advised('salesforce.record.', UNKNOWN),
  ['STORAGE_LIMIT_EXCEEDED', STORAGE],
  ...OF_DESCRIPTION.map((code): [string, Meaning] => [code, { ...stopping(code), isOfDescription: true }]),
]);

/** Codes that say where in the org something failed; the reason stands inside the message. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'FLOW_EXCEPTION',
  'APEX_ERROR',
]);

/**
 * Codes of the org's own words, which say nothing of themselves. A trigger that catches an exception and has its message as
 * its own (`addError(exception.getMessage())`) gives what the platform said in the platform's words.
 */
const OWN_WORDS: ReadonlySet<string> = new Set(['FIELD_CUSTOM_VALIDATION_EXCEPTION']);
const LOCK_MET =
  /\bfirst error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access|^Record Currently Unavailable: /i;

/** Reasons that messages give in words. */
const CAUSES: readonly (readonly [pattern: RegExp, meaning: Meaning])[] = [
  [/unable to obtain exclusive access|unable to lock row|\bRecord Currently Unavailable\b/i, PASSES],
  // Somebody else's trigger or flow at its governor limits: with other records in the call it may go through.
  [/\bToo many (?:SOQL queries|SOSL queries|DML (?:statements|rows)|query rows)\b/i, PASSES],
  [/\bToo many (?:callouts|future calls|queueable jobs|email invocations)\b/i, PASSES],
  [/\bCPU time limit exceeded\b|\bheap size too large\b|\bjobs in the flex queue\b/i, PASSES],
  [
    /entity type cannot be (?:inserted|updated|deleted)/i,
    { ...stopping('INSUFFICIENT_ACCESS'), isOfDescription: true },
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
  if (OWN_WORDS.has(code) && LOCK_MET.test(message)) return PASSES;
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
