import { asApexException, platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { ApexList } from '../values/collections.ts';
import { to18 } from '../values/ids.ts';
import { PlatformObject } from '../values/instance.ts';
import {
  SourceError,
  type ApexReference,
  type ApexValue,
  type ClassInfo,
  type MethodInfo,
} from '../values/object.ts';
import { platformClass } from '../library/registry.ts';
import { describedType } from '../library/types.ts';
import { clearCache } from '../library/platform-cache.ts';
import { OrgFault } from '../values/fault.ts';
import { typeName } from '../values/type-ref.ts';
import type { LocalOrg } from '../org.ts';
import { callBack } from './event-callbacks.ts';
import type { Job } from './jobs.ts';
import { LimitCounter } from './limits.ts';
import { current, type TestState } from './transaction.ts';

/** What became of one test method. */
export interface TestOutcome {
  readonly className: string;
  readonly method: string;
  readonly failure: string | null;
  /** What stopped it: an exception of Apex, something that the local org refuses, or a fault of the local org's own. */
  readonly cause: 'exception' | 'refusal' | 'fault' | null;
  /** Milliseconds. */
  readonly duration: number;
}

/** Runs @IsTest methods, each on data of its own: what its @TestSetup made, and nothing else. */
export function runTests(
  org: LocalOrg,
  chosen: { readonly classes?: readonly string[] } = {},
): TestOutcome[] {
  const wanted = chosen.classes?.map((name) => name.toLowerCase());
  const classes = [...org.program.classes.values()].filter(
    (info) => info.isTest && (!wanted || wanted.includes(info.name.toLowerCase())),
  );
  return classes.flatMap((info) => runClass(org, info));
}

function runClass(org: LocalOrg, info: ClassInfo): TestOutcome[] {
  const clean = org.store.savepoint();
  const outcomes: TestOutcome[] = [];
  const setup = info.methods.filter((method) => method.isTestSetup);
  const failedSetup = setup
    .map((method) => runMethod(org, info, method))
    .find((outcome) => outcome.failure !== null);
  for (const method of info.methods.filter((each) => each.isTest)) {
    if (failedSetup) {
      outcomes.push({
        className: info.name,
        method: method.name,
        failure: `@TestSetup failed: ${failedSetup.failure ?? ''}`,
        cause: failedSetup.cause,
        duration: 0,
      });
      continue;
    }
    const prepared = org.store.savepoint();
    outcomes.push(runMethod(org, info, method));
    org.store.rollback(prepared);
  }
  org.store.rollback(clean);
  return outcomes;
}

function runMethod(org: LocalOrg, info: ClassInfo, method: MethodInfo): TestOutcome {
  const started = performance.now();
  let failed: Pick<TestOutcome, 'failure' | 'cause'> = { failure: null, cause: null };
  org.jobs.clear();
  org.bus.clear();
  clearCache(org);
  try {
    org.run('test', org.admin, (transaction) => {
      transaction.test = {
        calloutMock: null,
        webServiceMock: null,
        fixedSearchResults: [],
        isStarted: false,
        outerLimits: null,
      };
      method.invoke(null, []);
    });
  } catch (error) {
    failed = failureOf(error);
  }
  return { className: info.name, method: method.name, ...failed, duration: performance.now() - started };
}

/** A fault of the local org's own fails the one test that met it, and says whose fault it is. */
function failureOf(error: unknown): Pick<TestOutcome, 'failure' | 'cause'> {
  const exception = asApexException(error);
  if (exception) return { failure: `${exception.toString()}\n${exception.stackTrace()}`, cause: 'exception' };
  if (error instanceof SourceError) return { failure: error.message, cause: 'refusal' };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    failure:
      error instanceof OrgFault
        ? `${error.message}\n${String(error.cause)}`
        : `The local org failed: ${text}`,
    cause: 'fault',
  };
}

/** How often jobs of jobs are run before a chain is taken to have no end. */
const MAX_WAVES = 50;

/**
 * Events and jobs that are waiting run now, as they do at Test.stopTest(), and then what these have enqueued. (The Apex Developer
 * Guide knows of no chains in tests; packages whose tests pass in orgs rely on them: apex-rollup, Nebula Logger.)
 */
function deliver(test: TestState): void {
  const transaction = current();
  const { org } = transaction;
  for (const work of transaction.afterCommit.splice(0)) work();
  org.bus.deliver(test);
  for (let wave = 0; wave < MAX_WAVES && org.jobs.size > 0; wave++)
    for (const job of org.jobs.takeAll()) runWhole(org, job, test);
  org.bus.deliver(test);
  callBack(transaction, false);
}

/** A job, and where it is a batch its chunks and its end. Throws what it fails of. */
function runWhole(org: LocalOrg, job: Job, test: TestState): void {
  const failure = org.jobs.execute(job, test);
  if (failure) throw failure;
  const next = job.kind === 'batch' ? org.jobs.takeFirstOf(job.id) : undefined;
  if (next) runWhole(org, next, test);
}

class EventBroker extends PlatformObject {
  constructor() {
    super('eventbus.TestBroker');
  }
}
platformClass({
  name: 'eventbus.TestBroker',
  methods: {
    'deliver/0': () => {
      const transaction = current();
      for (const work of transaction.afterCommit.splice(0)) work();
      transaction.org.bus.deliver(transaction.test);
      callBack(transaction, false);
    },
    'fail/0': () => {
      const transaction = current();
      transaction.afterCommit.length = 0;
      transaction.org.bus.clear();
      callBack(transaction, true);
    },
  },
});

function state(): TestState {
  return current().test ?? throwPlatform('System.TypeException', 'Test methods can only be called in a test');
}

platformClass({
  name: 'System.Test',
  statics: {
    'isRunningTest/0': () => current().test !== null,
    'startTest/0': () => {
      const test = state();
      if (test.isStarted) throw platformException('System.FinalException', 'Testing already started');
      test.isStarted = true;
      test.outerLimits = current().limits;
      current().limits = new LimitCounter(false);
      // What was written before stands as committed: the code under test may call out.
      current().hasUncommittedWork = false;
    },
    'stopTest/0': () => {
      const test = state();
      if (!test.isStarted) throw platformException('System.FinalException', 'Testing has not started');
      const outer = test.outerLimits;
      try {
        deliver(test);
      } finally {
        if (outer) current().limits = outer;
        test.outerLimits = null;
      }
    },
    'setMock/2': (type: ApexValue, mock: ApexReference | null) => {
      if (typeName(describedType(type)).endsWith('WebServiceMock'))
        state().webServiceMock = mock ?? throwNull();
      else state().calloutMock = mock ?? throwNull();
    },
    'setFixedSearchResults/1': (ids: ApexList | null) => {
      state().fixedSearchResults = (ids ?? throwNull()).items.map((id) => to18(String(id)));
    },
    'getEventBus/0': () => new EventBroker(),
    'setCreatedDate/2': (id: string, date: ApexReference) => {
      const { org } = current();
      const object = org.schema.objectByPrefix(id.slice(0, 3));
      const row = object ? org.store.get(object.name, id) : undefined;
      if (object && row) org.store.put(object.name, id, new Map(row).set('createddate', date));
    },
  },
});
