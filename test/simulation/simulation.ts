import fc from 'fast-check';
import { histories } from './acts/index.ts';
import type { Act, Group } from './acts/act.ts';
import { calm } from './calm.ts';
import type { History } from './history.ts';
import { bothSidesEqual } from './invariants/both-sides-equal.ts';
import { ledgerEqualToActs, nobodyOptedInWhoSaidNo } from './invariants/consent-kept.ts';
import { comparisonAgrees } from './invariants/comparison-agrees.ts';
import { createdOnce } from './invariants/created-once.ts';
import { lostEditsAreConflicts } from './invariants/conflicts-kept.ts';
import { healthIsTrue, healthSaysInStep } from './invariants/health-true.ts';
import { keysUnique } from './invariants/keys-unique.ts';
import type { World } from './world.ts';

const INVARIANTS = [
  bothSidesEqual,
  keysUnique,
  lostEditsAreConflicts,
  nobodyOptedInWhoSaidNo,
  ledgerEqualToActs,
  createdOnce,
  comparisonAgrees,
  healthSaysInStep,
];
/** Acts of the longest history. */
const LONGEST = 40;
/** Minutes that the org's clock may be apart from DI's, either way. */
const APART = 5;

export interface SimulationOptions {
  readonly without: readonly Group[];
  /** How many shorter histories are tried where one fails, at most. */
  readonly mostShrinks: number;
  /** Repeats a shorter history of the seed, by the path that was printed where it failed. */
  readonly path?: string;
  readonly log?: (line: string) => void;
}

/** What has come of a seed. */
export interface Outcome {
  /** What was wrong with the shortest history that fails; null where nothing was. */
  readonly wrong: string | null;
  /** Where the shortest history is found again; null where none fails. */
  readonly path: string | null;
  /** Both sides as the last history has left them, in lines. */
  readonly end: readonly string[];
}

/** Lets the history of a seed happen. */
export async function simulate(world: World, seed: number, options: SimulationOptions): Promise<Outcome> {
  const history = fc.record({
    skew: fc.integer({ min: -APART, max: APART }).map((minutes) => minutes * 60_000),
    acts: histories(options.without, LONGEST),
  });
  let tries = 0;
  let end: readonly string[] = [];
  const details = await fc.check(
    fc.asyncProperty(history, async ({ skew, acts }) => {
      // What is not tried is taken for right: the shortest one so far stands.
      if (tries++ > options.mostShrinks) return;
      const outcome = await happen(world, skew, acts, options);
      ({ end } = outcome);
      if (outcome.wrong.length > 0) throw new Error(outcome.wrong.join('\n'));
    }),
    {
      seed,
      numRuns: 1,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the plugin in its place has a type that fits no property
      unbiased: true,
      endOnFailure: options.mostShrinks === 0,
      ...(options.path !== undefined && { path: options.path }),
    },
  );
  if (!details.failed) return { wrong: null, path: null, end };
  const { counterexample, counterexamplePath: path, errorInstance, numShrinks } = details;
  const acts = counterexample?.[0].acts ?? [];
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const wrong = [
    `Seed ${seed}, the shortest history after ${numShrinks} shorter ones, the org's clock ${(counterexample?.[0].skew ?? 0) / 60_000} minutes ahead:`,
    ...acts.map((act) => `  ${String(act)}`),
    why,
  ].join('\n');
  return { wrong, path, end };
}

function happen(
  world: World,
  skew: number,
  acts: readonly Act[],
  { log, without }: SimulationOptions,
): Promise<{ readonly wrong: readonly string[]; readonly end: readonly string[] }> {
  return world.history({ skew, without }, async (history) => {
    const wrong: string[] = [];
    for (const act of acts) {
      log?.(`  ${String(act)}`);
      await act.perform(history);
      wrong.push(...(await healthIsTrue(history)).map((complaint) => `After ${String(act)}: ${complaint}`));
    }
    const waiting = await calm(history);
    const waits = Object.entries(waiting).map(([what, count]) => `${count} ${what} wait for ever.`);
    return { wrong: [...wrong, ...waits, ...(await complaintsOf(history))], end: await endOf(history) };
  });
}

/** Both sides, and what is between them. */
async function endOf(history: History): Promise<string[]> {
  const all = [
    ...(await history.contacts()),
    ...(await history.leads()),
    ...(await history.rows()),
    ...(await history.consents()),
    ...(await history.conflicts()),
  ];
  return all.map((each) => JSON.stringify(each));
}

async function complaintsOf(history: History): Promise<string[]> {
  const complaints: string[] = [];
  for (const invariant of INVARIANTS) complaints.push(...(await invariant(history)));
  return complaints;
}
