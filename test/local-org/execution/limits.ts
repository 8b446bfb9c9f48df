import { platformException } from '../values/exception.ts';
import { platformClass } from '../library/registry.ts';
import { current } from './transaction.ts';

/** Governor limits of one transaction: synchronous, asynchronous. (Apex Developer Guide, Execution Governors and Limits.) */
const LIMITS = {
  queries: { sync: 100, async: 200, message: 'Too many SOQL queries' },
  queryRows: { sync: 50_000, async: 50_000, message: 'Too many query rows' },
  aggregateQueries: { sync: 300, async: 300, message: 'Too many aggregate queries' },
  queryLocatorRows: { sync: 10_000, async: 10_000, message: 'Too many query locator rows' },
  soslQueries: { sync: 20, async: 20, message: 'Too many SOSL queries' },
  dmlStatements: { sync: 150, async: 150, message: 'Too many DML statements' },
  dmlRows: { sync: 10_000, async: 10_000, message: 'Too many DML rows' },
  callouts: { sync: 100, async: 100, message: 'Too many callouts' },
  queueableJobs: { sync: 50, async: 1, message: 'Too many queueable jobs added to the queue' },
  futureCalls: { sync: 50, async: 50, message: 'Too many future calls' },
  emailInvocations: { sync: 10, async: 10, message: 'Too many Email Invocations' },
  publishImmediateDML: { sync: 150, async: 150, message: 'Too many DML statements' },
} as const;

export type LimitName = keyof typeof LIMITS;

/** Milliseconds of CPU. */
const CPU = { sync: 10_000, async: 60_000 };
/** Bytes. The local org does not measure the heap; what it reports is what is known to be held: bodies of callouts. */
const HEAP = { sync: 6_000_000, async: 12_000_000 };

/** What a transaction has used. Going past a limit throws an exception that cannot be caught. */
export class LimitCounter {
  readonly isAsync: boolean;
  /** Futures start nothing of their kind; batches neither. */
  readonly #mayCallFutures: boolean;
  readonly #used = new Map<LimitName, number>();
  readonly #started = performance.now();
  #ticks = 0;

  constructor(isAsync: boolean, mayCallFutures = true) {
    this.isAsync = isAsync;
    this.#mayCallFutures = mayCallFutures;
  }

  used(name: LimitName): number {
    return this.#used.get(name) ?? 0;
  }

  limit(name: LimitName): number {
    if (name === 'futureCalls') return this.#mayCallFutures ? LIMITS.futureCalls.sync : 0;
    return LIMITS[name][this.isAsync ? 'async' : 'sync'];
  }

  get cpuTime(): number {
    return Math.floor(performance.now() - this.#started);
  }

  get cpuLimit(): number {
    return this.isAsync ? CPU.async : CPU.sync;
  }

  get heapLimit(): number {
    return this.isAsync ? HEAP.async : HEAP.sync;
  }

  count(name: LimitName, amount = 1): void {
    const used = this.used(name) + amount;
    this.#used.set(name, used);
    if (used > this.limit(name))
      throw platformException('System.LimitException', `${LIMITS[name].message}: ${used}`);
  }

  /** Called in every turn of a loop; looks at the clock now and then. */
  tick(): void {
    this.#ticks += 1;
    if ((this.#ticks & 0x3fff) === 0 && this.cpuTime > this.cpuLimit)
      throw platformException('System.LimitException', 'Apex CPU time limit exceeded');
  }

  /** For a report: every figure that is not zero. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.#used);
  }
}

const METHODS: Readonly<Record<string, LimitName>> = {
  Queries: 'queries',
  QueryRows: 'queryRows',
  AggregateQueries: 'aggregateQueries',
  QueryLocatorRows: 'queryLocatorRows',
  SoslQueries: 'soslQueries',
  DmlStatements: 'dmlStatements',
  DmlRows: 'dmlRows',
  Callouts: 'callouts',
  QueueableJobs: 'queueableJobs',
  FutureCalls: 'futureCalls',
  EmailInvocations: 'emailInvocations',
  PublishImmediateDML: 'publishImmediateDML',
};

const statics: Record<string, () => number> = {
  'getCpuTime/0': () => current().limits.cpuTime,
  'getLimitCpuTime/0': () => current().limits.cpuLimit,
  'getHeapSize/0': () => current().org.heapUsed,
  'getLimitHeapSize/0': () => current().limits.heapLimit,
};
/** Of what is not counted, nothing is used. (Apex Reference Guide, Limits Class.) */
const UNCOUNTED: Readonly<Record<string, number>> = {
  ApexCursorRows: 50_000_000,
  AsyncCalls: 200,
  FetchCallsOnApexCursor: 10,
  FindSimilarCalls: 10,
  MobilePushApexCalls: 10,
  RunAs: 20,
  SavepointRollbacks: 20,
  Savepoints: 150,
};
for (const [name, most] of Object.entries(UNCOUNTED)) {
  statics[`get${name}/0`] = () => 0;
  statics[`getLimit${name}/0`] = () => most;
}
for (const [name, limit] of Object.entries(METHODS)) {
  statics[`get${name}/0`] = () => current().limits.used(limit);
  statics[`getLimit${name}/0`] = () => current().limits.limit(limit);
}
platformClass({ name: 'System.Limits', statics });
