import type pg from 'pg';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { tooManyRequests } from './problem.ts';

/** How often something may be done in so many seconds. */
export interface Quota {
  /** Of whom it counts: names of different quotas never meet. */
  readonly name: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Where the counts are that all copies of the server share. */
export const QUOTA_TABLE = { schema: 'di', table: 'rate_limit' } as const;
/** Into so many parts a quota is shared out: what a copy has taken and does not use, no other one can. */
const PARTS = 50;

/** Counts in the database, for all copies of the server; without one, in this process. */
export function limiterOf(quota: Quota, pool: pg.Pool | null): RateLimiterAbstract {
  const { name, points, duration } = quota;
  const shared = { keyPrefix: name, points, duration };
  if (pool === null) return new RateLimiterMemory(shared);
  return new RateLimiterPostgres({
    ...shared,
    storeClient: pool,
    storeType: 'pool',
    schemaName: QUOTA_TABLE.schema,
    tableName: QUOTA_TABLE.table,
    tableCreated: true,
    // Housekeeping does.
    clearExpiredByTimeout: false,
    // Whoever goes on all the same costs the database nothing more.
    inMemoryBlockOnConsumed: points + 1,
  });
}

/** Counts one of a quota; answers what is left of it. Throws a 429 problem that says when to come again. */
export async function take(
  limiter: RateLimiterAbstract,
  key: string,
  detail: string,
): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyRequests(detail, refused.msBeforeNext / 1000);
  }
}

/** What is left of a part that this copy has taken, and until when it holds. */
interface Part {
  left: number;
  readonly until: number;
}

/**
 * A quota of what is done hundreds of times a second: a copy takes a fiftieth of it at a time, and counts that by itself, so
 * that hardly any call pays for a look at the database.
 */
export class SharedOutQuota {
  readonly #limiter: RateLimiterAbstract;
  readonly #detail: string;
  readonly #size: number;
  readonly #parts = new Map<string, Promise<Part>>();

  constructor(quota: Quota, detail: string, pool: pg.Pool | null) {
    this.#size = Math.max(1, Math.floor(quota.points / PARTS));
    this.#limiter = limiterOf({ ...quota, points: Math.ceil(quota.points / this.#size) }, pool);
    this.#detail = detail;
  }

  /** Counts one. Throws a 429 problem that says when to come again. */
  async take(key: string): Promise<void> {
    for (;;) {
      const known = this.#parts.get(key);
      const part = await known;
      if (part && part.left > 0 && Date.now() < part.until) {
        part.left -= 1;
        return;
      }
      // Another call may have taken the next part meanwhile.
      if (this.#parts.get(key) === known) await this.#next(key);
    }
  }

  async #next(key: string): Promise<void> {
    const taking = take(this.#limiter, key, this.#detail).then(({ msBeforeNext }) => ({
      left: this.#size,
      until: Date.now() + msBeforeNext,
    }));
    this.#parts.set(key, taking);
    try {
      await taking;
    } catch (error) {
      this.#parts.delete(key);
      throw error;
    }
  }
}
