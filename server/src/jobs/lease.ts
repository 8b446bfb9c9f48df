import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { lock } from '../database/locks.ts';
import type { Session } from '../database/session.ts';
import { LeaseLost } from './interrupted.ts';

/**
 * Pieces of work of one kind: rows of a table with the columns `lease` and `leased_until`. Conditions are SQL, in which the
 * row is called `w`.
 */
export interface LeasedWork {
  readonly table: `di.${string}`;
  /** The column that tells pieces apart. */
  readonly key: string;
  /** Seconds that a piece stays with a worker that no longer renews its lease: for so long one that died keeps others waiting. */
  readonly seconds: number;
  /** What a piece is joined with to find out whether it is due. */
  readonly joins?: string;
  /** Whether there is something to do. */
  readonly isDue: string;
  /** Which piece is taken first. */
  readonly order: string;
  /** What else changes when it is taken, as SET has it. */
  readonly onClaim?: string;
  /** The lock under which pieces are taken, where one that is taken says whether another one may be. */
  readonly lock?: string;
}

/** What is changed with a lease, by column. */
export type Change = Readonly<Record<string, Knex.Value | Knex.Raw>>;

/** Renewals within the time of a lease: three of them may fail. */
const BEATS = 4;

/**
 * Takes the first piece of work that is due and that no worker has; null where there is none.
 *
 * @param values what the question marks of `isDue` stand for
 */
export async function claim<Row extends object>(
  knex: Knex,
  work: LeasedWork,
  values: readonly Knex.Value[] = [],
): Promise<Lease<Row> | null> {
  const lease = randomUUID();
  const since = performance.now();
  const take = async (by: Knex): Promise<ClaimedRow<Row> | undefined> => {
    if (work.lock !== undefined) await lock(by, work.lock);
    const { rows } = await by.raw<{ rows: ClaimedRow<Row>[] }>(claimStatement(work), [
      lease,
      work.seconds,
      ...values,
    ]);
    return rows[0];
  };
  const row = await (work.lock === undefined ? take(knex) : knex.transaction(take));
  return row ? new Lease(knex, work, row, lease, since) : null;
}

type ClaimedRow<Row> = Row & { readonly leased_key: string };

const claimStatement = ({ table, key, joins = '', isDue, order, onClaim }: LeasedWork): string =>
  `UPDATE ${table} SET lease = ?, leased_until = now() + make_interval(secs => ?) ${onClaim === undefined ? '' : `, ${onClaim}`}
   WHERE ${key} = (
     SELECT w.${key} FROM ${table} w ${joins}
     WHERE (w.leased_until IS NULL OR w.leased_until <= now()) AND (${isDue})
     ORDER BY ${order} LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
   RETURNING *, ${key} AS leased_key`;

/** A piece of work that this worker has, for as long as it renews the lease. */
export class Lease<Row extends object = object> {
  /** As it was when it was taken. */
  readonly row: Row;
  readonly #knex: Knex;
  readonly #work: LeasedWork;
  readonly #piece: Readonly<Record<string, string>>;
  readonly #lost = new AbortController();
  /** When it runs out unless it is renewed, by this machine's clock: a database that is away gives it to others then. */
  #runsOut: number;
  #isRenewing = false;

  constructor(knex: Knex, work: LeasedWork, row: ClaimedRow<Row>, lease: string, since: number) {
    this.row = row;
    this.#knex = knex;
    this.#work = work;
    this.#piece = { [work.key]: row.leased_key, lease };
    this.#runsOut = since + work.seconds * 1000;
  }

  /**
   * Works with the lease renewed all the while, however long a step takes.
   *
   * @param work told by `ending` that the lease is lost or the server stops
   */
  async whileHeld<T>(stopping: AbortSignal, work: (ending: AbortSignal) => Promise<T>): Promise<T> {
    const interval = (this.#work.seconds * 1000) / BEATS;
    const heart = setInterval(() => {
      // Half a beat early, rather than late.
      if (performance.now() + interval / 2 >= this.#runsOut) this.#lose();
      else if (!this.#isRenewing) void this.#beat();
    }, interval);
    try {
      return await work(AbortSignal.any([this.#lost.signal, stopping]));
    } finally {
      clearInterval(heart);
    }
  }

  /**
   * Renews the lease, and changes the piece's row. Throws LeaseLost; then nothing is changed.
   *
   * @param options by: a transaction in which all else that is written is undone then. seconds: how long the lease lasts
   */
  async keep(
    change: Change = {},
    { by = this.#knex, seconds = this.#work.seconds }: { readonly by?: Knex; readonly seconds?: number } = {},
  ): Promise<void> {
    const since = performance.now();
    const until = by.raw('now() + make_interval(secs => ?)', [seconds]);
    const kept = await by(this.#work.table)
      .where(this.#piece)
      .update({ leased_until: until, ...change });
    if (kept === 0) throw this.#lose();
    // A transaction may yet be undone.
    if (by === this.#knex) this.#runsOut = since + seconds * 1000;
  }

  /** Throws LeaseLost where the piece was taken over: to be asked before what cannot be undone. */
  async check(): Promise<void> {
    const found = await this.#knex(this.#work.table).where(this.#piece).select(this.#work.key);
    if (found.length === 0) throw this.#lose();
  }

  /** Has no other worker take the piece before the transaction ends. Throws LeaseLost. */
  async fence(transaction: Session): Promise<void> {
    const { table, key } = this.#work;
    const found = await transaction.query(
      `SELECT FROM ${table} WHERE ${key} = $1 AND lease = $2 FOR SHARE`,
      Object.values(this.#piece),
    );
    if (found.length === 0) throw this.#lose();
  }

  /** Gives the piece back, changed. Answers whether it still was ours; where it was not, nothing is changed. */
  async release(change: Change = {}): Promise<boolean> {
    const released = await this.#knex(this.#work.table)
      .where(this.#piece)
      .update({ lease: null, leased_until: null, ...change });
    return released > 0;
  }

  /** Gives the piece back, changed, to be taken again after some seconds. Its table says by `due_at` when it is due. */
  postpone(seconds: number, change: Change = {}): Promise<boolean> {
    return this.release({ ...change, due_at: this.#knex.raw('now() + make_interval(secs => ?)', [seconds]) });
  }

  async #beat(): Promise<void> {
    const since = performance.now();
    const { seconds, table } = this.#work;
    this.#isRenewing = true;
    try {
      const renewed = await this.#knex(table)
        .where(this.#piece)
        .update({
          leased_until: this.#knex.raw('greatest(leased_until, now() + make_interval(secs => ?))', [seconds]),
        });
      if (renewed === 0) this.#lose();
      else this.#runsOut = Math.max(this.#runsOut, since + seconds * 1000);
    } catch {
      // A database that is away is asked again, until the lease has run out.
    } finally {
      this.#isRenewing = false;
    }
  }

  #lose(): LeaseLost {
    const lost = new LeaseLost('Another worker has taken the work over, or it was taken from all of them.');
    this.#lost.abort(lost);
    return lost;
  }
}
