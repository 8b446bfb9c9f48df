import { say } from '../../messages/message.ts';
import type { OrgRecord, SalesforceFault } from '../../salesforce/org.ts';
import type { RecordRefusal } from '../../salesforce/refusals.ts';

/** What is to be done to a record. */
export const OPERATIONS = ['create', 'update', 'upsert', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A field that a record is recognized by, and its value. */
export interface Matcher {
  readonly field: string;
  readonly value: unknown;
}

/** How the record of a write is known. */
export type Match =
  | { readonly by: 'id'; readonly id: string }
  /** Any of the matchers, or all of them. */
  | { readonly by: 'fields'; readonly operator: 'AND' | 'OR'; readonly matchers: readonly Matcher[] }
  /** It is new. Writes with the same `sameAs` make one record. */
  | { readonly by: 'nothing'; readonly sameAs?: string };

/** One thing to be done to one record of an org. */
export interface RecordWrite {
  readonly object: string;
  readonly operation: Operation;
  readonly match: Match;
  /** By field; an undefined value leaves its field alone, null empties it. */
  readonly values: OrgRecord;
  /** Values that only a new record gets, where it has none of its own. */
  readonly whenCreating?: OrgRecord;
  /** Whether `plan` may mean `plan__c`, and the other way round. */
  readonly findsCustomFields?: boolean;
  /** Fields the org does not have: refuse the write, or leave those out and say so. */
  readonly unknownFields?: 'refuse' | 'leave-out';
  /** Fields that are always left out where the org does not have them, in lower case. */
  readonly optionalFields?: ReadonlySet<string>;
  /** What was not taken into the values, with why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Was sent before, and nobody knows what became of it. */
  readonly isInDoubt?: boolean;
}

/**
 * What became of a write, in the terms of HTTP: 200 updated or deleted, 201 created, 300 several records match, 400 refused,
 * 404 none matches, 409 may have been done, 410 deleted, 500 given up after retries.
 */
export interface Outcome {
  readonly status: number;
  /** Stable: `updated`, `several-matches`, or Salesforce's code in its own spelling. */
  readonly code: string;
  readonly message: string;
  readonly object: string;
  /** Records it was done to, or that stood in its way. */
  readonly ids: readonly string[];
  /** Fields that were left out, with why. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** What is to become of a write: it is done, refused for good, or to be tried again. */
export type Result =
  | { readonly kind: 'done' | 'refused'; readonly outcome: Outcome }
  | {
      readonly kind: 'retry';
      readonly outcome: Outcome;
      /** Concerns more than this write: what is left of the turn is put off with it. */
      readonly fault?: SalesforceFault;
    };

/** Another write of the same turn has to come first. */
export const WAITS = 'waits-for-another';

export function refused(
  write: Pick<RecordWrite, 'object'>,
  status: number,
  code: string,
  message: string,
  ids: readonly string[] = [],
): Result {
  return { kind: 'refused', outcome: { status, code, message, object: write.object, ids } };
}

export function several(write: Pick<RecordWrite, 'object'>, ids: readonly string[]): Result {
  const shown = ids.slice(0, 20).join(', ') + (ids.length > 20 ? ' …' : '');
  return refused(
    write,
    300,
    'several-matches',
    say('items.several-matches', { count: ids.length, ids: shown }),
    ids,
  );
}

/** What a record's refusal means for its write. */
export function ofRefusal(
  object: string,
  id: string | null,
  { follows, code, message }: RecordRefusal,
): Result {
  const ids = id === null ? [] : [id];
  if (follows === 'retry') return { kind: 'retry', outcome: { status: 500, code, message, object, ids } };
  if (follows === 'gone')
    return refused(
      { object },
      404,
      'no-match',
      say('items.no-such-id', { object, id: id ?? '', reason: message }),
      ids,
    );
  return refused({ object }, 400, code, message, ids);
}
