import type { SalesforceOrg } from '../salesforce/org.ts';

/** What every call of an org passes: whoever may no longer call is stopped before it, and calls are counted. */
export interface CallGate {
  /** Rejects with Interrupted. */
  beforeCall(): Promise<void>;
  countCalls(calls: number): void;
  /** The calls counted since the last time. */
  takeCalls(): number;
}

/** Why a drain ended before its work did; what it has not sent is sent by the next one. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly reason: 'ending' | 'budget';

  constructor(reason: Interrupted['reason']) {
    super(`The drain was interrupted: ${reason}.`);
    this.reason = reason;
  }
}

/** The gate of one drain. */
export class DrainGate implements CallGate {
  readonly #org: SalesforceOrg;
  readonly #ending: AbortSignal;
  #calls = 0;
  #hasCalled = false;
  /** Share of the org's daily calls beyond which there are no more. */
  share = 1;

  /** @param ending the lease is lost, or the server stops */
  constructor(org: SalesforceOrg, ending: AbortSignal) {
    this.#org = org;
    this.#ending = ending;
  }

  beforeCall(): Promise<void> {
    if (this.#ending.aborted) return Promise.reject(new Interrupted('ending'));
    // What is known before the first call may be of yesterday: the call brings the news.
    if (this.#hasCalled && this.#isUsedUp()) return Promise.reject(new Interrupted('budget'));
    this.#hasCalled = true;
    return Promise.resolve();
  }

  countCalls(calls: number): void {
    this.#calls += calls;
  }

  takeCalls(): number {
    const calls = this.#calls;
    this.#calls = 0;
    return calls;
  }

  #isUsedUp(): boolean {
    const usage = this.#org.usage;
    return usage !== null && usage.limit > 0 && usage.used >= usage.limit * this.share;
  }
}
