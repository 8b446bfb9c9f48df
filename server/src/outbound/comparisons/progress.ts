import { knexSession } from '../../database/session.ts';
import type { Reason } from './comparison-runs.ts';
import { insertDifferences, type NewDifference } from './differences.ts';
import type { Ground } from './ground.ts';

/** How far a comparing is. */
export interface Place {
  readonly stage: 'records' | 'rows';
  /** The last id, or the last key as JSON; null before the first. */
  readonly after: string | null;
}

/** Differences that are kept to be looked at and healed; more are counted. */
export const MAX_LISTED = 50_000;

/** What a comparing has found so far. It is kept page by page, with the place to go on at. */
export class Progress {
  readonly #ground: Ground;
  readonly #explained: Map<Reason, number>;
  #records: number;
  #rows: number;
  #differences: number;
  place: Place;

  constructor(ground: Ground) {
    const { row } = ground.run;
    this.#ground = ground;
    this.#records = row.records;
    this.#rows = row.rows;
    this.#differences = row.differences;
    this.#explained = new Map(
      Object.entries(row.explained).map(([reason, count]) => [reason as Reason, count]),
    );
    this.place = { stage: row.stage === 'rows' ? 'rows' : 'records', after: row.place };
  }

  get records(): number {
    return this.#records;
  }

  /** Keeps a page in one transaction: whoever goes on after a crash reads no page twice. Throws LeaseLost. */
  async keep(
    place: Place,
    found: {
      readonly records?: number;
      readonly rows?: number;
      readonly explained: readonly Reason[];
      readonly differences: readonly NewDifference[];
    },
  ): Promise<void> {
    const { run, comparison, database } = this.#ground;
    const listed = found.differences.slice(0, Math.max(0, MAX_LISTED - this.#differences));
    this.#records += found.records ?? 0;
    this.#rows += found.rows ?? 0;
    this.#differences += found.differences.length;
    for (const reason of found.explained) this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1);
    this.place = place;
    await database.knex.transaction(async (transaction) => {
      await insertDifferences(knexSession(transaction), run.row.id, comparison.tableId, listed);
      await run.lease.keep(
        {
          stage: place.stage,
          place: place.after,
          records: this.#records,
          rows: this.#rows,
          differences: this.#differences,
          explained: JSON.stringify(Object.fromEntries(this.#explained)),
        },
        { by: transaction },
      );
    });
  }
}
