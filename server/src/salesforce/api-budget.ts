import { SalesforceFault, type ApiUsage, type Producer } from './org.ts';

/** Seconds that work rests whose API calls are used up: Salesforce counts those of the last 24 hours. */
export const LIMIT_REST_SECONDS = 900;
/** Code of the fault of a producer whose share of the org's calls is used up, while the org itself still has some. */
export const BUDGET_USED = 'api-budget-used';

/** Milliseconds that what the org counted is believed; after that one call is let through, and brings the news. */
const BELIEVED_MS = 300_000;

/**
 * How many of its org's daily API calls a connection may see used, by any client, before its producers stop, in this
 * order: what comes by itself and loses nothing by waiting (events, pulls, comparisons), a tenth before the share; rows,
 * actions, imports and deployments at the share; tests and previews, which a person waits for, half-way to the end; consent
 * never, as long as the org takes calls. ConnectionCalls asks it before each call.
 */
export class ApiBudget {
  readonly #now: () => number;
  #usage: ApiUsage | null = null;
  #seenAt = -Infinity;
  #probedAt = -Infinity;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get usage(): ApiUsage | null {
    return this.#usage;
  }

  /** Takes in what the org counted in an answer that has just come. */
  learn(usage: ApiUsage): void {
    this.#usage = usage;
    this.#seenAt = this.#now();
  }

  /** Takes in what another copy of the server was answered, where that is later news; its clock may be ahead. */
  learnFrom(usage: ApiUsage, seenAt: number): void {
    if (seenAt <= this.#seenAt) return;
    this.#usage = usage;
    this.#seenAt = Math.min(seenAt, this.#now());
  }

  /**
   * Why a producer may make no call now; null where it may.
   *
   * @param share of the org's calls, from 0 to 1
   */
  refusal(producer: Producer, share: number): SalesforceFault | null {
    const reach = reachOf(producer, share);
    const usage = this.#usage;
    if (usage === null || producer === 'consent' || share >= 1 || isBelow(usage, reach) || this.#mayProbe())
      return null;
    return new SalesforceFault(
      'limit',
      BUDGET_USED,
      `The org has used ${usage.used} of its ${usage.limit} API calls of 24 hours; ${NAMES[producer]} stop at ${Math.round(reach * 100)} %, and go on by themselves when it is less. Consent goes on. The share is set on the connection.`,
    );
  }

  #mayProbe(): boolean {
    const now = this.#now();
    if (now - Math.max(this.#seenAt, this.#probedAt) < BELIEVED_MS) return false;
    this.#probedAt = now;
    return true;
  }
}

/** Whether less than a share of the org's calls is used. */
export const isBelow = ({ used, limit }: ApiUsage, share: number): boolean =>
  limit <= 0 || used < limit * share;

const FIRST: ReadonlySet<Producer> = new Set(['events', 'pulls', 'comparisons']);

function reachOf(producer: Producer, share: number): number {
  if (producer === 'consent') return 1;
  if (producer === 'checks') return (1 + share) / 2;
  return FIRST.has(producer) ? (share * 9) / 10 : share;
}

const NAMES: Readonly<Record<Producer, string>> = {
  consent: 'opt-ins and opt-outs',
  deliveries: 'rows',
  actions: 'actions',
  events: 'events',
  imports: 'imports',
  pulls: 'pulls',
  comparisons: 'comparisons',
  deployments: 'deployments',
  checks: 'tests and previews',
};
