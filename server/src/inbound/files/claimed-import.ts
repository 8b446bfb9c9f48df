import type { Knex } from 'knex';
import { claim, type Change, type Lease, type LeasedWork } from '../../jobs/lease.ts';
import { importById, type Import, type ImportCounts, type ImportStatus } from './imports.ts';

/** Imports that are to be checked or carried out. */
export const IMPORTS: LeasedWork = {
  table: 'di.import',
  key: 'id',
  seconds: 90,
  isDue: `w.status IN ('checking', 'running') AND (w.due_at IS NULL OR w.due_at <= now())`,
  order: 'w.served_at NULLS FIRST',
  onClaim: 'served_at = clock_timestamp(), attempts = attempts + 1',
};

interface ClaimedRow {
  readonly id: string;
  readonly attempts: number;
}

/** How far a portion has come. */
export interface Progress {
  readonly position: number;
  readonly line: number;
  readonly counts: ImportCounts;
  /** Since the last one. */
  readonly seconds: number;
}

/** An import that this copy of the server works on. One that is paused or cancelled is taken from it, as its lease is. */
export class ClaimedImport {
  readonly import: Import;
  readonly lease: Lease;
  /** Tries since a portion was taken last, with this one. */
  readonly attempt: number;
  readonly #knex: Knex;

  private constructor(knex: Knex, claimed: Import, lease: Lease<ClaimedRow>) {
    this.import = claimed;
    this.lease = lease;
    this.attempt = lease.row.attempts;
    this.#knex = knex;
  }

  /** Claims the import that waits the longest; null where none waits. */
  static async next(knex: Knex): Promise<ClaimedImport | null> {
    const lease = await claim<ClaimedRow>(knex, IMPORTS);
    const found = lease && (await importById(knex, lease.row.id));
    return found ? new ClaimedImport(knex, found, lease) : null;
  }

  /** Works with the import held all the while, however long a job takes. */
  whileHeld<T>(stopping: AbortSignal, work: (ending: AbortSignal) => Promise<T>): Promise<T> {
    return this.lease.whileHeld(stopping, work);
  }

  /** Writes down how far it is, in the transaction of the rows. Throws LeaseLost. */
  async advance(transaction: Knex, progress: Progress): Promise<void> {
    const change = {
      position: progress.position,
      line: progress.line,
      counts: JSON.stringify(progress.counts),
      seconds: transaction.raw('seconds + ?', [progress.seconds]),
      job: null,
      message: null,
      due_at: null,
      attempts: 0,
    };
    await this.lease.keep(change, { by: transaction });
  }

  /** Writes something down before a portion is done. Throws LeaseLost. */
  keep(change: Change = {}): Promise<void> {
    return this.lease.keep(change);
  }

  /** Lets it go, to be taken up again at once. */
  async release(): Promise<void> {
    await this.lease.postpone(0, { attempts: 0 });
  }

  /** Ends it, unless it is no longer this worker's. */
  async end(status: ImportStatus, message: string | null): Promise<void> {
    await this.lease.release({ status, message, finished_at: this.#knex.fn.now() });
  }
}
