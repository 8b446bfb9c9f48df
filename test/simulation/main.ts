// Lets seeds decide what happens to both sides, and looks whether they agree afterwards:
//   npm run simulate -- --seeds 1000 [--from 1] [--without merges,hangs] [--shrinks 100] [--verbose]
// A seed that fails is printed with its shortest history, and the `--path` that repeats this one.
import { parseArgs } from 'node:util';
import { setup } from '../server/support/postgres-of-the-run.ts';
import { isGroup } from './acts/index.ts';
import { GROUPS } from './acts/act.ts';
import { simulate } from './simulation.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
    shrinks: { type: 'string', default: '100' },
    path: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const [seeds, from, mostShrinks] = [Number(values.seeds), Number(values.from), Number(values.shrinks)];
if (![seeds, from, mostShrinks].every((each) => Number.isInteger(each) && each >= 0))
  throw new Error('--seeds, --from and --shrinks take whole numbers.');
const without = values.without.split(',').filter((name) => name !== '');
const unknown = without.filter((name) => !isGroup(name));
if (unknown.length > 0)
  throw new Error(`--without takes some of ${GROUPS.join(', ')}; not ${unknown.join(', ')}.`);

const options = {
  without: without.filter(isGroup),
  mostShrinks,
  ...(values.path !== undefined && { path: values.path }),
  ...(values.verbose && { log: (line: string) => console.log(line) }),
};
const stopDatabase = await setup();
const world = await World.start();
const failing: number[] = [];
try {
  const started = performance.now();
  for (let seed = from; seed < from + seeds; seed++) {
    const { wrong, path } = await simulate(world, seed, options);
    if (wrong === null) continue;
    failing.push(seed);
    console.log(wrong);
    const groups = without.length > 0 ? ` --without ${without.join(',')}` : '';
    console.log(
      `Repeat it: npm run simulate -- --seeds 1 --from ${seed}${groups} --path ${path ?? '0'} --shrinks 0\n`,
    );
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${seeds} seeds in ${seconds} s, ${failing.length} failed${failing.length > 0 ? `: ${failing.join(', ')}` : ''}`,
  );
} finally {
  await world.close();
  await stopDatabase?.();
}
process.exitCode = failing.length > 0 ? 1 : 0;
