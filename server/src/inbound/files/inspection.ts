import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { tooManyRequests, unavailable, unprocessable } from '../../http/problem.ts';
import type { FoundFile } from './import-settings.ts';
import type { FileHead } from './inspect-head.ts';
import type { Inspected } from './inspect-worker.ts';

/** Threads that look at files; one account has one of them at a time. */
const THREADS = 2;
/** Files of one account that wait for their turn. */
const MOST_WAITING = 4;
/** Milliseconds that one file may take, on a machine that has other things to do. */
const MOST_TIME = 120_000;
/** Milliseconds after which a thread that nobody needs ends. */
const IDLE = 60_000;
/** Seconds after which a caller may try again. */
const TRY_AGAIN = 15;

/** Looks at files in threads beside the one that answers, so that what one account sends keeps nobody else waiting. */
export class Inspection {
  readonly #deadline: () => AbortSignal;
  readonly #pool: Piscina<FileHead, Inspected>;
  /** Of each account that has files here: how many, and the end of the last one. */
  readonly #lines = new Map<string, { count: number; last: Promise<unknown> }>();

  /**
   * @param worker a module whose default export does the work
   * @param deadline says when a file that is begun with now has taken too long
   */
  constructor(worker: URL, deadline: () => AbortSignal = () => AbortSignal.timeout(MOST_TIME)) {
    this.#deadline = deadline;
    this.#pool = new Piscina({
      filename: worker.href,
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE,
      // Its source is TypeScript, wherever the server itself was started from.
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    });
  }

  /**
   * What a file is. Throws a 422 problem for one that holds no table, a 429 problem where the account has several here, and a
   * 503 problem where it takes too long.
   */
  async run(accountId: string, head: FileHead): Promise<FoundFile> {
    const line = this.#lines.get(accountId) ?? { count: 0, last: Promise.resolve() };
    if (line.count > MOST_WAITING)
      throw tooManyRequests('Several files of this account are being looked at.', TRY_AGAIN);
    line.count += 1;
    this.#lines.set(accountId, line);
    const turn = line.last.then(() => this.#inspect(head));
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.count -= 1;
      if (line.count === 0) this.#lines.delete(accountId);
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #inspect(head: FileHead): Promise<FoundFile> {
    const deadline = this.#deadline();
    try {
      const outcome = await this.#pool.run(head, { signal: deadline });
      if ('refused' in outcome) throw unprocessable(outcome.refused.code, outcome.refused.detail);
      return outcome.found;
    } catch (error) {
      if (!deadline.aborted) throw error;
      throw unavailable(
        'inspection-too-slow',
        'The file could not be looked at in time. Its bytes are kept: send the rest of it, which is nothing, once more.',
        TRY_AGAIN,
      );
    }
  }
}

/** That of this process. Its threads end by themselves, and keep no process from ending. */
export const inspection = new Inspection(new URL('inspect-worker.ts', import.meta.url));
