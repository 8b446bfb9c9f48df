import { Counter, Gauge, type Registry } from 'prom-client';
import type pg from 'pg';

/** What is counted of deliveries, for Prometheus. */
export class DeliveryMetrics {
  readonly #outcomes: Counter<'outcome'>;

  constructor(registry: Registry, pool: pg.Pool) {
    this.#outcomes = new Counter({
      name: 'di_deliveries_total',
      help: 'Deliveries to Salesforce, by what became of them',
      labelNames: ['outcome'] as const,
      registers: [registry],
    });
    const waiting = new Gauge({
      name: 'di_deliveries_waiting',
      help: 'Deliveries in the outbox, by state',
      labelNames: ['state'] as const,
      registers: [registry],
      collect: async () => {
        waiting.reset();
        // Where the database is away, the look at the metrics says all but this.
        const found = await pool
          .query<{ state: string; count: number }>(
            'SELECT state, count(*) AS count FROM di.delivery GROUP BY state',
          )
          .catch(() => null);
        if (found === null) return;
        for (const state of ['pending', 'unreached', 'dead']) waiting.set({ state }, 0);
        for (const { state, count } of found.rows) waiting.set({ state }, count);
      },
    });
  }

  /** Counts deliveries that came to an end, or are tried again. */
  count(outcomes: readonly { readonly outcome: string }[]): void {
    for (const { outcome } of outcomes) this.#outcomes.inc({ outcome });
  }
}
