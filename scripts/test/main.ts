// Runs the tests, and with --checks what CI looks at beside them. Ends with one line `N passed, N failed`, which
// build/test-results.json holds too; a check counts as one. The output of each is in build/logs.
//   npm test                  every test
//   npm test -- --checks      what CI runs
//   npm run test:quick        the most for a minute
//   npm run test:embedded     the server's tests on the embedded database
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Counts } from './counts.ts';
import { Progress } from './progress.ts';
import { run, type Ending } from './run-task.ts';
import { BUILD, CHECKS, EMBEDDED, LOGS, QUICK, TESTS, type Task } from './tasks.ts';

/** Programs that run at the same time. The tests in front use two processes themselves; what runs beside them yields. */
const LANES = 2;
/** Lines of an output that are shown of a failure, where nobody knows where it begins. */
const SHOWN_LINES = 200;

interface Outcome extends Counts {
  readonly task: Task;
  readonly log: string;
  /** What there is to say beside the counts. */
  readonly remark: string | null;
}

const isAsked = { type: 'boolean', default: false } as const;
const { values: options } = parseArgs({ options: { checks: isAsked, quick: isAsked, embedded: isAsked } });
if (options.embedded) process.env.TEST_DATABASE = 'embedded';
const { tasks, duration } = asked();

for (const left of [LOGS, path.join(BUILD, 'test-results.json')])
  rmSync(left, { recursive: true, force: true });
mkdirSync(LOGS, { recursive: true });
console.log(
  `${tasks.map(({ name }) => name).join(', ')}: ${duration} on two processors. Output: build/logs.`,
);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    stopping.abort();
  });
const progress = new Progress();
const outcomes: Outcome[] = [];
const waiting = [...tasks];
await Promise.all(Array.from({ length: LANES }, (_, lane) => work(lane > 0)));
progress.stop();
report();

function asked(): { tasks: readonly Task[]; duration: string } {
  if (options.quick) return { tasks: QUICK, duration: 'about a minute' };
  if (options.embedded) return { tasks: EMBEDDED, duration: 'about 15 minutes' };
  if (options.checks) return { tasks: [...TESTS, ...CHECKS], duration: 'about 10 minutes' };
  return { tasks: TESTS, duration: 'about 7 minutes' };
}

/** Runs what waits, one task after another. */
async function work(isBeside: boolean): Promise<void> {
  for (let task = waiting.shift(); task && !stopping.signal.aborted; task = waiting.shift()) {
    progress.begin(task);
    const log = path.join(LOGS, `${task.name.toLowerCase().replace(/\W+/g, '-')}.log`);
    const ending = await run(
      {
        ...task,
        ...{ log, yields: isBeside },
        ...(task.tells
          ? {
              onMessage: (message) => {
                progress.tell(message);
              },
            }
          : {}),
      },
      stopping.signal,
    );
    const outcome = outcomeOf(task, log, ending);
    outcomes.push(outcome);
    progress.end(task, sentence(outcome));
  }
}

function outcomeOf(task: Task, log: string, ending: Ending): Outcome {
  const hasFailed = !('code' in ending) || ending.code !== 0;
  const remark =
    'code' in ending ? null : `was ended, since it had said nothing for ${ending.hungMinutes} minutes`;
  const counts = task.count ? countsOr(task.count, log) : { passed: hasFailed ? 0 : 1, failed: 0 };
  // A program that ends badly without naming what failed (it crashed, or found nothing) is a failure of its own.
  const isUnnamed = counts.failed === 0 && (hasFailed || counts.passed === 0);
  return { task, log, remark, passed: counts.passed, failed: isUnnamed ? 1 : counts.failed };
}

function countsOr(count: (log: string) => Counts, log: string): Counts {
  try {
    return count(log);
  } catch {
    return { passed: 0, failed: 0 };
  }
}

function sentence({ task, passed, failed, remark }: Outcome): string {
  const counted = task.count ? `${passed} passed, ${failed} failed` : failed > 0 ? 'FAILED' : 'passed';
  return remark === null ? counted : `${counted}; it ${remark}`;
}

/** What failed, whole, and the closing line. */
function report(): void {
  for (const outcome of outcomes.filter(({ failed }) => failed > 0)) {
    console.log(`\n── ${outcome.task.name}: ${sentence(outcome)} ──`);
    console.log(failuresOf(outcome));
  }
  const total = { passed: 0, failed: 0 };
  console.log('');
  for (const outcome of outcomes) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    console.log(`${outcome.task.name}: ${sentence(outcome)}.`);
  }
  if (stopping.signal.aborted) total.failed += 1;
  writeFileSync(path.join(BUILD, 'test-results.json'), JSON.stringify(total));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function failuresOf({ task, log }: Outcome): string {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const from = task.failuresFrom;
  const begin = from ? lines.findIndex((line) => from.test(line)) : -1;
  return begin >= 0 ? lines.slice(begin).join('\n') : lines.slice(-SHOWN_LINES).join('\n');
}
