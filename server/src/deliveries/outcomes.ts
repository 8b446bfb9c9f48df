import type { SaveError } from '../salesforce/org.ts';
import type { Claim } from './claims.ts';

/** The ends that a delivery can come to. */
export const OUTCOMES = ['created', 'updated', 'deleted', 'unneeded', 'no-record', 'gone', 'dead'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A delivery that has come to its end. */
export interface Settled {
  readonly claim: Claim;
  /**
   * unneeded: nothing was there to be sent; no-record: the org has no record of it, and none is to be made; gone: the
   * record was deleted in the org; dead: given up, until somebody replays it or its record changes.
   */
  readonly outcome: Outcome;
  /** Of a dead one: why, in the org's words or ours. */
  readonly code?: string;
  readonly message?: string;
  /** The record that it is linked to from now on. */
  readonly salesforceId?: string;
  /** The record that it was linked to, and that the org has deleted. */
  readonly goneId?: string;
}

/** A delivery that is tried again later. */
export interface Retried {
  readonly claim: Claim;
  readonly outcome: 'retry';
  readonly code: string;
  readonly message: string;
  readonly goneId?: string;
}

/** What a refused record means. */
export type Verdict =
  | { readonly kind: 'retry' | 'gone' | 'stop-integration'; readonly code: string; readonly message: string }
  | { readonly kind: 'dead'; readonly code: string; readonly message: string };

/** Passes by itself. */
const PASSING: ReadonlySet<string> = new Set([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'UNKNOWN_EXCEPTION',
  'INTERNAL_ERROR',
]);

/** The record is not there any more. */
export const GONE: ReadonlySet<string> = new Set([
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
  'NOT_FOUND',
]);

/** No record of the integration can be written until somebody changes the org or the integration. */
const STOPPING: Readonly<Record<string, string>> = {
  INVALID_FIELD:
    'A field of the integration is not there, or the connection’s user may not see it. Give the user access to it or map another field, then activate the integration again.',
  INVALID_FIELD_FOR_INSERT_UPDATE:
    'The connection’s user may not write a field of the integration. Give the user edit access to it or take it out, then activate the integration again.',
  INVALID_TYPE:
    'The object is not there, or the connection’s user may not see it. Give the user access to it, then activate the integration again.',
  STORAGE_LIMIT_EXCEEDED:
    'The org has no room for more records. Free some or buy more in Setup, Storage Usage, then activate the integration again.',
};

/** What somebody can do about one record. */
const ADVICE: Readonly<Record<string, string>> = {
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
};

/** What to do about the errors of one record. The first one that stops or passes decides. */
export function verdictOf(errors: readonly SaveError[]): Verdict {
  const sorted = errors.map(sort);
  return (
    sorted.find((verdict) => verdict.kind === 'stop-integration') ??
    sorted.find((verdict) => verdict.kind === 'gone') ??
    sorted.find((verdict) => verdict.kind === 'retry') ??
    sorted[0] ?? {
      kind: 'dead',
      code: 'refused',
      message: 'Salesforce refused the record without saying why.',
    }
  );
}

function sort({ code, message, fields }: SaveError): Verdict {
  const said = `${message}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`;
  if (PASSING.has(code)) return { kind: 'retry', code, message: said };
  // The same code says that a reference of the record leads nowhere, and then names its field.
  if (GONE.has(code) && fields.length === 0) return { kind: 'gone', code, message: said };
  const stopping = STOPPING[code];
  if (stopping !== undefined)
    return { kind: 'stop-integration', code, message: `${stopping} Salesforce: ${said}` };
  const advice = ADVICE[code];
  return { kind: 'dead', code, message: advice === undefined ? said : `${advice} Salesforce: ${said}` };
}

/** Tries of one record before it is given up: about a day. */
export const MOST_ATTEMPTS = 10;
/** Milliseconds before the next try. */
export const DELAYS = { first: 30_000, longest: 6 * 3_600_000, spread: 0.2 };
