import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { databaseFailure } from '../database/failures.ts';
import { sqlState } from '../database/sql-state.ts';

/** Milliseconds to wait after a failure: a database that is away is not asked in a ring. */
const AFTER_FAILURE = 5000;

/**
 * Work that goes on as long as there is some, and looks again after a while. Several copies of the server may run the same
 * loop: whoever claims a piece of work sees to it that nobody else has it.
 */
export class Loop {
  readonly name: string;
  readonly #turn: (stopping: AbortSignal) => Promise<boolean>;
  readonly #idle: number;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #wake = new AbortController();

  /**
   * @param turn does a piece of work, and answers whether there may be more
   * @param idle milliseconds between looks when there is none
   */
  constructor(name: string, turn: (stopping: AbortSignal) => Promise<boolean>, idle: number, logger: Logger) {
    this.name = name;
    this.#turn = turn;
    this.#idle = idle;
    this.#logger = logger;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Does one piece of work, of a loop that was not started; answers whether there may be more. */
  turn(): Promise<boolean> {
    return this.#turn(this.#stopping.signal);
  }

  /** Looks for work at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Lets the piece of work at hand end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    while (!stopping.aborted) {
      this.#wake = new AbortController();
      let wait = this.#idle;
      try {
        if (await this.#turn(stopping)) continue;
      } catch (error) {
        this.#tell(error);
        wait = AFTER_FAILURE;
      }
      const woken = AbortSignal.any([stopping, this.#wake.signal]);
      await pause(wait, undefined, { signal: woken }).catch(() => undefined);
    }
  }

  /** A database that is away fails every loop again and again: one line each, without a stack. */
  #tell(error: unknown): void {
    const failure = databaseFailure(error);
    if (failure === null) this.#logger.error({ loop: this.name, err: error }, 'work failed');
    else
      this.#logger.warn({ loop: this.name, failure, code: sqlState(error) }, 'work waits for the database');
  }
}
