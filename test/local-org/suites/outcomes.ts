import type { TestOutcome } from '../execution/tests.ts';

/** What became of one suite. */
export interface SuiteResult {
  readonly suite: string;
  readonly refusals: readonly Error[];
  readonly outcomes: readonly TestOutcome[];
}

const KINDS = [
  ['passed', null],
  ['failed', 'exception'],
  ['refused', 'refusal'],
  ['crashed', 'fault'],
] as const;

function counts(outcomes: readonly TestOutcome[]): string {
  const parts = KINDS.map(
    ([name, cause]) => `${outcomes.filter((each) => each.cause === cause).length} ${name}`,
  );
  const passed = outcomes.filter((each) => each.cause === null).length;
  return `${outcomes.length} methods: ${parts.join(', ')} (${((100 * passed) / Math.max(1, outcomes.length)).toFixed(1)} %)`;
}

/** The first line of a failure without what differs from method to method: places, quoted values, ids, numbers. */
export function bucketOf(outcome: TestOutcome): string {
  const [first = ''] = (outcome.failure ?? '').split('\n');
  const text = first
    .replace('@TestSetup failed: ', '')
    .replace(/^.+?\.(?:cls|trigger):\d+:\d+ /, '')
    .replace(/\b[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?\b(?=.*)/g, (id) => (/\d/.test(id) ? '<id>' : id));
  return `${outcome.cause ?? ''}: ${text.slice(0, 200)}`;
}

/** The counts of a suite, then what stopped methods, the most frequent first. */
export function describeOutcomes({ suite, refusals, outcomes }: SuiteResult, details: boolean): string {
  const buckets = new Map<string, number>();
  const stopped = outcomes.filter((each) => each.cause !== null);
  for (const outcome of stopped) buckets.set(bucketOf(outcome), (buckets.get(bucketOf(outcome)) ?? 0) + 1);
  const lines = [...buckets]
    .sort(([, left], [, right]) => right - left)
    .map(([bucket, count]) => `${String(count).padStart(6)}  ${bucket}`);
  const each = details
    ? stopped.map(({ className, method, failure }) => `\n✗ ${className}.${method}\n    ${failure ?? ''}`)
    : [];
  return [`${suite}\n  ${counts(outcomes)}; ${refusals.length} refusals at load`, ...lines, ...each].join(
    '\n',
  );
}

export function summary(results: readonly SuiteResult[]): string {
  return `All suites\n  ${counts(results.flatMap((each) => each.outcomes))}`;
}
