// The server under load from all sides, while PostgreSQL is restarted and its sessions are ended:
//   npm run chaos [-- --minutes 5 --every 30 --ports 4700,4701,4702]
// Ends with a table of what happened, and with a failure where a promise was not kept.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    every: { type: 'string', default: '30' },
    ports: { type: 'string' },
  },
});
const options = z
  .object({
    minutes: z.coerce.number().positive(),
    every: z.coerce.number().positive(),
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
  ...(options.ports && { ports: options.ports }),
  log: (line) => {
    console.log(`${new Date().toISOString()} ${line}`);
  },
});
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.violations.length > 0 ? 1 : 0;
