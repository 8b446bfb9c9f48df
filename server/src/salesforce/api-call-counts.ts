import type { Knex } from 'knex';
import type { Producer } from './org.ts';

/** Milliseconds that counts are kept in memory before they are written down. */
const FLUSH_MS = 5000;

/** Told of each call, for another count. */
export type CallListener = (producer: Producer) => void;

/** Who spent how many API calls of which connection on which day (UTC). A call costs an addition; the database hears now and then. */
export class ApiCallCounts {
  readonly #knex: Knex;
  readonly #listener: CallListener;
  #counts = new Map<string, SpentCalls>();
  /** A flush is on its way. */
  #isFlushing = false;

  constructor(knex: Knex, listener: CallListener = () => undefined) {
    this.#knex = knex;
    this.#listener = listener;
  }

  count(connectionId: string, producer: Producer): void {
    this.#listener(producer);
    this.#add({ connectionId, producer, day: new Date().toISOString().slice(0, 10), calls: 1 });
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setTimeout(() => {
      this.#isFlushing = false;
      // What could not be written now is written with what comes next.
      void this.flush().catch(() => undefined);
    }, FLUSH_MS).unref();
  }

  /** Writes down what was counted since the last time. */
  async flush(): Promise<void> {
    const counts = [...this.#counts.values()];
    if (counts.length === 0) return;
    this.#counts = new Map();
    try {
      // A connection that is gone meanwhile takes its counts along.
      await this.#knex.raw(
        `INSERT INTO di.api_call_count AS c (connection_id, day, producer, calls)
         SELECT s.connection_id, s.day, s.producer, s.calls
         FROM unnest(?::uuid[], ?::date[], ?::text[], ?::bigint[]) AS s (connection_id, day, producer, calls)
         JOIN di.connection o ON o.id = s.connection_id ORDER BY 1, 2, 3
         ON CONFLICT (connection_id, day, producer) DO UPDATE SET calls = c.calls + excluded.calls`,
        [
          counts.map(({ connectionId }) => connectionId),
          counts.map(({ day }) => day),
          counts.map(({ producer }) => producer),
          counts.map(({ calls }) => calls),
        ],
      );
    } catch (error) {
      for (const each of counts) this.#add(each);
      throw error;
    }
  }

  #add(spent: SpentCalls): void {
    const key = `${spent.connectionId} ${spent.day} ${spent.producer}`;
    const known = this.#counts.get(key);
    if (known) known.calls += spent.calls;
    else this.#counts.set(key, { ...spent });
  }
}

interface SpentCalls {
  readonly connectionId: string;
  readonly producer: Producer;
  readonly day: string;
  calls: number;
}
