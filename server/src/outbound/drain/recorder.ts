import type { Retried, Settled } from '../deliveries/outcomes.ts';

/** Results that wait to be kept; whoever brings more then waits too. */
const MOST_WAITING = 4000;

/** What became of some deliveries. */
export interface Outcomes {
  readonly settled: readonly Settled[];
  readonly retried: readonly Retried[];
}

/**
 * Keeps what became of deliveries while the next call of the org is on its way. Results that come in meanwhile are kept
 * together, in one transaction: the slower the database, the fewer it has to do. What was not kept when the server dies is
 * sent again, and makes no second record.
 */
export class Recorder {
  readonly #keep: (outcomes: Outcomes) => Promise<void>;
  #settled: Settled[] = [];
  #retried: Retried[] = [];
  #running: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** @param keep writes results down, all of them or none */
  constructor(keep: (outcomes: Outcomes) => Promise<void>) {
    this.#keep = keep;
  }

  /** Takes results to be kept. Throws what an earlier keeping failed with. */
  async add({ settled, retried }: Outcomes): Promise<void> {
    this.#throwFailure();
    if (settled.length + retried.length === 0) return;
    this.#settled.push(...settled);
    this.#retried.push(...retried);
    this.#running ??= this.#run();
    if (this.#settled.length + this.#retried.length > MOST_WAITING) await this.#running;
    this.#throwFailure();
  }

  /** Waits until everything is kept. Throws what the keeping failed with. */
  async end(): Promise<void> {
    await this.#running;
    this.#throwFailure();
  }

  async #run(): Promise<void> {
    try {
      while (this.#settled.length + this.#retried.length > 0) {
        const outcomes = { settled: this.#settled, retried: this.#retried };
        this.#settled = [];
        this.#retried = [];
        await this.#keep(outcomes);
      }
    } catch (error) {
      // Told to whoever comes next: nobody waits for this promise now.
      this.#failure = { error };
    } finally {
      this.#running = null;
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
