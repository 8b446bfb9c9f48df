import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './problem.ts';

const MINUTE = 60;
/** Failed sign-ins of one address and of one machine in a quarter of an hour. */
const SIGN_INS = { points: 10, duration: 15 * MINUTE };
const SIGN_INS_OF_MACHINE = { points: 100, duration: 15 * MINUTE };
/** Wrong keys of one machine in a minute. */
const WRONG_KEYS = { points: 30, duration: MINUTE };

/**
 * How often somebody may call. Each copy of the server counts for itself: n copies allow n times as much, which is what a
 * limit against overload wants, and still leaves nothing to guess.
 */
export class RateLimits {
  readonly #batches: RateLimiterMemory;
  readonly #signIns = new RateLimiterMemory(SIGN_INS);
  readonly #signInsOfMachine = new RateLimiterMemory(SIGN_INS_OF_MACHINE);
  readonly #wrongKeys = new RateLimiterMemory(WRONG_KEYS);

  constructor(batchesPerMinute: number) {
    this.#batches = new RateLimiterMemory({ points: batchesPerMinute, duration: MINUTE });
  }

  /** Counts a batch of a connection. Throws a 429 problem that says when to come again. */
  async batch(connectionId: string): Promise<void> {
    await take(this.#batches, connectionId, 'This connection sends more batches a minute than it may.');
  }

  /** Counts a sign-in until it turns out to be right. Throws a 429 problem. */
  async signIn(machine: string, email: string): Promise<{ forgive(): Promise<void> }> {
    const address = email.toLowerCase();
    const detail = 'Too many sign-ins have failed.';
    await take(this.#signInsOfMachine, machine, detail);
    await take(this.#signIns, address, detail);
    return {
      forgive: async () => {
        await this.#signInsOfMachine.reward(machine);
        await this.#signIns.delete(address);
      },
    };
  }

  /** Counts a try with a connection's keys until they turn out to be right. Throws a 429 problem. */
  async tokenRequest(machine: string): Promise<{ forgive(): Promise<void> }> {
    await take(this.#wrongKeys, machine, 'Too many wrong keys came from this address.');
    return {
      forgive: async () => {
        await this.#wrongKeys.reward(machine);
      },
    };
  }
}

async function take(limiter: RateLimiterMemory, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyRequests(detail, refused.msBeforeNext / 1000);
  }
}
