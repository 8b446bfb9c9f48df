import { ApiBudget, isBelow } from './api-budget.ts';
import type { ApiCallCounts } from './api-call-counts.ts';
import type { ApiUsage, Producer, SalesforceFault } from './org.ts';

/** What stops a connection's work and passes by itself. */
export type CallTrouble = 'api-budget-used' | 'api-unavailable';

/** Told what stops a connection's calls, and that they go on. Told again and again, it is one trouble. */
export interface TroubleListener {
  open(about: ConnectionOfCalls, kind: CallTrouble, message: string): Promise<void>;
  close(about: ConnectionOfCalls, kind: CallTrouble): Promise<void>;
}

export interface ConnectionOfCalls {
  readonly accountId: string;
  readonly connectionId: string;
}

/** Milliseconds between two tellings of the same trouble, and between two of its end, which another copy may have told of. */
const REPEAT_MS = 60_000;
const REPEAT_END_MS = 300_000;

/** What all calls of a connection have in common in this copy of the server: its budget, its counts, its troubles. */
export class ConnectionCalls {
  readonly budget = new ApiBudget();
  /** The connection's share of its org's calls, as it was last read. */
  share = 1;
  readonly #about: ConnectionOfCalls;
  readonly #counts: ApiCallCounts;
  readonly #listener: TroubleListener;
  readonly #troubles: Record<CallTrouble, { isOpen: boolean | null; toldAt: number }> = {
    'api-budget-used': { isOpen: null, toldAt: -Infinity },
    'api-unavailable': { isOpen: null, toldAt: -Infinity },
  };
  /** The least share that a producer was stopped at. */
  #stoppedAt = 1;

  constructor(about: ConnectionOfCalls, counts: ApiCallCounts, listener: TroubleListener) {
    this.#about = about;
    this.#counts = counts;
    this.#listener = listener;
  }

  /**
   * To be called before each call that begins something. Throws SalesforceFault `api-budget-used` (limit) for a producer
   * that has to wait.
   *
   * @param share a stricter one of the producer's own
   */
  async refuse(producer: Producer, share = 1): Promise<void> {
    const stricter = Math.min(share, this.share);
    const refusal = this.budget.refusal(producer, stricter);
    if (!refusal) return;
    this.#stoppedAt = Math.min(this.#stoppedAt, stricter);
    await this.#open('api-budget-used', refusal.message);
    throw refusal;
  }

  /** To be called for each call that is made. */
  count(producer: Producer): void {
    this.#counts.count(this.#about.connectionId, producer);
  }

  /** An answer came, with what the org has counted. */
  async answered(usage: ApiUsage): Promise<void> {
    this.budget.learn(usage);
    if (!isBelow(usage, Math.min(this.share, this.#stoppedAt))) return;
    this.#stoppedAt = 1;
    await this.#close('api-budget-used');
  }

  /** The org has done what it was asked for, or has refused that: its API is there. */
  async works(): Promise<void> {
    await this.#close('api-unavailable');
  }

  async failed({ kind, message }: SalesforceFault): Promise<void> {
    if (kind === 'limit') await this.#open('api-budget-used', message);
    if (kind === 'hold') await this.#open('api-unavailable', message);
  }

  async #open(kind: CallTrouble, message: string): Promise<void> {
    const { isOpen, toldAt } = this.#troubles[kind];
    if (isOpen === true && performance.now() - toldAt < REPEAT_MS) return;
    await this.#tell(kind, true, () => this.#listener.open(this.#about, kind, message));
  }

  async #close(kind: CallTrouble): Promise<void> {
    const { isOpen, toldAt } = this.#troubles[kind];
    if (isOpen === false && performance.now() - toldAt < REPEAT_END_MS) return;
    await this.#tell(kind, false, () => this.#listener.close(this.#about, kind));
  }

  /** A call that is done must not look as if it had failed because its telling failed: the next call tells again. */
  async #tell(kind: CallTrouble, isOpen: boolean, telling: () => Promise<void>): Promise<void> {
    this.#troubles[kind] = { isOpen, toldAt: performance.now() };
    await telling().catch(() => {
      this.#troubles[kind] = { isOpen: null, toldAt: -Infinity };
    });
  }
}
