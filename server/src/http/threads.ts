import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { Problem, tooManyRequests, unavailable } from './problem.ts';

/** Threads of one kind of work; one account has one of them at a time. */
const THREADS = 2;
/** Milliseconds that one piece of work may take, on a machine that has other things to do. */
const TIMEOUT_MS = 120_000;
/** Milliseconds after which a thread that nobody needs ends. */
const IDLE_MS = 60_000;
/** Seconds after which a caller may try again. */
const TRY_AGAIN = 15;

/** What a thread answers: an error would lose what it is on its way between threads. */
export type Outcome<T> = { readonly done: T } | { readonly refused: Refused };

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** How a kind of work is given to threads. */
export interface ThreadOptions {
  /** Pieces of one account that wait for their turn. */
  readonly maxWaiting: number;
  /** What is said to an account that has more here. */
  readonly tooMany: string;
  /** The code and the detail for what took too long. */
  readonly tooSlow: readonly [code: string, detail: string];
  /** Says when a piece that is begun with now has taken too long. */
  readonly deadline?: () => AbortSignal;
}

/**
 * Work of the processor in threads beside the one that answers, one piece of an account at a time, so that what one account
 * sends keeps nobody else waiting.
 */
export class Threads<Task, Done> {
  readonly #pool: Piscina<Task, Outcome<Done>>;
  readonly #options: ThreadOptions;
  /** Of each account that has work here: how many pieces, and the end of the last one. */
  readonly #lines = new Map<string, { count: number; last: Promise<unknown> }>();

  /** @param worker a module whose default export does the work, within `answered` */
  constructor(worker: URL, options: ThreadOptions) {
    this.#options = options;
    this.#pool = new Piscina({
      filename: worker.href,
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      // Its source is TypeScript, wherever the server itself was started from.
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    });
    // A thread that ends with nothing to do is no reason for the process to end: what it had to do is told of its end.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Has a piece of work done. Throws the problem that the work throws, a 429 problem where the account has several here, and
   * a 503 problem where it takes too long.
   *
   * @param account whose work it is
   */
  async run(account: string, task: Task): Promise<Done> {
    const line = this.#lines.get(account) ?? { count: 0, last: Promise.resolve() };
    if (line.count > this.#options.maxWaiting) throw tooManyRequests(this.#options.tooMany, TRY_AGAIN);
    line.count += 1;
    this.#lines.set(account, line);
    const turn = line.last.then(() => this.#run(task));
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.count -= 1;
      if (line.count === 0) this.#lines.delete(account);
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #run(task: Task): Promise<Done> {
    const deadline = this.#options.deadline?.() ?? AbortSignal.timeout(TIMEOUT_MS);
    try {
      const outcome = await this.#pool.run(task, { signal: deadline });
      if ('done' in outcome) return outcome.done;
      const { status, code, title, detail } = outcome.refused;
      throw new Problem(status, code, title, detail);
    } catch (error) {
      if (!deadline.aborted) throw error;
      throw unavailable(...this.#options.tooSlow, TRY_AGAIN);
    }
  }
}

/** Does the work of a thread: what it throws as a problem is answered as one. */
export async function answered<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, title, message: detail } = error;
    return { refused: { status, code, title, detail } };
  }
}
