/** What a password costs where tests sign in hundreds of times; each hash says what it cost. See vitest.config.ts. */
export const COST = { N: 2 ** 10, r: 8, p: 1 } as const;
