import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import {
  ApexException,
  asApexException,
  platformException,
  throwNull,
  throwPlatform,
} from '../values/exception.ts';
import { isSourceObject, PlatformObject, type DispatchingObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { valueKey } from '../values/equality.ts';
import { apexToString } from '../values/text.ts';
import { typeName } from '../values/type-ref.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import { platformEnum } from '../language/runtime/runtime.ts';
import { runtimeType } from '../language/runtime/types.ts';
import type { LocalOrg } from '../org.ts';
import { QueryLocator } from './database-class.ts';
import { nextRun } from './cron.ts';
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
  run(transaction: Transaction): void;
  /** Called when the work failed, with the failure, or null. */
  finished?(failure: ApexException | null, transaction: Transaction): void;
}

class QueueableContext extends PlatformObject {
  readonly jobId: string;
  constructor(name: string, jobId: string) {
    super(name);
    this.jobId = jobId;
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
      [getter]: (context: QueueableContext) => context.jobId,
      ...(name.startsWith('Database')
        ? { 'getChildJobId/0': (context: QueueableContext) => context.jobId }
        : {}),
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
    markJob(org, job.id, 'Processing', null);
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
      failure = asApexException(error);
      if (!failure) throw error;
      org.counters.failedJobs += 1;
      org.log(`${job.kind} job failed: ${failure.toString()}\n${failure.stackTrace()}`);
    }
    markJob(org, job.id, failure ? 'Failed' : 'Completed', failure);
    if (attached.finalizer) this.#finalize(attached.finalizer, job, failure, test);
    return failure;
  }

  #finalize(finalizer: ApexReference, job: Job, failure: ApexException | null, test: TestState | null): void {
    try {
      this.#org.run('finalizer', job.user, (transaction) => {
        transaction.test = test;
        runningJobs.set(transaction, { ...job, failures: failure ? job.failures + 1 : 0 });
        method(finalizer, 'execute/1')(new FinalizerContext(job.id, failure));
      });
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      this.#org.log(`finalizer failed: ${exception.toString()}\n${exception.stackTrace()}`);
    }
  }
}

const runningJobs = new WeakMap<Transaction, Job>();

function method(instance: ApexValue, key: string): (...parameters: ApexValue[]) => ApexValue {
  if (!isSourceObject(instance)) return throwNull();
  const found = instance.$methods[key];
  if (!found)
    throw platformException('System.TypeException', `${instance.$class.name} does not define ${key}`);
  return (...parameters) => found.call(instance, ...parameters);
}

