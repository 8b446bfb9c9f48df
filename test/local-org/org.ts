import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fieldSetOf } from './database/field-sets.ts';
import type { MetadataError } from './database/metadata-xml.ts';
import { loadSchema, filesBelow } from './database/load-schema.ts';
import { USUAL_FEATURES, type OrgFeatures } from './database/org-features.ts';
import type { LoadedSchema } from './database/loaded-schema.ts';
import { SObjectFieldToken, SObjectTypeToken } from './database/schema-tokens.ts';
import { settingRecord } from './database/settings.ts';
import type { QueryEnvironment } from './database/soql/run.ts';
import { RecordStore } from './database/store.ts';
import type { FieldSchema } from './database/schema.ts';
import { AccessRules } from './execution/access-rules.ts';
import { dmlStatement } from './execution/dml.ts';
import type { CalloutAnswer, CalloutRequest } from './execution/callouts.ts';
import type { Likeness } from './execution/duplicates.ts';
import { EventBus } from './execution/events.ts';
import { globalValue } from './execution/formula-rules.ts';
import { JobQueue } from './execution/jobs.ts';
import { enqueueFuture } from './execution/queueables.ts';
import { mergeRecords } from './execution/merge.ts';
import { OrgUsage, type OrgLimitValues } from './execution/org-usage.ts';
import type { SentNotification } from './execution/notifications.ts';
import { runSearch } from './execution/search.ts';
import { runStaticCount, runStaticQuery } from './execution/queries.ts';
import {
  current,
  isRunning,
  Transaction,
  within,
  type TransactionKind,
  type UserContext,
} from './execution/transaction.ts';
import { compile, type CompiledProgram, type Lenience, type SourceText } from './language/program.ts';
import { ApexDecimal, ApexDouble } from './values/numbers.ts';
import type { ApexReference, ApexValue, TriggerInfo } from './values/object.ts';
import { throwNull } from './values/exception.ts';
import { asFault } from './values/fault.ts';
import { firstProgram, warningsOf } from './first-program.ts';
import { enterRunAs, userContext } from './execution/run-as.ts';
import { zoneOffset } from './library/date-format.ts';
import { PageReference } from './library/pages.ts';
import { seedStandardData } from './standard-data.ts';
import './library/index.ts';

export interface OrgOptions {
  /** Folders of SFDX source. */
  readonly sources: readonly string[];
  /** Addresses that Apex may call out to, besides the remote sites in the source. */
  readonly remoteSites?: readonly string[];
  readonly organizationId?: string;
  readonly organizationName?: string;
  readonly coverage?: boolean;
  /** Run jobs and events by themselves; without it only runPending does. */
  readonly isLive?: boolean;
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970; the machine's own clock unless said. */
  readonly clock?: () => number;
  /** What the org may use, where it is not what most orgs may. */
  readonly limits?: OrgLimitValues;
  /** The language of the org and its users: `en_US` unless said. Profiles have the names that they have in it. */
  readonly language?: 'en_US' | 'fr';
  /** What the org has switched on, where it is not what most tests need. */
  readonly features?: Partial<OrgFeatures>;
  /** Duplicate rules that let no record of Apex pass which agrees with another. */
  readonly duplicateRules?: readonly Likeness[];
  /** Milliseconds that a minute of a queueable's delay takes: 60,000 unless said. */
  readonly delayMinute?: number;
  /** How deep a chain of queueables may go: five in Developer and Trial orgs, as deep as it likes elsewhere. */
  readonly queueableDepth?: number;
  /** Which faults of the source do not keep the org from being made, but are thrown where they are reached: `unsupported` unless said. */
  readonly lenience?: Lenience;
  /** Answers callouts in place of the net; undefined lets the call go out. */
  readonly standIn?: (request: CalloutRequest) => CalloutAnswer | undefined;
}

/** Puts an org together: schema, program, records. Throws AggregateError with all that is wrong with the source. */
export function createOrg(options: OrgOptions): LocalOrg {
  return new LocalOrg(options);
}

/** What a file of Apex is known by: its own name, whatever its folder and case. */
export const sourceKey = (file: string): string => path.basename(file).toLowerCase();

