// A day of the package in an org, in some minutes, and what it cost the org:
//   npm run day                     24 hours
//   npm run day -- --hours 2        a shorter one
import { parseArgs } from 'node:util';
import { captureCost } from './capture-cost.ts';
import { simulateDay, type DayOptions } from './day.ts';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '24' } } });
const hours = Number(values.hours);
if (!(hours > 0)) throw new Error('--hours takes a number of hours.');

const scenarios: Readonly<Record<string, Omit<DayOptions, 'hours'>>> = {
  'a change a second': { secondsBetweenChanges: 1, projects: 3 },
  'a change every five minutes': { secondsBetweenChanges: 300, projects: 3 },
  'a change a second, others past the share': {
    secondsBetweenChanges: 1,
    projects: 3,
    usedElsewhere: { DailyAsyncApexExecutions: 75_000, HourlyPublishedPlatformEvents: 75_000 },
  },
};

const table: Record<string, Readonly<Record<string, number>>> = {};
for (const [name, scenario] of Object.entries(scenarios)) {
  const day = simulateDay({ ...scenario, hours });
  table[name] = {
    changes: day.changes,
    executions: day.executions,
    events: day.events,
    callouts: day.callouts,
    'in the recycle bin': day.recycled,
    'p50 s': day.latency.p50,
    'p95 s': day.latency.p95,
    'longest s': day.latency.most,
  };
}
console.log(
  'Milliseconds of CPU for saving contacts, three transfers of twenty fields, of 10,000 that a transaction has',
);
console.table([200, 2000, 9000].map(captureCost));
console.log(`${hours} hours, three projects`);
console.table(table);
