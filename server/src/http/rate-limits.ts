import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './problem.ts';

const MINUTE = 60;
/** Failed sign-ins of one address from one machine, of one machine, and of one address from anywhere. */
const SIGN_INS = { points: 10, duration: 15 * MINUTE };
const SIGN_INS_OF_MACHINE = { points: 100, duration: 15 * MINUTE };
const SIGN_INS_OF_ADDRESS = { points: 200, duration: 60 * MINUTE };
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
  readonly #signInsOfAddress = new RateLimiterMemory(SIGN_INS_OF_ADDRESS);
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

  /**
   * Counts a sign-in until it turns out to be right. Who knows somebody's address and tries passwords from one machine keeps
   * only that machine out: what is counted of an address alone takes twenty machines. Throws a 429 problem.
   */
  async signIn(ip: string, email: string): Promise<{ forgive(): Promise<void> }> {
    const machine = machineOf(ip);
    const address = email.toLowerCase();
    const pair = `${machine} ${address}`;
    const detail = 'Too many sign-ins have failed.';
    await take(this.#signIns, pair, detail);
    await take(this.#signInsOfMachine, machine, detail);
    await take(this.#signInsOfAddress, address, detail);
    return {
      forgive: async () => {
        await this.#signIns.delete(pair);
        await this.#signInsOfMachine.reward(machine);
        await this.#signInsOfAddress.reward(address);
      },
    };
  }

  /** Counts a key that is wrong; right ones of the same machine go on. Throws a 429 problem. */
  async wrongKey(ip: string): Promise<void> {
    await take(this.#wrongKeys, machineOf(ip), 'Too many wrong keys came from this address.');
  }

  /** Counts a signed link by its person: a provider follows those of thousands from one machine. Throws a 429 problem. */
  async link(personId: string): Promise<void> {
    await take(this.#links, personId, 'This link is followed too often.');
  }

  /** Counts a link that nobody has signed. Throws a 429 problem. */
  async wrongLink(ip: string): Promise<void> {
    await take(this.#wrongLinks, machineOf(ip), 'Too many wrong links came from this address.');
  }
}

/** Whoever has one address of IPv6 has the 2^64 of its network. */
function machineOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !isIPv6(ip)) return mapped ?? ip;
  const [head = '', tail = ''] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const groups = ip.includes('::')
    ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
    : before;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

async function take(limiter: RateLimiterMemory, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyRequests(detail, refused.msBeforeNext / 1000);
  }
}
