import type pg from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const ENDS = ['applied', 'unchanged', 'stale', 'rivals', 'leftOut', 'archived', 'deleted'] as const;

/** What became of the records of a batch. */
type CountedBatch = Readonly<Partial<Record<(typeof ENDS)[number], number>>> & {
  readonly rejected: readonly unknown[];
};

/** Work of one kind that waits, and for how many seconds the oldest of it. */
interface CountedWork {
  readonly kind: string;
  readonly count: number;
  readonly seconds: number;
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** Its route, not its address: ids would make a series of metrics each. `unknown` where it has none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

let ofProcess: Registry | null = null;

/** Memory, processor, event loop: one process has one of each, and is looked at once, however many servers it is. */
function metricsOfProcess(): Registry {
  if (ofProcess !== null) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

/** What the server counts, for Prometheus. */
export class Metrics {
  readonly registry = Registry.merge([metricsOfProcess()]);
  readonly #batches = new Counter({
    name: 'di_batches_total',
    help: 'Batches, by whether they were applied, answered again, refused as a whole, or held since their transfer takes nothing',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly #records = new Counter({
    name: 'di_records_total',
    help: 'Records of batches, by what became of them',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly #apiCalls = new Counter({
    name: 'di_salesforce_api_calls_total',
    help: 'API calls of Salesforce, by who spent them',
    labelNames: ['producer'] as const,
    registers: [this.registry],
  });
  readonly #batchSeconds = new Histogram({
    name: 'di_batch_duration_seconds',
    help: 'Time from a checked batch to its answer',
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #requests = new Histogram({
    name: 'di_http_request_duration_seconds',
    help: 'Time of requests, by route and status',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor(pool: pg.Pool) {
    for (const outcome of [...ENDS, 'rejected']) this.#records.inc({ outcome }, 0);
    const connections = new Gauge({
      name: 'di_database_connections',
      help: 'Connections of the pool, and requests that wait for one',
      labelNames: ['state'] as const,
      registers: [this.registry],
      collect: () => {
        connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
        connections.set({ state: 'idle' }, pool.idleCount);
        connections.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
  }

  /** Has a queue's depth asked for with every look at the metrics. */
  watchQueues(depths: () => Promise<ReadonlyMap<string, number>>): void {
    this.#watch('di_queue_jobs', 'Jobs that wait, by queue', 'queue', depths);
  }

  /** Has what waits counted with every look at the metrics, and how long the oldest of it has. */
  watchWork(look: () => Promise<readonly CountedWork[]>): void {
    // Both are asked for at once: one look says both.
    let looking: Promise<readonly CountedWork[]> | null = null;
    const counts = async (of: 'count' | 'seconds'): Promise<ReadonlyMap<string, number>> => {
      looking ??= look().finally(() => (looking = null));
      return new Map((await looking).map((work) => [work.kind, work[of]]));
    };
    this.#watch('di_work_waiting', 'Work that waits or is being done, by kind', 'kind', () =>
      counts('count'),
    );
    this.#watch(
      'di_work_oldest_seconds',
      'For how long the oldest work that waits or is being done has, by kind',
      'kind',
      () => counts('seconds'),
    );
  }

  /** Has what failed and still stands counted with every look at the metrics. */
  watchFailures(counts: () => Promise<Readonly<Record<string, number>>>): void {
    this.#watch(
      'di_failures',
      'What failed and still stands, by kind: refused batches and rejected records in records, held transfers, deliveries, events, actions, imports, pulls, deployments',
      'kind',
      async () => new Map(Object.entries(await counts())),
    );
  }

  /** A count by label that is asked for with every look. Where the database is away, the look says all but this. */
  #watch(
    name: string,
    help: string,
    label: string,
    counts: () => Promise<ReadonlyMap<string, number>>,
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect: async () => {
        gauge.reset();
        const found = await counts().catch(() => new Map<string, number>());
        for (const [value, count] of found) gauge.set({ [label]: value }, count);
      },
    });
  }

  /** Counts a batch. */
  batch(answer: CountedBatch, isReplay: boolean, milliseconds: number): void {
    this.#batches.inc({ outcome: isReplay ? 'replayed' : 'applied' });
    this.#batchSeconds.observe(milliseconds / 1000);
    if (isReplay) return;
    for (const outcome of ENDS) this.#countRecords(outcome, answer[outcome] ?? 0);
    this.#countRecords('rejected', answer.rejected.length);
  }

  /** Most batches have but one or two outcomes. */
  #countRecords(outcome: string, count: number): void {
    if (count > 0) this.#records.inc({ outcome }, count);
  }

  /** Counts a call of an org's API. */
  readonly apiCall = (producer: string): void => {
    this.#apiCalls.inc({ producer });
  };

  /** Counts a batch that was refused as a whole, or whose transfer takes nothing now. */
  refusedBatch(outcome: 'refused' | 'held'): void {
    this.#batches.inc({ outcome });
  }

  /** Times a request, in seconds. */
  readonly request = (request: AnsweredRequest): void => {
    const { method, route, status, seconds } = request;
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  };
}
