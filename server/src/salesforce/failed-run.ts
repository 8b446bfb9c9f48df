import { say } from '../messages/message.ts';
import type { Logger } from 'pino';
import { persistently } from '../database/persistently.ts';
import { Problem } from '../http/problem.ts';
import { backOff } from '../jobs/back-off.ts';
import { Interrupted, LeaseLost } from '../jobs/interrupted.ts';
import type { Change, Lease } from '../jobs/lease.ts';
import { LIMIT_REST_SECONDS } from './api-budget.ts';
import { SalesforceFault } from './org.ts';

/** Times that a run is tried before it fails. */
const ATTEMPTS = 6;
/** Seconds before a run is tried again. */
export const PAUSES = { first: 15, longest: 900, spread: 0.5 };

/** A run of work with an org that its worker has: of a pull, a comparison, a deployment, an import. */
export interface HeldRun {
  readonly id: string;
  /** Tries so far, with this one: what its row counts as `attempts`. */
  readonly attempt: number;
  readonly lease: Lease;
  /** What else its row says where it waits for another try, at `due_at`. */
  readonly waiting: (reason: RunFailure) => Change;
  /** Tries before it fails; Infinity where somebody sees it wait, and cancels what they no longer want. */
  readonly tries?: number;
  /** Somebody has asked for it, and looks for its end: while a connection is held it fails with the reason, and comes again after it. */
  readonly isAwaited?: boolean;
}

/** Why a run failed, for a person. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * What becomes of a run that did not come to its end: it is another worker's, is put back to be tried again, or has failed. A
 * connection that is held goes on by itself: what waits for it does not fail, however often it is tried, unless somebody
 * awaits it.
 *
 * @param fail ends the run
 */
export async function settleRun(
  run: HeldRun,
  error: unknown,
  logger: Logger,
  fail: (failure: RunFailure) => Promise<unknown>,
): Promise<void> {
  if (error instanceof LeaseLost) return;
  const { id, attempt, lease, waiting } = run;
  if (error instanceof Interrupted) {
    // That was no try: a server that is restarted often fails nothing.
    const change = waiting({ code: 'interrupted', message: say('work.interrupted') });
    await lease.postpone(0, { ...change, attempts: attempt - 1 });
    return;
  }
  const failure = told(error);
  logger.warn({ run: id, attempt, code: failure.code, err: error }, 'run failed');
  const pause = pauseAfter(error, attempt, run);
  await persistently(() => (pause === null ? fail(failure) : lease.postpone(pause, waiting(failure))));
}

/** The words of an unexpected error are for the log. */
function told(error: unknown): RunFailure {
  const { code, message } =
    error instanceof SalesforceFault || error instanceof Problem
      ? error
      : { code: 'internal-error', message: say('work.internal-error') };
  return { code, message };
}

/** Seconds before a run is tried again; null where it has failed. */
export function pauseAfter(
  error: unknown,
  attempts: number,
  { tries = ATTEMPTS, isAwaited = false }: Pick<HeldRun, 'tries' | 'isAwaited'> = {},
): number | null {
  const kind = kindOf(error);
  if (kind === 'limit') return LIMIT_REST_SECONDS;
  const goesOn = kind === 'hold' ? !isAwaited : kind === 'retry' && attempts < tries;
  return goesOn ? backOff(PAUSES, attempts) : null;
}

function kindOf(error: unknown): SalesforceFault['kind'] {
  if (error instanceof SalesforceFault) return error.kind;
  return error instanceof Problem && !error.isRetryable ? 'stop' : 'retry';
}
