import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { isSourceObject, PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { KnownInstances, valueKey } from '../values/equality.ts';
import { typeName } from '../values/type-ref.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import { runtimeType } from '../language/runtime/types.ts';
import { storedCopy } from './job-state.ts';
import { JobContext, methodOf, newJobRow, runningJobs, type Job } from './jobs.ts';
import { current } from './transaction.ts';

/** Failures in a row after which a finalizer may not put its job back. */
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
  if (!transaction.test) org.usage.checkAsync();
  const parent = runningJobs.get(transaction);
  const depth = (parent?.depth ?? 0) + 1;
  // A chain keeps the depth that its first job was given.
  const maximumDepth = options.maximumDepth ?? parent?.maximumDepth ?? null;
  if (depth > (maximumDepth ?? org.queueableDepth))
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
  const stored = storedCopy(queueable);
  const job: Job = {
    id,
    kind: 'queueable',
    dueAt: org.now() + options.delayMinutes * org.delayMinute,
    user: transaction.user,
    signature,
    depth,
    failures,
    maximumDepth,
    delayMinutes: options.delayMinutes,
    run: () => {
      methodOf(stored, 'execute(System.QueueableContext)')(new JobContext('System.QueueableContext', id));
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
  builder.parts.push(String(valueKey(value, new KnownInstances())));
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
  if (!transaction.test) org.usage.checkAsync();
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

addStatics('System.System', {
  'enqueueJob/1': (queueable: ApexValue) => enqueueWith(queueable, null),
  'enqueueJob/2': enqueueWith,
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

const depthOfJob = (): number => runningJobs.get(current())?.depth ?? 0;
platformClass({
  name: 'System.AsyncInfo',
  statics: {
    'getCurrentQueueableStackDepth/0': depthOfJob,
    'getMaximumQueueableStackDepth/0': () => runningJobs.get(current())?.maximumDepth ?? null,
    'getMinimumQueueableDelayInMinutes/0': () => runningJobs.get(current())?.delayMinutes ?? null,
    'hasMaxStackDepth/0': () => (runningJobs.get(current())?.maximumDepth ?? null) !== null,
  },
});
