import { randomUUID } from 'node:crypto';
import { current, type Transaction } from '../execution/transaction.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { platformClass } from './registry.ts';

/** A System.Request: what the code now running was asked by. */
class CurrentRequest extends PlatformObject {
  readonly transaction: Transaction;
  constructor(transaction: Transaction) {
    super('System.Request');
    this.transaction = transaction;
  }
}

/** How code of each kind was started, as the platform names it. (Apex Reference Guide, Quiddity Enum.) */
const QUIDDITY: Readonly<Record<Transaction['kind'], string>> = {
  synchronous: 'ANONYMOUS',
  queueable: 'QUEUEABLE',
  future: 'FUTURE',
  batch: 'BATCH_APEX',
  scheduled: 'SCHEDULED',
  event: 'PLATFORM_EVENT_PUBLISH_CALLBACK',
  finalizer: 'TRANSACTION_FINALIZER_QUEUEABLE',
  test: 'RUNTEST_SYNC',
};

const ids = new WeakMap<Transaction, string>();

export function requestId(transaction: Transaction): string {
  const known = ids.get(transaction);
  if (known !== undefined) return known;
  const made = randomUUID().replaceAll('-', '').slice(0, 22).toUpperCase();
  ids.set(transaction, made);
  return made;
}

platformClass({
  name: 'System.Request',
  statics: { 'getCurrent/0': () => new CurrentRequest(current()) },
  methods: {
    'getRequestId/0': (request: CurrentRequest) => requestId(request.transaction),
    'getQuiddity/0': (request: CurrentRequest) =>
      platformEnum('System.Quiddity', QUIDDITY[request.transaction.kind]),
  },
});

/** A System.Version: of a package, `1.2` or `1.2.3`. */
export class Version extends PlatformObject {
  readonly major: number;
  readonly minor: number;
  readonly patch: number | null;
  constructor(major: number, minor: number, patch: number | null) {
    super('System.Version');
    this.major = major;
    this.minor = minor;
    this.patch = patch;
  }
  contentKey(): string {
    return `version:${this.toString()}`;
  }
  override toString(): string {
    return [this.major, this.minor, ...(this.patch === null ? [] : [this.patch])].join('.');
  }
}

platformClass({
  name: 'System.Version',
  constructors: {
    'new/2': (major: number, minor: number) => new Version(major, minor, null),
    'new/3': (major: number, minor: number, patch: number) => new Version(major, minor, patch),
  },
  methods: {
    'major/0': (version: Version) => version.major,
    'minor/0': (version: Version) => version.minor,
    'patch/0': (version: Version): ApexValue => version.patch,
    // Where one of the two has no patch number, only major and minor are compared.
    'compareTo/1': (version: Version, other: Version) => {
      const patch = version.patch === null || other.patch === null ? 0 : version.patch - other.patch;
      return Math.sign(version.major - other.major || version.minor - other.minor || patch);
    },
  },
});
