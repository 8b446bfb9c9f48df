// Copies of the server under load from all sides, while one fault follows the other:
//   npm run chaos [-- --minutes 5 --every 5 --seed 1 --copies 3 --only disk,clock --ports 4700,4701,4702]
// Ends with a table of what happened, and with a failure where a promise was not kept.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runChaos } from './chaos.ts';
import { KINDS } from './storm/kinds.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    every: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    copies: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    ports: { type: 'string' },
  },
});
const options = z
  .object({
    minutes: z.coerce.number().positive(),
    every: z.coerce.number().positive(),
    seed: z.coerce.number().int(),
    copies: z.coerce.number().int().min(1).max(5),
    /** Parts of the names of kinds. */
    only: z.string().transform((text) => text.split(',')),
    ports: z
      .string()
      .transform((text) => text.split(',').map(Number))
      .pipe(z.tuple([z.int(), z.int(), z.int()]))
      .optional(),
  })
  .parse(values);

const report = await runChaos({
  seconds: options.minutes * 60,
  interval: options.every,
  seed: options.seed,
  copies: options.copies,
  kinds: KINDS.filter(({ name }) => options.only.some((part) => name.includes(part))),
  ...(options.ports && { ports: options.ports }),
  log: (line) => {
    console.log(`${new Date().toISOString()} ${line}`);
  },
});
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.violations.length > 0 ? 1 : 0;
