import type { Logger } from 'pino';
import { persistently } from '../database/persistently.ts';
import { Problem } from '../http/problem.ts';
import { backOff } from '../jobs/back-off.ts';
import { Interrupted, LeaseLost } from '../jobs/interrupted.ts';
import type { Lease } from '../jobs/lease.ts';
import { LIMIT_REST_SECONDS } from './api-budget.ts';
import { SalesforceFault } from './org.ts';

/** Times that a run is tried before it fails. */
const ATTEMPTS = 6;
/** Seconds before a run is tried again. */
export const PAUSES = { first: 15, longest: 900, spread: 0.5 };

/** A run of work with an org that its worker has. */
export interface HeldRun {
  readonly id: string;
  readonly attempt: number;
  readonly lease: Lease;
}

/** Why a run failed, for a person. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * What becomes of a run that did not come to its end: it is another worker's, is put back to be tried again, or has failed. A
 * connection that is held goes on by itself: what waits for it does not fail, however often it is tried.
 *
 * @param fail ends the run
 */
export async function settleRun(
  { id, attempt, lease }: HeldRun,
  error: unknown,
  logger: Logger,
  fail: (failure: RunFailure) => Promise<void>,
): Promise<void> {
  if (error instanceof LeaseLost) return;
  if (error instanceof Interrupted) {
    await putBack(lease, 0, { code: 'interrupted', message: 'The server was stopped.' });
    return;
  }
  const failure = told(error);
  logger.warn({ run: id, attempt, code: failure.code, err: error }, 'run failed');
  const pause = pauseAfter(error, attempt);
  await (pause === null ? fail(failure) : persistently(() => putBack(lease, pause, failure)));
}

const putBack = (lease: Lease, seconds: number, reason: RunFailure): Promise<unknown> =>
  lease.postpone(seconds, { state: 'queued', ...reason });

/** The words of an unexpected error are for the log. */
function told(error: unknown): RunFailure {
  const { code, message } =
    error instanceof SalesforceFault || error instanceof Problem
      ? error
      : { code: 'internal-error', message: 'Something went wrong on the server; its log says what.' };
  return { code, message };
}

/** Seconds before a run is tried again; null where it has failed. */
export function pauseAfter(error: unknown, attempts: number): number | null {
  const kind = kindOf(error);
  if (kind === 'limit') return LIMIT_REST_SECONDS;
  return kind === 'hold' || (kind === 'retry' && attempts < ATTEMPTS) ? backOff(PAUSES, attempts) : null;
}

function kindOf(error: unknown): SalesforceFault['kind'] {
  if (error instanceof SalesforceFault) return error.kind;
  return error instanceof Problem && !error.isRetryable ? 'stop' : 'retry';
}
