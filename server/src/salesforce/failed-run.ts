import { Problem } from '../http/problem.ts';
import { backOff } from '../jobs/back-off.ts';
import { LIMIT_REST_SECONDS } from './api-budget.ts';
import { SalesforceFault } from './org.ts';

/** Times that a run is tried before it fails. */
const ATTEMPTS = 6;
/** Seconds before a run is tried again. */
export const PAUSES = { first: 15, longest: 900, spread: 0.5 };

/** What became of a run of work with an org that did not come to its end. */
export interface FailedRun {
  /** What a person is told; the words of an unexpected error are for the log. */
  readonly code: string;
  readonly message: string;
  /** Seconds before it is tried again; null where it has failed. */
  readonly pause: number | null;
}

/**
 * What follows from an error. A connection that is held goes on by itself: what waits for it does not fail, however often it
 * is tried.
 */
export function failedRun(error: unknown, attempts: number): FailedRun {
  const { code, message } =
    error instanceof SalesforceFault || error instanceof Problem
      ? error
      : { code: 'internal-error', message: 'Something went wrong on the server; its log says what.' };
  return { code, message, pause: pauseAfter(error, attempts) };
}

function pauseAfter(error: unknown, attempts: number): number | null {
  const kind = kindOf(error);
  if (kind === 'limit') return LIMIT_REST_SECONDS;
  return kind === 'hold' || (kind === 'retry' && attempts < ATTEMPTS) ? backOff(PAUSES, attempts) : null;
}

function kindOf(error: unknown): SalesforceFault['kind'] {
  if (error instanceof SalesforceFault) return error.kind;
  return error instanceof Problem && !error.isRetryable ? 'stop' : 'retry';
}
