import type { SaidByRecord } from '../../consent/followed-columns.ts';
import type { OptInWrite } from '../../consent/opt-in-writes.ts';
import type { Claim } from './claims.ts';

/** The ends that a delivery can come to. */
export const OUTCOMES = [
  'created',
  'updated',
  'deleted',
  'unneeded',
  'no-record',
  'gone',
  'unreached',
  'dead',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A delivery that has come to its end. */
export interface Settled {
  readonly claim: Claim;
  /**
   * unneeded: nothing was there to be sent; no-record: the org has no record of it, and none is to be made; gone: the
   * record was deleted in the org; unreached: an opt-out that the org has no record for, kept until one comes; dead: given
   * up, until somebody replays it or its record changes.
   */
  readonly outcome: Outcome;
  /** Of one that is dead or unreached: why, in the org's words or ours. */
  readonly code?: string;
  readonly message?: string;
  /** A creation was refused: there is no record of it. */
  readonly isNotMade?: true;
  /** The record that it is linked to from now on. */
  readonly salesforceId?: string;
  /** Values of the columns that its record has now, as JSON of the database. */
  readonly sent?: string;
  /** What was sent is kept already. */
  readonly isNoted?: true;
  /** The record that it was linked to, and that the org has deleted. */
  readonly goneId?: string;
  /** What the org says after a delivery of consent, where columns follow it. */
  readonly read?: { readonly writes: readonly OptInWrite[]; readonly seen: readonly Seen[] };
}

/** What a checkbox of a record says; the field in lower case. */
export interface Seen extends SaidByRecord {
  readonly field: string;
}

/** Why a delivery, or a part of it, is given up. */
export interface Refused {
  readonly claim: Claim;
  readonly code: string;
  readonly message: string;
}

/** A delivery that is tried again later. */
export interface Retried {
  readonly claim: Claim;
  readonly outcome: 'retry';
  readonly code: string;
  readonly message: string;
  readonly isNotMade?: true;
  readonly goneId?: string;
}
