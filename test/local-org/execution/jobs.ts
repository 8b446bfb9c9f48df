import { ApexMap } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import { ApexException, asApexException, platformException, throwNull } from '../values/exception.ts';
import { isSourceObject, methodIn, PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { Unsupported } from '../values/unsupported.ts';
import { platformClass } from '../library/registry.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import type { LocalOrg } from '../org.ts';
import {
  current,
  type TestState,
  type Transaction,
  type TransactionKind,
  type UserContext,
} from './transaction.ts';

/** An asynchronous job that waits for its turn. */
export interface Job {
  readonly id: string;
  readonly kind: Extract<TransactionKind, 'queueable' | 'future' | 'batch' | 'scheduled'>;
  readonly dueAt: number;
  readonly user: UserContext;
  readonly signature: string | null;
  readonly depth: number;
  /** How often in a row a finalizer has put this work back after a failure. */
  readonly failures: number;
  /** Of a queueable: how deep its chain may go, and how long it was put off. */
  readonly maximumDepth?: number | null;
  readonly delayMinutes?: number;
  /** Of a batch: what part of it this is. */
  readonly phase?: BatchPhase;
  run(transaction: Transaction): void;
  /** Called when the work has ended. A job that has it keeps its AsyncApexJob by itself. */
  finished?(failure: ApexException | null): void;
}

/** As a BatchApexErrorEvent names them. */
export type BatchPhase = 'START' | 'EXECUTE' | 'FINISH';

export class JobContext extends PlatformObject {
  readonly jobId: string;
  constructor(name: string, jobId: string) {
    super(name);
    this.jobId = jobId;
  }
  toJson(): ApexMap {
    return new ApexMap({ kind: 'primitive', name: 'String' }, { kind: 'primitive', name: 'Object' });
  }
}
for (const [name, getter] of [
  ['System.QueueableContext', 'getJobId/0'],
  ['System.SchedulableContext', 'getTriggerId/0'],
  ['Database.BatchableContext', 'getJobId/0'],
] as const) {
  platformClass({
    name,
    methods: {
      [getter]: (context: JobContext) => context.jobId,
      ...(name.startsWith('Database') ? { 'getChildJobId/0': (context: JobContext) => context.jobId } : {}),
    },
  });
}

class FinalizerContext extends PlatformObject {
  readonly jobId: string;
  readonly failure: ApexException | null;
  constructor(jobId: string, failure: ApexException | null) {
    super('System.FinalizerContext');
    this.jobId = jobId;
    this.failure = failure;
  }
}
platformClass({
  name: 'System.FinalizerContext',
  methods: {
    'getAsyncApexJobId/0': (context: FinalizerContext) => context.jobId,
    'getRequestId/0': (context: FinalizerContext) => context.jobId,
    'getException/0': (context: FinalizerContext) => context.failure,
    'getResult/0': (context: FinalizerContext) =>
      platformEnum('System.ParentJobResult', context.failure ? 'UNHANDLED_EXCEPTION' : 'SUCCESS'),
  },
});
platformClass({ name: 'System.ParentJobResult', enumValues: ['SUCCESS', 'UNHANDLED_EXCEPTION'] });

/** The jobs of one org. */
export class JobQueue {
  readonly #org: LocalOrg;
  #waiting: Job[] = [];

  constructor(org: LocalOrg) {
    this.#org = org;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** When the next job is due, or null. */
  get nextDue(): number | null {
    return this.#waiting.length === 0 ? null : Math.min(...this.#waiting.map((job) => job.dueAt));
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Lets nothing wait for a while; the answer puts back what waited before, as often as it is called. */
  setAside(): () => void {
    const waiting = this.#waiting;
    this.#waiting = [];
    return () => {
      this.#waiting = [...waiting];
    };
  }

  hasSignature(signature: string): boolean {
    return this.#waiting.some((job) => job.signature === signature);
  }

  add(job: Job): void {
    this.#waiting.push(job);
    this.#org.wake();
  }

  remove(id: string): void {
    this.#waiting = this.#waiting.filter((job) => job.id !== id);
  }

  /** Everything that waits now, whatever its delay: what Test.stopTest runs. */
  takeAll(): Job[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  takeFirstOf(id: string): Job | undefined {
    const first = this.#waiting.find((job) => job.id === id);
    if (first) this.#waiting = this.#waiting.filter((job) => job !== first);
    return first;
  }

  /** Takes the first job that is due. */
  take(now: number): Job | undefined {
    const due = this.#waiting
      .filter((job) => job.dueAt <= now)
      .sort((left, right) => left.dueAt - right.dueAt)[0];
    if (due) this.#waiting = this.#waiting.filter((job) => job !== due);
    return due;
  }

  /** Runs a job in its own transaction, then its finalizer in another. The failure is returned, not thrown. */
  execute(job: Job, test: TestState | null): ApexException | null {
    const org = this.#org;
    // Set while the job runs, read when it has ended, however it did.
    const attached: { finalizer: ApexReference | null } = { finalizer: null };
    let failure: ApexException | null = null;
    if (!test) org.usage.count('DailyAsyncApexExecutions');
    if (!job.finished) markJob(org, job.id, 'Processing', null);
    try {
      org.run(
        job.kind,
        job.user,
        (transaction) => {
          transaction.test = test;
          runningJobs.set(transaction, job);
          try {
            job.run(transaction);
          } finally {
            attached.finalizer = transaction.finalizer;
          }
        },
        job.id,
      );
    } catch (error) {
      failure = asApexException(error) ?? (test ? null : unsupportedWork(error));
      if (!failure) throw error;
      org.counters.failedJobs += 1;
      org.log(`${job.kind} job failed: ${failure.toString()}\n${failure.stackTrace()}`);
    }
    if (job.finished) job.finished(failure);
    else markJob(org, job.id, failure ? 'Failed' : 'Completed', failure);
    if (attached.finalizer) this.#finalize(attached.finalizer, job, failure, test);
    return failure;
  }

  #finalize(finalizer: ApexReference, job: Job, failure: ApexException | null, test: TestState | null): void {
    try {
      this.#org.run('finalizer', job.user, (transaction) => {
        transaction.test = test;
        runningJobs.set(transaction, { ...job, failures: failure ? job.failures + 1 : 0 });
        methodOf(finalizer, 'execute(System.FinalizerContext)')(new FinalizerContext(job.id, failure));
      });
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      this.#org.log(`finalizer failed: ${exception.toString()}\n${exception.stackTrace()}`);
    }
  }
}

/** Outside of tests, work that needs what the local org lacks fails alone, and the org lives on. */
export function unsupportedWork(error: unknown): ApexException | null {
  return error instanceof Unsupported ? platformException('System.UnexpectedException', error.message) : null;
}

/** The job whose work a transaction is. */
export const runningJobs = new WeakMap<Transaction, Job>();

export function methodOf(instance: ApexValue, key: string): (...parameters: ApexValue[]) => ApexValue {
  if (!isSourceObject(instance)) return throwNull();
  const found = methodIn(instance, key);
  if (!found)
    throw platformException('System.TypeException', `${instance.$class.name} does not define ${key}`);
  return (...parameters) => found.call(instance, ...parameters);
}

export function newJobRow(
  org: LocalOrg,
  type: string,
  className: string,
  methodName: string | null = null,
): string {
  const object = org.schema.object('AsyncApexJob');
  if (!object) throw new Error('AsyncApexJob is missing from the schema.');
  const id = org.store.newId(object);
  const values = new Map<string, ApexValue>([
    ['id', id],
    ['isdeleted', false],
    ['jobtype', type],
    ['status', 'Queued'],
    ['createddate', new ApexDatetime(org.now())],
    ['createdbyid', current().user.id],
    ['numberoferrors', 0],
    ['jobitemsprocessed', 0],
    ['totaljobitems', 0],
    ['methodname', methodName],
    ['apexclassid', org.classId(className)],
  ]);
  org.store.put('AsyncApexJob', id, values);
  return id;
}

export function markJob(org: LocalOrg, id: string, status: string, failure: ApexException | null): void {
  const row = org.store.get('AsyncApexJob', id);
  if (!row) return;
  const changed = new Map(row).set('status', status);
  if (failure)
    changed
      .set('extendedstatus', failure.toString())
      .set('numberoferrors', Number(row.get('numberoferrors') ?? 0) + 1);
  if (status !== 'Processing') changed.set('completeddate', new ApexDatetime(org.now()));
  org.store.put('AsyncApexJob', id, changed);
}

export function updateJob(org: LocalOrg, id: string, changes: ReadonlyMap<string, ApexValue>): void {
  org.store.put('AsyncApexJob', id, new Map([...(org.store.get('AsyncApexJob', id) ?? []), ...changes]));
}
