/** OWASP's password storage cheat sheet: N = 2^17, r = 8, p = 1, which takes 128 MiB and a few tenths of a second. */
export const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