/** One Salesforce org. */
export class LocalOrg {
  readonly schema: LoadedSchema;
  program: CompiledProgram;
  store: RecordStore;
  /** The Apex that the org runs, by `x.cls` and `y.trigger` in lower case. */
  sources: ReadonlyMap<string, SourceText>;
  readonly jobs: JobQueue;
  readonly bus: EventBus;
  readonly organization: { readonly id: string; readonly name: string };
  readonly admin: UserContext;
  readonly automatedProcess: UserContext;
  readonly usage: OrgUsage;
  readonly queueableDepth: number;
  readonly delayMinute: number;
  readonly language: 'en_US' | 'fr';
  readonly duplicateRules: readonly Likeness[];
  readonly standIn: OrgOptions['standIn'];
  /** Rights beyond what profiles and permission sets say. */
  readonly access = new AccessRules();
  /** What the org has done since it was started, for whoever asks. */
  readonly counters = {
    callouts: 0,
    rowsWritten: 0,
    transactions: 0,
    failedJobs: 0,
    apiCalls: 0,
    describes: 0,
  };
  /** Records that another transaction holds: whoever asks for them FOR UPDATE, or writes them, waits ten seconds in vain. */
  readonly heldByOthers = new Set<string>();
  /** Bytes that every transaction is taken to hold: nothing measures them. */
  heapUsed = 1000;
  /** Custom notifications that were sent, in their order. */
  readonly notifications: SentNotification[] = [];
  /** The most that one transaction of a kind used of each limit. */
  readonly highestUse = new Map<string, Map<string, number>>();
  /** What of the source means something that the org does not do, and runs all the same. */
  get warnings(): readonly string[] {
    return warningsOf(this.schema);
  }

  /** What of the source is refused where it is reached. */
  readonly refusals: readonly Error[];
  readonly #options: OrgOptions;
  readonly #triggers = new Map<string, TriggerInfo[]>();
  #timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  #rollbackWork: (() => void)[] = [];
  /** Programs that were replaced while something of theirs was waiting. */
  #retired: CompiledProgram[] = [];
  #lastTime = 0;

  constructor(options: OrgOptions) {
    this.#options = options;
    this.organization = {
      id: options.organizationId ?? '00D000000000001EAA',
      name: options.organizationName ?? 'Local Org',
    };
    this.usage = new OrgUsage(this, options.limits);
    this.language = options.language ?? 'en_US';
    this.delayMinute = options.delayMinute ?? 60_000;
    this.queueableDepth = options.queueableDepth ?? Infinity;
    this.standIn = options.standIn;
    this.duplicateRules = options.duplicateRules ?? [];
    const lenience = options.lenience ?? 'unsupported';
    const problems: MetadataError[] = [];
    this.schema = loadSchema({
      sources: options.sources,
      language: this.language,
      features: { ...USUAL_FEATURES, ...options.features },
      problem: (problem) => problems.push(problem),
    });
    const files = options.sources
      .flatMap(filesBelow)
      .filter((file) => file.endsWith('.cls') || file.endsWith('.trigger'));
    this.sources = new Map(
      files.map((file) => [sourceKey(file), { path: file, text: readFileSync(file, 'utf8') }]),
    );
    this.program = firstProgram(
      () => this.compiled([...this.sources.values()], options.coverage ?? false),
      problems,
      lenience,
    );
    this.refusals = [...problems, ...this.program.refusals];
    this.store = new RecordStore(this.schema);
    this.jobs = new JobQueue(this);
    this.bus = new EventBus(this);
    const users = seedStandardData(this);
    this.admin = users.admin;
    this.automatedProcess = users.automatedProcess;
    this.store.commit();
    this.#connect();
  }

