/** Tries of one record before it is given up: about a day. */
export const MOST_ATTEMPTS = 10;
/** Milliseconds before the next try. */
export const DELAYS = { first: 30_000, longest: 6 * 3_600_000, spread: 0.2 };
