import type { Fetched } from './fetched.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What the org of a case answers to a call. */
export interface Reply {
  readonly method: 'get' | 'post' | 'patch' | 'delete' | 'put';
  /** Behind the address of the API. */
  readonly path: string;
  readonly body: unknown;
}

/** An event and a mapping of one of their tests, and what comes of them. */
export interface SegmentCase {
  readonly name: string;
  readonly action: string;
  readonly event: Values;
  readonly mapping: Values;
  readonly usesDefaults: boolean;
  readonly replies: readonly Reply[];
  /** What was written, as JSON; empty where the test does not say. */
  bodies: string[];
  /** What their test expects to be thrown. */
  error: string | null;
}

/** A test of theirs that runs something else than one event: tokens, jobs, lists of fields. */
export interface OtherTest {
  readonly name: string;
}

/**
 * Runs their tests with stubs in the place of their code: what would be done is written down, and what is expected of it.
 */
export async function segmentCases(
  fetched: Fetched,
): Promise<{ readonly cases: SegmentCase[]; readonly others: OtherTest[] }> {
  const cases: SegmentCase[] = [];
  const others: OtherTest[] = [];
  for (const file of fetched
    .endingWith('.test.ts')
    .filter((each) => each.includes('destinations/salesforce/__tests__/'))) {
    const suite = new Suite(file.replace(/^.*__tests__\/|\.test\.ts$/g, ''));
    await fetched.run(file, suite.stubs, suite.globals);
    for (const test of suite.tests) {
      const found = await suite.casesOf(test);
      if (found.length === 0) others.push({ name: test.name });
      cases.push(...found);
    }
  }
  return { cases, others };
}

interface Test {
  readonly name: string;
  readonly run: () => unknown;
}

/** Something of an answer that a test looks at. */
class Seen {
  readonly of: SegmentCase;
  readonly what: string;
  constructor(of: SegmentCase, what: string) {
    this.of = of;
    this.what = what;
  }
}

/** What a file of tests gets, and what it says with it. */
class Suite {
  readonly tests: Test[] = [];
  readonly #file: string;
  #names: string[] = [];
  #replies: Reply[] = [];
  #cases: SegmentCase[] = [];
  #name = '';

  constructor(file: string) {
    this.#file = file;
  }

  async casesOf({ name, run }: Test): Promise<SegmentCase[]> {
    this.#cases = [];
    this.#replies = [];
    this.#name = name;
    // What a test makes of stubs that answer nothing of use is no matter: the case was written down before.
    await Promise.resolve()
      .then(run)
      .catch(() => undefined);
    return this.#cases;
  }

