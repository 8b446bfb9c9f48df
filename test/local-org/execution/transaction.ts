import type { LocalOrg } from '../org.ts';
import type { ApexList, ApexMap } from '../values/collections.ts';
import { throwPlatform } from '../values/exception.ts';
import type { ApexReference } from '../values/object.ts';
import type { EventDelivery } from './event-delivery.ts';
import { LimitCounter } from './limits.ts';

/** The user code runs as. */
export interface UserContext {
  readonly id: string;
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string;
  readonly userName: string;
  readonly email: string;
  readonly locale: string;
  readonly language: string;
  readonly timeZone: string;
  readonly profileId: string;
  readonly type: string;
}

/** What Trigger.* shows while a trigger runs. */
export interface TriggerContext {
  readonly isBefore: boolean;
  readonly operation: 'insert' | 'update' | 'delete' | 'undelete';
  readonly object: string;
  readonly newList: ApexList | null;
  readonly oldList: ApexList | null;
  readonly newMap: ApexMap | null;
  readonly oldMap: ApexMap | null;
  readonly size: number;
}

export type TransactionKind =
  'synchronous' | 'queueable' | 'future' | 'batch' | 'scheduled' | 'event' | 'finalizer' | 'test';

/** A request or job: its limits, its user, its uncommitted work. All of it is kept, or none. */
export class Transaction {
  readonly org: LocalOrg;
  readonly kind: TransactionKind;
  user: UserContext;
  limits: LimitCounter;
  trigger: TriggerContext | null = null;
  triggerDepth = 0;
  /** DML since the last commit: a callout is refused then. */
  hasUncommittedWork = false;
  /** Setup objects and others do not mix in one transaction. */
  touched: { setup: string | null; other: string | null } = { setup: null, other: null };
  /** Set while a test method runs. */
  test: TestState | null = null;
  /** The AsyncApexJob this transaction is the work of. */
  readonly jobId: string | null;
  finalizer: ApexReference | null = null;
  /** Set while an event trigger runs. */
  delivery: EventDelivery | null = null;
  readonly afterCommit: (() => void)[] = [];
  readonly debugLog: string[] = [];
  /** Emails that would have been sent. */
  readonly sentEmails: ApexReference[] = [];

  constructor(org: LocalOrg, kind: TransactionKind, user: UserContext, jobId: string | null = null) {
    this.org = org;
    this.kind = kind;
    this.user = user;
    this.jobId = jobId;
    this.limits = new LimitCounter(this.isAsync, kind !== 'future' && kind !== 'batch');
  }

  get isAsync(): boolean {
    return (
      this.kind === 'queueable' ||
      this.kind === 'future' ||
      this.kind === 'batch' ||
      this.kind === 'scheduled' ||
      this.kind === 'finalizer'
    );
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.org.now();
  }
}

/** What a running test has set up. */
export interface TestState {
  calloutMock: ApexReference | null;
  /** What answers SOAP callouts. */
  webServiceMock: ApexReference | null;
  /** What searches find, as Test.setFixedSearchResults said. */
  fixedSearchResults: readonly string[];
  /** Between Test.startTest and Test.stopTest. */
  isStarted: boolean;
  /** Limits outside the pair are put aside. */
  outerLimits: LimitCounter | null;
}

let running: Transaction | null = null;

/** The transaction that runs now. */
export function current(): Transaction {
  if (!running) throw new Error('No transaction is running.');
  return running;
}

export function isRunning(): boolean {
  return running !== null;
}

/** Runs work inside a transaction that is made current for it. Nesting puts the outer one aside, statics included. */
export function within<T>(transaction: Transaction, work: () => T): T {
  const before = running;
  const statics = transaction.org.program.saveStatics();
  running = transaction;
  try {
    return work();
  } finally {
    running = before;
    transaction.org.program.restoreStatics(statics);
  }
}

/**
 * The mixed DML rule: users and permissions are not written together with other records, outside System.runAs.
 * `operation` is the statement's name in messages. (Apex Developer Guide, sObjects That Cannot Be Used Together.)
 */
export function noteDml(transaction: Transaction, object: string, operation: string): void {
  const isSetup = SETUP_OBJECTS.has(object.toLowerCase());
  const other = isSetup ? transaction.touched.other : transaction.touched.setup;
  if (other !== null) {
    throwPlatform(
      'System.DmlException',
      `${operation} failed. First exception on row 0; first error: MIXED_DML_OPERATION, DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): ${object}, original object: ${other}: []`,
    );
  }
  if (isSetup) transaction.touched.setup = object;
  else transaction.touched.other = object;
}

const SETUP_OBJECTS = new Set([
  'user',
  'permissionset',
  'permissionsetassignment',
  'permissionsetgroup',
  'permissionsetgroupcomponent',
  'fieldpermissions',
  'objectpermissions',
  'group',
  'groupmember',
  'queuesobject',
  'setupentityaccess',
  'userrole',
  'userterritory',
  'territory',
  'profile',
  'custompermission',
]);
