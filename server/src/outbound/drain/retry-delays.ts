import { backOff } from '../../jobs/back-off.ts';

/** Tries of one record before it is given up: about a day. */
export const MOST_ATTEMPTS = 10;
const DELAYS = { first: 30_000, longest: 6 * 3_600_000, spread: 0.2 };

/** Milliseconds before the next try, after so many that failed in a row. */
export function retryDelay(failures: number): number {
  return backOff(DELAYS, failures);
}
