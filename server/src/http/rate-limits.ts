import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type pg from 'pg';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { limiterOf, SharedOutQuota, take, type Quota } from './quota.ts';

const MINUTE = 60;
/** Failed sign-ins of one address from one machine, of one machine, and of one address from anywhere. */
const SIGN_INS: Quota = { name: 'sign-in', points: 10, duration: 15 * MINUTE };
const SIGN_INS_OF_MACHINE: Quota = { name: 'sign-in-machine', points: 100, duration: 15 * MINUTE };
const SIGN_INS_OF_ADDRESS: Quota = { name: 'sign-in-address', points: 200, duration: 60 * MINUTE };
/** Sign-ons by an identity provider that one machine begins: an office may be one. */
const SIGN_ONS: Quota = { name: 'sign-on', points: 300, duration: 15 * MINUTE };
/** Links to choose a password that are asked for: of one address by one machine, by one machine, of one address by anybody. */
const RESETS: Quota = { name: 'reset', points: 5, duration: 60 * MINUTE };
const RESETS_OF_MACHINE: Quota = { name: 'reset-machine', points: 50, duration: 60 * MINUTE };
const RESETS_OF_ADDRESS: Quota = { name: 'reset-address', points: 20, duration: 60 * MINUTE };
/** Mails with such links that an account has sent: to one address, and altogether. */
const LINK_MAILS: Quota = { name: 'link-mail', points: 10, duration: 60 * MINUTE };
const LINK_MAILS_OF_ACCOUNT: Quota = { name: 'link-mail-account', points: 200, duration: 60 * MINUTE };
/** Wrong keys of one machine in a minute. */
const WRONG_KEYS: Quota = { name: 'wrong-key', points: 30, duration: MINUTE };
/** Links of one person that are followed, and wrong ones that one machine follows, in a minute. */
const LINKS: Quota = { name: 'link', points: 60, duration: MINUTE };
const WRONG_LINKS: Quota = { name: 'wrong-link', points: 30, duration: MINUTE };

/** What an installation says of it, and where is counted. */
export interface RateSettings {
  readonly batchesPerMinute: number;
  readonly eventCallsPerMinute: number;
  /** Of the database that all copies of the server share; null where there is one copy, which counts by itself. */
  readonly pool: pg.Pool | null;
}

/** How often somebody may call, whichever copy of the server they meet. */
export class RateLimits {
  readonly #batches: SharedOutQuota;
  readonly #events: SharedOutQuota;
  readonly #signIns: RateLimiterAbstract;
  readonly #signInsOfMachine: RateLimiterAbstract;
  readonly #signInsOfAddress: RateLimiterAbstract;
  readonly #signOns: RateLimiterAbstract;
  readonly #resets: readonly [RateLimiterAbstract, RateLimiterAbstract, RateLimiterAbstract];
  readonly #linkMails: readonly [RateLimiterAbstract, RateLimiterAbstract];
  readonly #wrongKeys: RateLimiterAbstract;
  readonly #links: RateLimiterAbstract;
  readonly #wrongLinks: RateLimiterAbstract;

  constructor({ batchesPerMinute, eventCallsPerMinute, pool }: RateSettings) {
    const minutely = (name: string, points: number, detail: string): SharedOutQuota =>
      new SharedOutQuota({ name, points, duration: MINUTE }, detail, pool);
    this.#batches = minutely(
      'batch',
      batchesPerMinute,
      'This connection sends more batches a minute than it may.',
    );
    this.#events = minutely(
      'events',
      eventCallsPerMinute,
      'This source sends events more often than it may.',
    );
    this.#signIns = limiterOf(SIGN_INS, pool);
    this.#signInsOfMachine = limiterOf(SIGN_INS_OF_MACHINE, pool);
    this.#signInsOfAddress = limiterOf(SIGN_INS_OF_ADDRESS, pool);
    this.#signOns = limiterOf(SIGN_ONS, pool);
    this.#resets = [
      limiterOf(RESETS, pool),
      limiterOf(RESETS_OF_MACHINE, pool),
      limiterOf(RESETS_OF_ADDRESS, pool),
    ];
    this.#linkMails = [limiterOf(LINK_MAILS, pool), limiterOf(LINK_MAILS_OF_ACCOUNT, pool)];
    this.#wrongKeys = limiterOf(WRONG_KEYS, pool);
    this.#links = limiterOf(LINKS, pool);
    this.#wrongLinks = limiterOf(WRONG_LINKS, pool);
  }

  /** Counts a batch of a connection. Throws a 429 problem that says when to come again. */
  async batch(connectionId: string): Promise<void> {
    await this.#batches.take(connectionId);
  }

  /** Counts a call with events of a source. Throws a 429 problem that says when to come again. */
  async events(sourceId: string): Promise<void> {
    await this.#events.take(sourceId);
  }

  /**
   * Counts a sign-in until it turns out to be right. Who knows somebody's address and tries passwords from one machine keeps
   * only that machine out: what is counted of an address alone takes twenty machines. Throws a 429 problem.
   */
  async signIn(ip: string, email: string): Promise<{ forgive(): Promise<void> }> {
    const { pair, machine, address } = keysOf(ip, email);
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

  /** Counts a sign-on by an identity provider that is begun. Throws a 429 problem. */
  async signOn(ip: string): Promise<void> {
    await take(this.#signOns, keyOf(machineOf(ip)), 'Too many sign-ons were begun from this address.');
  }

  /**
   * Counts that somebody asks for a link to choose a password, whoever has the address or nobody: a mailbox is not filled by
   * strangers. Throws a 429 problem.
   */
  async passwordReset(ip: string, email: string): Promise<void> {
    const { pair, machine, address } = keysOf(ip, email);
    const [ofPair, ofMachine, ofAddress] = this.#resets;
    const detail = 'A link was asked for too often.';
    await take(ofPair, pair, detail);
    await take(ofMachine, machine, detail);
    await take(ofAddress, address, detail);
  }

  /** Counts a mail with a link to choose a password that an account has sent to an address. Throws a 429 problem. */
  async linkMail(accountId: string, email: string): Promise<void> {
    const [ofAddress, ofAccount] = this.#linkMails;
    const detail = 'Too many mails with links were sent.';
    await take(ofAddress, keyOf(`${accountId} ${email.toLowerCase()}`), detail);
    await take(ofAccount, accountId, detail);
  }

  /** Counts a key that is wrong; right ones of the same machine go on. Throws a 429 problem. */
  async wrongKey(ip: string): Promise<void> {
    await take(this.#wrongKeys, keyOf(machineOf(ip)), 'Too many wrong keys came from this address.');
  }

  /** Counts a signed link by its person: a provider follows those of thousands from one machine. Throws a 429 problem. */
  async link(personId: string): Promise<void> {
    await take(this.#links, personId, 'This link is followed too often.');
  }

  /** Counts a link that nobody has signed. Throws a 429 problem. */
  async wrongLink(ip: string): Promise<void> {
    await take(this.#wrongLinks, keyOf(machineOf(ip)), 'Too many wrong links came from this address.');
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

/** Whoever means an address from a machine: both of them, and each. */
function keysOf(ip: string, email: string): Readonly<Record<'pair' | 'machine' | 'address', string>> {
  const machine = keyOf(machineOf(ip));
  const address = keyOf(email.toLowerCase());
  return { pair: keyOf(`${machine} ${address}`), machine, address };
}

/** Who is counted, without an address of a person or a machine: the database keeps it, and it fits however long one is. */
function keyOf(who: string): string {
  return createHash('sha256').update(who).digest('base64url');
}
