import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { Problem } from '../http/problem.ts';
import { Loop } from '../jobs/loop.ts';
import { FileFault, readRecords, type CsvRecord, type UnreadableRecord } from './csv-records.ts';
import { readText } from './inspect-file.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';
import { importPortion, openTableImport, TABLE_PORTION, TableChanged } from './import-into-table.ts';
import { ClaimedImport, Interrupted } from './lease.ts';
import { portionsOf, type Portion, type PortionLimits } from './portions.ts';

/** Milliseconds that one import has before another one is looked at: a small one does not wait for a large one's end. */
const TURN = 20_000;

/** Works off imports, a portion at a time. Several copies of the server may do so. */
export class ImportWork {
  readonly #knex: Knex;
  readonly #logger: Logger;

  constructor(knex: Knex, logger: Logger) {
    this.#knex = knex;
    this.#logger = logger;
  }

  /** Works on the import that waits the longest, for a while; answers whether there was one. */
  async turn(stopping: AbortSignal): Promise<boolean> {
    const claimed = await ClaimedImport.next(this.#knex);
    if (!claimed) return false;
    try {
      const isDone = await this.#work(claimed, stopping);
      if (isDone) await claimed.end(this.#knex, claimed.import.isDryRun ? 'ready' : 'done', null);
      else await claimed.release(this.#knex);
    } catch (error) {
      await this.#settle(claimed, error);
    }
    return true;
  }

  /** Answers whether the file's end is reached. */
  async #work(claimed: ClaimedImport, stopping: AbortSignal): Promise<boolean> {
    const { import: given } = claimed;
    const { found, settings, target } = given;
    if (!found || !settings) throw new Error('An import without a file was started.');
    if (target.kind === 'object') throw new Error('Imports into objects are worked on elsewhere.');
    const opened = await openTableImport(this.#knex, given, target.tableId, found, settings);
    let counts = given.counts;
    let position = given.position;
    const until = performance.now() + TURN;
    let since = performance.now();
    for await (const portion of this.#portions(claimed, found, settings, TABLE_PORTION)) {
      position = given.position + portion.end;
      const seconds = (performance.now() - since) / 1000;
      since = performance.now();
      counts = await importPortion(this.#knex, claimed, opened, portion, counts, { position, seconds });
      if (stopping.aborted || performance.now() > until) return false;
    }
    return true;
  }

  #portions(
    { import: given }: ClaimedImport,
    found: FoundFile,
    settings: ImportSettings,
    limits: PortionLimits,
  ): AsyncGenerator<Portion> {
    const format = { ...found, encoding: settings.encoding, delimiter: settings.delimiter };
    const text = readText(this.#knex, given.id, format, given.position);
    const isStart = given.line === 0;
    const records = readRecords(text, settings.delimiter, isStart ? 1 : given.line);
    return portionsOf(isStart ? withoutFirst(records) : records, found.headings, limits);
  }

  /** What of a failure the import's owner can do something about, ends it; the rest is tried again by whoever comes next. */
  async #settle(claimed: ClaimedImport, error: unknown): Promise<void> {
    const { id, isDryRun } = claimed.import;
    if (error instanceof Interrupted) return;
    if (error instanceof TableChanged) {
      await claimed.release(this.#knex);
      return;
    }
    if (error instanceof FileFault || error instanceof Problem) {
      this.#logger.warn({ import: id, code: error.code, reason: error.message }, 'import ended');
      const ending = claimed.end(this.#knex, isDryRun ? 'ready' : 'failed', error.message);
      await ending.catch((failure: unknown) => {
        if (!(failure instanceof Interrupted)) throw failure;
      });
      return;
    }
    await claimed.release(this.#knex);
    throw error;
  }
}

/** Milliseconds between looks for an import when there is none. */
const IDLE = 2000;

export function importLoop(knex: Knex, logger: Logger): Loop {
  const work = new ImportWork(knex, logger);
  return new Loop('imports', (stopping) => work.turn(stopping), IDLE, logger);
}

/** The headings are no row. */
async function* withoutFirst(
  reading: AsyncIterable<readonly (CsvRecord | UnreadableRecord)[]>,
): AsyncGenerator<readonly (CsvRecord | UnreadableRecord)[]> {
  let isFirst = true;
  for await (const records of reading) {
    const rest = isFirst ? records.slice(1) : records;
    isFirst = false;
    yield rest;
  }
}
