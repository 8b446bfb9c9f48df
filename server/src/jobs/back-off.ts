/** How long to wait after failures, in whatever unit the caller counts. */
export interface Waits {
  /** After the first failure; each further one doubles it. */
  readonly first: number;
  readonly longest: number;
  /** How far chance moves a wait up or down, as a share of it: what failed together does not come back together. */
  readonly spread?: number;
}

/**
 * The wait after so many failures in a row, one or more.
 *
 * @param random from 0 up to 1
 */
export function backOff(
  { first, longest, spread = 0 }: Waits,
  failures: number,
  random = Math.random(),
): number {
  const wait = Math.min(longest, first * 2 ** Math.max(0, failures - 1));
  return Math.round(wait * (1 - spread + 2 * spread * random));
}