  /** What these sources are as a program. Throws AggregateError of SourceError. */
  compiled(sources: readonly SourceText[], coverage = false): CompiledProgram {
    return compile(sources, this.schema, { coverage, lenience: this.#options.lenience ?? 'unsupported' });
  }

  /** Runs other Apex from now on. What waits keeps the code it was made with. */
  replaceProgram(program: CompiledProgram, sources: ReadonlyMap<string, SourceText>): void {
    const isWaiting = this.jobs.size + this.bus.size > 0;
    this.#retired = isWaiting ? [...this.#retired, this.program] : [];
    this.program = program;
    this.sources = sources;
    this.#triggers.clear();
    this.#connect();
  }

  /** Runs work on an org with no records but those that every org has, nothing waiting; then everything is as before. */
  isolated<T>(work: () => T): T {
    const { store } = this;
    const restore = [this.jobs.setAside(), this.bus.setAside()];
    this.store = new RecordStore(this.schema);
    seedStandardData(this);
    this.store.commit();
    try {
      return work();
    } finally {
      this.store = store;
      for (const each of restore) each();
    }
  }

  /**
   * Notes what is in the org while nothing but jobs waits there; the answer brings it back, as often as it is called, and lets
   * the clock begin again.
   */
  remember(): () => void {
    const records = this.store.copy();
    const restoreJobs = this.jobs.setAside();
    restoreJobs();
    const counters = { ...this.counters };
    return () => {
      this.store = records.copy();
      this.bus.clear();
      restoreJobs();
      this.notifications.length = 0;
      Object.assign(this.counters, counters);
      this.usage.forget();
      this.#lastTime = 0;
    };
  }

  #connect(): void {
    this.program.runtime.connect({
      query: runStaticQuery,
      count: runStaticCount,
      search: runSearch,
      dml: (operation, value, access, externalId) => {
        dmlStatement(operation, value, externalId, { isUserMode: access === 'user' });
      },
      merge: mergeRecords,
      setting: settingRecord,
      page: (url) => new PageReference(url),
      fieldSet: fieldSetOf,
      objectToken: (name) => this.objectToken(name),
      fieldToken: (object, field) => this.fieldToken(object, field),
      future: enqueueFuture,
      enterRunAs: (user) => enterRunAs(user),
      leaveRunAs: (before) => {
        const saved = before as { user: UserContext; touched: Transaction['touched'] };
        current().user = saved.user;
        current().touched = saved.touched;
      },
      tick: () => {
        if (isRunning()) current().limits.tick();
      },
    });
  }

  /** The org's clock in milliseconds; two writes never carry the same moment. */
  now(): number {
    this.#lastTime = Math.max(this.#options.clock?.() ?? Date.now(), this.#lastTime);
    return this.#lastTime;
  }

  queryEnvironment(): QueryEnvironment {
    return {
      schema: this.schema,
      store: this.store,
      now: this.now(),
      localOffset: (time) => (isRunning() ? zoneOffset(current().user.timeZone, time) : 0),
      global: (path) => globalValue(current(), path),
    };
  }

  log(line: string): void {
    this.#options.log?.(line);
  }

  isAllowedEndpoint(endpoint: string): boolean {
    const sites = [...this.schema.remoteSites, ...(this.#options.remoteSites ?? [])];
    return sites.some((site) => URL.canParse(endpoint) && new URL(site).origin === new URL(endpoint).origin);
  }

  triggersOf(object: string, event: string): readonly TriggerInfo[] {
    const key = `${object} ${event}`;
    let found = this.#triggers.get(key);
    if (!found) {
      found = this.program.triggers.filter(
        (trigger) => trigger.object.toLowerCase() === object.toLowerCase() && trigger.events.has(event),
      );
      this.#triggers.set(key, found);
    }
    return found;
  }

  objectToken(name: string): ApexReference {
    const object = this.schema.object(name);
    return object ? new SObjectTypeToken(object) : throwNull();
  }

  fieldToken(objectName: string, fieldName: string): ApexReference {
    const object = this.schema.object(objectName);
    const field = object?.fields.get(fieldName.toLowerCase());
    return object && field ? new SObjectFieldToken(object, field) : throwNull();
  }

  /** A field's default as its type holds it. */
  defaultOf(field: FieldSchema): ApexValue {
    const value = field.defaultValue;
    if (typeof value === 'number')
      return field.apexType.kind === 'primitive' && field.apexType.name === 'Double'
        ? new ApexDouble(value)
        : ApexDecimal.of(value);
    return typeof value === 'string' || typeof value === 'boolean' ? value : null;
  }

  /** The Id of a class; of an inner one, that of the class it stands in. */
  classId(name: string): string | null {
    const [row] = this.store.findBy('ApexClass', 'Name', name.split('.')[0] ?? name);
    return row ? String(row.get('id')) : null;
  }

  /** Work to do if the transaction that runs now is rolled back. */
  onRollback(_transaction: Transaction, work: () => void): void {
    this.#rollbackWork.push(work);
  }

  /** Runs work in a transaction of its own: everything it wrote is kept, or, where it throws, nothing is. */
  run<T>(
    kind: TransactionKind,
    user: UserContext,
    work: (transaction: Transaction) => T,
    jobId: string | null = null,
  ): T {
    const transaction = new Transaction(this, kind, user, jobId);
    const before = this.store.savepoint();
    const outerRollback = this.#rollbackWork;
    // What a test wrote is taken back by whoever runs the tests.
    const isKept = !isRunning() && kind !== 'test';
    // In a test, asynchronous code sees the statics of the test, and the test sees what it made of them.
    const sharesStatics = isRunning() && current().test !== null && kind !== 'test';
    this.#rollbackWork = [];
    this.counters.transactions += 1;
    try {
      const result = within(transaction, () => {
        if (!sharesStatics) for (const program of [this.program, ...this.#retired]) program.resetStatics();
        return work(transaction);
      });
      if (isKept) this.store.commit();
      if (kind !== 'test') for (const after of transaction.afterCommit) after();
      return result;
    } catch (error) {
      this.store.rollback(before);
      for (const undo of this.#rollbackWork) undo();
      throw asFault(error);
    } finally {
      this.#rollbackWork = outerRollback;
      this.#noteUse(transaction);
    }
  }

  #noteUse(transaction: Transaction): void {
    const highest = this.highestUse.get(transaction.kind) ?? new Map<string, number>();
    for (const [name, used] of Object.entries(transaction.limits.snapshot()))
      highest.set(name, Math.max(used, highest.get(name) ?? 0));
    this.highestUse.set(transaction.kind, highest);
  }

  /** Runs Apex statements as a user, as the Tooling API's executeAnonymous does. */
  executeAnonymous(source: string, user: UserContext = this.admin): readonly string[] {
    return this.run('synchronous', user, (transaction) => {
      this.program.executeAnonymous(source);
      return transaction.debugLog;
    });
  }

  /** Something waits: a live org sees to it as soon as the code that runs has ended. */
  wake(): void {
    if (this.#options.isLive !== true) return;
    if (this.#timer) {
      clearTimeout(this.#timer as NodeJS.Timeout);
      clearImmediate(this.#timer as NodeJS.Immediate);
      this.#timer = null;
    }
    const due = this.jobs.nextDue;
    const delay = this.bus.size > 0 ? 0 : due === null ? null : Math.max(0, due - this.now());
    if (delay === null) return;
    const work = (): void => {
      this.#timer = null;
      this.#step();
      this.wake();
    };
    this.#timer = delay === 0 ? setImmediate(work) : setTimeout(work, Math.min(delay, 2 ** 31 - 1));
  }

  /** One event delivery or one job, so that requests come in between. */
  #step(): void {
    if (this.bus.size > 0) {
      try {
        this.bus.deliver();
      } catch (error) {
        this.log(`event trigger failed: ${String(error)}`);
      }
      return;
    }
    const job = this.jobs.take(this.now());
    if (job) this.jobs.execute(job, null);
  }

  /** Runs events and jobs that are due until none is left; for tests of an org that is not live. */
  runPending(limit = 1000): number {
    let steps = 0;
    while (steps < limit && (this.bus.size > 0 || (this.jobs.nextDue ?? Infinity) <= this.now())) {
      this.#step();
      steps += 1;
    }
    return steps;
  }

  close(): void {
    this.jobs.clear();
    this.bus.clear();
    if (this.#timer) {
      clearTimeout(this.#timer as NodeJS.Timeout);
      clearImmediate(this.#timer as NodeJS.Immediate);
    }
  }

  /** The user with that id, as code runs as. */
  user(id: string): UserContext {
    return userContext(this, id);
  }
}
