import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { importById, type Import, type ImportCounts, type ImportStatus } from './imports.ts';

/** Seconds that somebody has an import without saying that it goes on. */
const LEASE = 90;

/** Somebody else has the import now, or it was paused or cancelled: nothing more is written for it. */
export class Interrupted extends Error {}

/** How far a portion has come. */
export interface Progress {
  readonly position: number;
  readonly line: number;
  readonly counts: ImportCounts;
  /** Since the last one. */
  readonly seconds: number;
}

/** An import that this copy of the server works on, for as long as it says so. */
export class ClaimedImport {
  readonly import: Import;
  readonly #lease: string;

  private constructor(claimed: Import, lease: string) {
    this.import = claimed;
    this.#lease = lease;
  }

  /** Claims the import that waits the longest; null where none waits. */
  static async next(knex: Knex): Promise<ClaimedImport | null> {
    const lease = randomUUID();
    const claimed = await knex.raw<{ rows: { id: string }[] }>(
      `UPDATE di.import SET lease = ?, leased_until = now() + make_interval(secs => ${LEASE}), served_at = clock_timestamp()
       WHERE id = (
         SELECT id FROM di.import
         WHERE status IN ('checking', 'running') AND (leased_until IS NULL OR leased_until < now())
         ORDER BY served_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [lease],
    );
    const [row] = claimed.rows;
    const found = row && (await importById(knex, row.id));
    return found ? new ClaimedImport(found, lease) : null;
  }

  /** Writes down how far it is, in the transaction of the rows. Throws Interrupted where it is no longer ours. */
  async advance(transaction: Knex, progress: Progress): Promise<void> {
    await this.#update(transaction, {
      position: progress.position,
      line: progress.line,
      counts: JSON.stringify(progress.counts),
      seconds: transaction.raw('seconds + ?', [progress.seconds]),
      job: null,
      message: null,
      leased_until: transaction.raw(`now() + make_interval(secs => ${LEASE})`),
    });
  }

  /** Says that it goes on, though no portion is done yet. Throws Interrupted where it is no longer ours. */
  async keep(knex: Knex, change: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#update(knex, {
      ...change,
      leased_until: knex.raw(`now() + make_interval(secs => ${LEASE})`),
    });
  }

  /** Lets it go, to be taken up again at once or after some seconds. */
  async release(knex: Knex, seconds = 0, message: string | null = null): Promise<void> {
    await knex('di.import')
      .where({ id: this.import.id, lease: this.#lease })
      .update({
        lease: null,
        leased_until: seconds === 0 ? null : knex.raw('now() + make_interval(secs => ?)', [seconds]),
        ...(message === null ? {} : { message }),
      });
  }

  async end(knex: Knex, status: ImportStatus, message: string | null): Promise<void> {
    await this.#update(knex, {
      status,
      message,
      lease: null,
      leased_until: null,
      finished_at: knex.fn.now(),
    });
  }

  async #update(knex: Knex, change: Readonly<Record<string, unknown>>): Promise<void> {
    const { id, status } = this.import;
    const updated = await knex('di.import').where({ id, status, lease: this.#lease }).update(change);
    if (updated === 0) throw new Interrupted();
  }
}