function newJobRow(org: LocalOrg, type: string, className: string, methodName: string | null = null): string {
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

function markJob(org: LocalOrg, id: string, status: string, failure: ApexException | null): void {
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

const MAX_FAILURES = 5;

/** System.enqueueJob. A job with the signature of one that waits is refused. */
function enqueue(
  queueable: ApexValue,
  options: { delayMinutes: number; signature: string | null; maximumDepth: number | null },
): string {
  if (!isSourceObject(queueable)) return throwNull();
  const transaction = current();
  const { org } = transaction;
  transaction.limits.count('queueableJobs');
  const parent = runningJobs.get(transaction);
  const depth = (parent?.depth ?? 0) + 1;
  if (options.maximumDepth !== null && depth > options.maximumDepth)
    throw platformException('System.AsyncException', 'Maximum stack depth has been reached.');
  const failures = transaction.kind === 'finalizer' ? (parent?.failures ?? 0) : 0;
  if (failures > MAX_FAILURES)
    throw platformException(
      'System.AsyncException',
      'Maximum successive failures of a queueable job reached.',
    );
  const { signature } = options;
  if (signature !== null && org.jobs.hasSignature(signature)) {
    throw platformException(
      'System.DuplicateMessageException',
      'Attempt to enqueue job with duplicate queueable signature',
    );
  }
  const id = newJobRow(org, 'Queueable', queueable.$class.name);
  const job: Job = {
    id,
    kind: 'queueable',
    dueAt: org.now() + options.delayMinutes * 60_000,
    user: transaction.user,
    signature,
    depth,
    failures,
    run: () => {
      method(queueable, 'execute/1')(new QueueableContext('System.QueueableContext', id));
    },
  };
  // It stands in the queue at once, so that a second one of the same signature is refused, and falls out with a rollback.
  org.jobs.add(job);
  org.onRollback(transaction, () => {
    org.jobs.remove(id);
  });
  return id;
}

class AsyncOptions extends PlatformObject {
  signature: QueueableSignature | null = null;
  maximumDepth: number | null = null;
  delay: number | null = null;
  constructor() {
    super('System.AsyncOptions');
  }
}
class QueueableSignature extends PlatformObject {
  readonly parts: string[] = [];
  get text(): string {
    return this.parts.join('\u0001');
  }
}
const adding = (builder: QueueableSignature, value: ApexValue): QueueableSignature => {
  builder.parts.push(String(valueKey(value)));
  return builder;
};
platformClass({
  name: 'System.AsyncOptions',
  constructors: { 'new/0': () => new AsyncOptions() },
  properties: {
    DuplicateSignature: (options: AsyncOptions) => options.signature,
    'DuplicateSignature=': (options: AsyncOptions, value: QueueableSignature | null) =>
      (options.signature = value),
    MaximumQueueableStackDepth: (options: AsyncOptions) => options.maximumDepth,
    'MaximumQueueableStackDepth=': (options: AsyncOptions, value: number | null) =>
      (options.maximumDepth = value),
    MinimumQueueableDelayInMinutes: (options: AsyncOptions) => options.delay,
    'MinimumQueueableDelayInMinutes=': (options: AsyncOptions, value: number | null) =>
      (options.delay = value),
  },
});
platformClass({
  name: 'System.QueueableDuplicateSignature.Builder',
  constructors: { 'new/0': () => new QueueableSignature('System.QueueableDuplicateSignature.Builder') },
  methods: {
    'addString/1': adding,
    'addId/1': adding,
    'addInteger/1': adding,
    'build/0': (builder: QueueableSignature) => builder,
  },
});

/** A class of the source may implement Queueable and want callouts, state, and the like: markers without methods. */
function enqueueWith(queueable: ApexValue, options: AsyncOptions | number | null): string {
  if (options instanceof AsyncOptions) {
    checkDelay(options.delay);
    return enqueue(queueable, {
      delayMinutes: options.delay ?? 0,
      signature: options.signature?.text ?? null,
      maximumDepth: options.maximumDepth,
    });
  }
  checkDelay(options);
  return enqueue(queueable, { delayMinutes: options ?? 0, signature: null, maximumDepth: null });
}

function checkDelay(minutes: number | null): void {
  if (minutes !== null && (minutes < 0 || minutes > 10))
    throwPlatform('System.AsyncException', 'Delay must be between 0 and 10 minutes');
}

/** Calls a @future method when its turn comes, with copies of its arguments. */
export function enqueueFuture(
  className: string,
  methodName: string,
  parameters: readonly ApexValue[],
  call: (...parameters: ApexValue[]) => ApexValue,
): void {
  const transaction = current();
  const { org } = transaction;
  if (transaction.kind === 'future' || transaction.kind === 'batch') {
    throw platformException(
      'System.AsyncException',
      `Future method cannot be called from a future or batch method: ${className}.${methodName}(${parameters.map((each) => parameterType(each)).join(', ')})`,
    );
  }
  transaction.limits.count('futureCalls');
  const id = newJobRow(org, 'Future', className, methodName);
  const copies = parameters.map(copyOf);
  org.jobs.add({
    id,
    kind: 'future',
    dueAt: org.now(),
    user: transaction.user,
    signature: null,
    depth: 1,
    failures: 0,
    run: () => {
      call(...copies);
    },
  });
  org.onRollback(transaction, () => {
    org.jobs.remove(id);
  });
}

function parameterType(value: ApexValue): string {
  return value === null ? 'Object' : typeName(runtimeType(value));
}

/** Collections of primitives, which is all that a @future method takes, are copied. */
function copyOf(value: ApexValue): ApexValue {
  if (value instanceof ApexList) return new ApexList(value.elementType, value.items.map(copyOf));
  if (value instanceof ApexSet) return new ApexSet(value.elementType, value);
  if (value instanceof ApexMap)
    return new ApexMap(
      value.keyType,
      value.valueType,
      [...value].map(([key, each]): [ApexValue, ApexValue] => [key, copyOf(each)]),
    );
  return value;
}

/** Database.executeBatch: start, one job a chunk, finish, each in its own transaction. */
export function executeBatch(batch: ApexValue, size: number): string {
  if (!isSourceObject(batch)) return throwNull();
  const transaction = current();
  const { org } = transaction;
  const id = newJobRow(org, 'BatchApex', batch.$class.name);
  const context = new QueueableContext('Database.BatchableContext', id);
  const isStateful = batch.$class.interfaces.some(
    (each) => each.kind === 'platform' && each.name === 'Database.Stateful',
  );
  const base = { id, kind: 'batch' as const, user: transaction.user, signature: null, depth: 1, failures: 0 };
  const add = (run: (transaction: Transaction) => void): void => {
    org.jobs.add({ ...base, dueAt: org.now(), run });
  };
  const initial = isStateful ? null : snapshotOf(batch);
  add(() => {
    const started = method(batch, 'start/1')(context);
    const rows =
      started instanceof QueryLocator
        ? [...started.records.items]
        : started instanceof ApexList
          ? [...started.items]
          : [...org.program.runtime.iterate(started)];
    const element =
      started instanceof QueryLocator
        ? started.records.elementType
        : started instanceof ApexList
          ? started.elementType
          : ({ kind: 'primitive', name: 'Object' } as const);
    const chunks: ApexList[] = [];
    for (let start = 0; start < rows.length; start += size)
      chunks.push(new ApexList(element, rows.slice(start, start + size)));
    updateJob(org, id, new Map([['totaljobitems', chunks.length]]));
    for (const chunk of chunks) {
      add(() => {
        if (initial) restore(batch, initial);
        method(batch, 'execute/2')(context, chunk);
        updateJob(
          org,
          id,
          new Map([
            [
              'jobitemsprocessed',
              Number(org.store.get('AsyncApexJob', id)?.get('jobitemsprocessed') ?? 0) + 1,
            ],
          ]),
        );
      });
    }
    add(() => {
      if (initial) restore(batch, initial);
      method(batch, 'finish/1')(context);
    });
  });
  return id;
}

/** Without Database.Stateful every chunk starts from the members that start left. */
function snapshotOf(batch: DispatchingObject): Map<string, ApexValue> {
  return new Map(
    batch.$class.fields
      .filter((field) => !field.isStatic && !field.isProperty)
      .map((field) => [field.name, field.get(batch)]),
  );
}
function restore(batch: DispatchingObject, values: ReadonlyMap<string, ApexValue>): void {
  for (const field of batch.$class.fields)
    if (values.has(field.name)) field.set(batch, values.get(field.name) ?? null);
}

function updateJob(org: LocalOrg, id: string, changes: ReadonlyMap<string, ApexValue>): void {
  org.store.put('AsyncApexJob', id, new Map([...(org.store.get('AsyncApexJob', id) ?? []), ...changes]));
}

/** System.schedule: a CronTrigger row, and a job each time the expression says. */
function schedule(name: string | null, expression: string | null, schedulable: ApexValue): string {
  if (!isSourceObject(schedulable)) return throwNull();
  const transaction = current();
  const { org } = transaction;
  const next = nextRun(expression ?? throwNull(), org.now());
  const trigger = org.schema.object('CronTrigger');
  const detail = org.schema.object('CronJobDetail');
  if (!trigger || !detail) throw new Error('CronTrigger is missing from the schema.');
  if (org.store.findBy('CronJobDetail', 'Name', name).length > 0) {
    throw platformException(
      'System.AsyncException',
      `The Apex job named "${name ?? ''}" is already scheduled for execution.`,
    );
  }
  const detailId = org.store.newId(detail);
  org.store.put(
    'CronJobDetail',
    detailId,
    new Map<string, ApexValue>([
      ['id', detailId],
      ['isdeleted', false],
      ['name', name],
      ['jobtype', '7'],
    ]),
  );
  const id = org.store.newId(trigger);
  org.store.put(
    'CronTrigger',
    id,
    new Map<string, ApexValue>([
      ['id', id],
      ['isdeleted', false],
      ['cronjobdetailid', detailId],
      ['cronexpression', expression],
      ['state', 'WAITING'],
      ['timestriggered', 0],
      ['nextfiretime', new ApexDatetime(next)],
      ['createddate', new ApexDatetime(org.now())],
    ]),
  );
  const add = (dueAt: number): void => {
    org.jobs.add({
      id,
      kind: 'scheduled',
      dueAt,
      user: transaction.user,
      signature: null,
      depth: 1,
      failures: 0,
      run: (running) => {
        const again = nextRun(expression ?? '', Math.max(dueAt, org.now()));
        const row = org.store.get('CronTrigger', id);
        if (row)
          org.store.put(
            'CronTrigger',
            id,
            new Map(row)
              .set('timestriggered', Number(row.get('timestriggered') ?? 0) + 1)
              .set('nextfiretime', new ApexDatetime(again)),
          );
        // In a test it runs once, at stopTest; else it goes on for as long as the org does.
        if (!running.test) add(again);
        method(schedulable, 'execute/1')(new QueueableContext('System.SchedulableContext', id));
      },
    });
  };
  add(next);
  org.onRollback(transaction, () => {
    org.jobs.remove(id);
  });
  return id;
}

function abort(id: string | null): void {
  const { org } = current();
  org.jobs.remove(id ?? throwNull());
  const cron = org.store.get('CronTrigger', id ?? '');
  if (cron) {
    org.store.remove('CronTrigger', id ?? '');
    org.store.remove('CronJobDetail', apexToString(cron.get('cronjobdetailid') ?? null));
  } else markJob(org, id ?? '', 'Aborted', null);
}

addStatics('System.System', {
  'enqueueJob/1': (queueable: ApexValue) => enqueueWith(queueable, null),
  'enqueueJob/2': enqueueWith,
  'schedule/3': schedule,
  'abortJob/1': abort,
  'attachFinalizer/1': (finalizer: ApexReference | null) => {
    const transaction = current();
    if (transaction.kind !== 'queueable')
      throwPlatform(
        'System.AsyncException',
        'System.attachFinalizer can only be called from a Queueable job',
      );
    if (transaction.finalizer)
      throwPlatform('System.HandledException', 'Only one finalizer can be attached to a Queueable job');
    transaction.finalizer = finalizer ?? throwNull();
  },
});
