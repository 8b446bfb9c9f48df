import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './problem.ts';

const MINUTE = 60;
/** Failed sign-ins of one address and of one machine in a quarter of an hour. */
const SIGN_INS = { points: 10, duration: 15 * MINUTE };
const SIGN_INS_OF_MACHINE = { points: 100, duration: 15 * MINUTE };
/** Wrong keys of one machine in a minute. */
const WRONG_KEYS = { points: 30, duration: MINUTE };
/** Links of one person that are followed, and wrong ones that one machine follows, in a minute. */
const LINKS = { points: 60, duration: MINUTE };
const WRONG_LINKS = { points: 30, duration: MINUTE };

/**
 * How often somebody may call. Each copy of the server counts for itself: n copies allow n times as much, which is what a
 * limit against overload wants, and still leaves nothing to guess.
 */
export class RateLimits {
  readonly #batches: RateLimiterMemory;
  readonly #events: RateLimiterMemory;
  readonly #signIns = new RateLimiterMemory(SIGN_INS);
  readonly #signInsOfMachine = new RateLimiterMemory(SIGN_INS_OF_MACHINE);
  readonly #wrongKeys = new RateLimiterMemory(WRONG_KEYS);
  readonly #links = new RateLimiterMemory(LINKS);
  readonly #wrongLinks = new RateLimiterMemory(WRONG_LINKS);

  constructor(batchesPerMinute: number, eventCallsPerMinute: number) {
    this.#batches = new RateLimiterMemory({ points: batchesPerMinute, duration: MINUTE });
    this.#events = new RateLimiterMemory({ points: eventCallsPerMinute, duration: MINUTE });
  }

  /** Counts a batch of a connection. Throws a 429 problem that says when to come again. */
  async batch(connectionId: string): Promise<void> {
    await take(this.#batches, connectionId, 'This connection sends more batches a minute than it may.');
  }

  /** Counts a call with events of a source. Throws a 429 problem that says when to come again. */
  async events(sourceId: string): Promise<void> {
    await take(this.#events, sourceId, 'This source sends events more often than it may.');
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

  /** Counts a signed link by its person: a provider follows those of thousands from one machine. Throws a 429 problem. */
  async link(personId: string): Promise<void> {
    await take(this.#links, personId, 'This link is followed too often.');
  }

  /** Counts a link that nobody has signed. Throws a 429 problem. */
  async wrongLink(machine: string): Promise<void> {
    await take(this.#wrongLinks, machine, 'Too many wrong links came from this address.');
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
