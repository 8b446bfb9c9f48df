/** Seconds after the first failure; each further one doubles them. */
const FIRST = 30;
const LONGEST = 3600;

/** Attempts after which an item is set aside: about eight hours. */
export const ATTEMPTS = 15;

/** Seconds to wait after so many failures. */
export function backOff(failures: number, longest = LONGEST): number {
  return Math.min(longest, FIRST * 2 ** Math.max(0, failures - 1));
}