  get globals(): object {
    const ignored = (): undefined => undefined;
    const it = (name: string, run: () => unknown): void => {
      this.tests.push({ name: [this.#file, ...this.#names.slice(1), name].join(', '), run });
    };
    const describe = (name: string, run: () => void): void => {
      this.#names.push(name);
      run();
      this.#names.pop();
    };
    const hooks = { beforeEach: ignored, beforeAll: ignored, afterEach: ignored, afterAll: ignored };
    return {
      ...{ it, test: it, describe, expect: (value: unknown) => this.#expectation(value), ...hooks },
      ...{ encodeURIComponent, URL, process: { env: {} }, console: { log: ignored, error: ignored } },
      jest: { fn: () => ignored, spyOn: anything, mock: ignored, clearAllMocks: ignored },
    };
  }

  get stubs(): Readonly<Record<string, unknown>> {
    const own = { default: anything(), __esModule: true };
    return {
      nock: Object.assign((address: string) => this.#nock(address), {
        cleanAll: () => undefined,
        isDone: () => true,
        pendingMocks: () => [],
      }),
      '@segment/actions-core': {
        createTestEvent: (event: Values = {}) => ({ timestamp: '2026-01-01T00:00:00.000Z', ...event }),
        createTestIntegration: () => this.#integration(),
      },
      '../index': own,
      '../versioning-info': { SALESFORCE_API_VERSION: 'v53.0' },
      '../sf-operations': { ...own, default: this.#operations(), authenticateWithPassword: anything() },
      '../sf-utils': { buildCSVData: anything() },
      '../sf-types': {},
      '../generated-types': {},
      '../../../../../core/src/create-request-client': own,
    };
  }

  #nock(address: string): unknown {
    const base = address.replace(/^.*\/services\/data\/[^/]+/, '');
    const scope: Record<string, unknown> = {};
    for (const method of ['get', 'post', 'patch', 'delete', 'put'] as const)
      scope[method] = (path: unknown): unknown => ({
        reply: (_status: number, body: unknown): unknown => {
          this.#replies.push({ method, path: base + String(path), body });
          return scope;
        },
        query: () => ({ reply: () => scope }),
      });
    return scope;
  }

  #keep(action: string, event: Values, mapping: Values, usesDefaults: boolean): SegmentCase {
    const one: SegmentCase = {
      ...{ name: this.#name, action, event, mapping, usesDefaults },
      ...{ replies: this.#replies, bodies: [], error: null },
    };
    this.#cases.push(one);
    this.#replies = [];
    return one;
  }

  /** Their way around the mapping: fields as they are, for an object. */
  #operations(): unknown {
    const keep =
      (operation: string) =>
      (payload: Values, object: string): Promise<unknown> =>
        Promise.resolve(answersOf(this.#keep(object, {}, { ...payload, operation }, false)));
    const known: Record<string, unknown> = Object.fromEntries(
      ['create', 'update', 'upsert', 'delete'].map((operation) => [`${operation}Record`, keep(operation)]),
    );
    return new Proxy(Seen, {
      construct: () => new Proxy(known, { get: (target, name) => target[String(name)] ?? anything() }),
    });
  }

  /** Takes down what is expected of an answer, and what is to be thrown. */
  #expectation(value: unknown): unknown {
    const says = (text: unknown): void => {
      if (value instanceof Seen && value.what.endsWith('.options.body')) value.of.bodies.push(String(text));
    };
    const throws = async (text: unknown): Promise<void> => {
      await (typeof value === 'function' ? (value as () => unknown)() : value);
      const last = this.#cases.at(-1);
      if (last) last.error = String(text);
    };
    const known: Record<string, unknown> = {
      ...{ toMatchInlineSnapshot: says, toBe: says, toEqual: says },
      ...{ toThrowError: throws, toThrow: throws },
    };
    const all: unknown = new Proxy(known, {
      get: (target, name) => {
        if (name === 'rejects' || name === 'resolves') return all;
        return target[String(name)] ?? anything();
      },
    });
    return all;
  }

  #integration(): unknown {
    const testAction = (
      action: string,
      given: { event?: Values; mapping?: Values; useDefaultMappings?: boolean },
    ): Promise<unknown> => {
      const { event = {}, mapping = {}, useDefaultMappings = false } = given;
      return Promise.resolve(answersOf(this.#keep(action, event, mapping, useDefaultMappings)));
    };
    return new Proxy(
      { testAction },
      { get: (target, name) => (name === 'testAction' ? target.testAction : anything()) },
    );
  }
}

/** `responses[1].options.body` and its like. */
function answersOf(one: SegmentCase): unknown {
  const part = (path: string): unknown =>
    new Proxy(new Seen(one, path), {
      get: (target, name) => {
        if (name === 'of') return target.of;
        if (name === 'what') return target.what;
        return typeof name === 'symbol' ? undefined : part(`${path}.${name}`);
      },
    });
  return new Proxy([], {
    get: (_target, name) => (typeof name === 'symbol' || name === 'then' ? undefined : part(name)),
  });
}

/** Does and is whatever it is asked for. */
function anything(): unknown {
  const nothing = (): undefined => undefined;
  return new Proxy(nothing, {
    get: (_target, name) => (name === 'then' || typeof name === 'symbol' ? undefined : anything()),
    apply: () => anything(),
    construct: () => anything() as object,
  });
}
