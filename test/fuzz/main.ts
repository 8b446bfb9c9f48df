// Hostile values at every place of every endpoint, all of them, with one seed after another:
//   npm run fuzz [-- --seed 7 --minutes 60]
// A seed decides the order, and with it what each request finds there. One run of all takes some minutes; the first answer
// that is an error of the server ends it, and names the seed and the request. The tests send a few to each endpoint.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const ROOT = path.join(import.meta.dirname, '../..');

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: '0' } },
});
const options = z
  .object({ seed: z.coerce.number().int().min(0), minutes: z.coerce.number().min(0) })
  .parse(values);

const deadline = Date.now() + options.minutes * 60_000;
let seed = options.seed;
do {
  console.log(`Seed ${seed}`);
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', 'server', 'test/server/http/fuzz.test.ts'],
    ],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, FUZZ_OF_EACH: 'all', FUZZ_SEED: String(seed) } },
  );
  if (status !== 0) process.exit(status ?? 1);
  seed += 1;
} while (Date.now() < deadline);
