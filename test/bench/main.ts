// Benchmarks:
//   npm run bench                     everything, about a quarter of an hour
//   npm run bench -- --only ingest    one of ingest, small, latency, growth, search, memory, files, imports, beside, events, deliveries, pulls, console
//   npm run bench -- --quick          fewer rounds
//   npm run bench -- --minutes 30     how long the memory run takes
//   npm run bench -- --only events --events events.jsonl   keeps the identify calls, for another transformer to be compared
// A PostgreSQL of its own is started unless BENCH_DATABASE_URL names one. Close other programs: ratios are taken side by
// side, but the absolute figures are the machine's.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startCluster } from '../server/support/postgres-cluster.ts';
import { startApi } from './api.ts';
import { beside } from './beside.ts';
import { consoleLoads } from './console.ts';
import { reception, transformations } from './events.ts';
import { deliveries } from './deliveries.ts';
import { growth } from './growth.ts';
import { files, imports } from './imports.ts';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { pulls } from './pulls.ts';
import { print } from './report.ts';
import { search } from './search.ts';
import { smallBatches } from './small.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '3' },
    events: { type: 'string' },
  },
});
const wants = (name: string): boolean => options.only === undefined || options.only === name;
const rounds = options.quick ? 2 : 5;

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
const given = process.env.BENCH_DATABASE_URL;
const postgres = given === undefined ? await startCluster() : { url: given, stop: () => Promise.resolve() };
try {
  if (wants('console')) print('The console in Chromium, medians', await consoleLoads(rounds));
  if (wants('deliveries'))
    print('A drain of waiting deliveries', await deliveries(postgres.url, options.quick ? 20_000 : 100_000));
  if (wants('pulls')) print('A pull from a local org', await pulls(postgres.url, options.quick));
  const api = await startApi(postgres.url);
  try {
    const plans = [
      { size: 2000, batches: 15 },
      { size: 200, batches: 100 },
    ];
    if (wants('ingest'))
      print(
        'Ingest, PostgreSQL (20 fields, medians)',
        await ingest('PostgreSQL', postgres.url, api, rounds, plans),
      );
    if (wants('small'))
      print('Small batches, milliseconds of a processor', await smallBatches(postgres.url, api, rounds));
    if (wants('latency'))
      print('Latency of a batch of 200, milliseconds', await latency(api, options.quick ? 200 : 600));
    if (wants('growth')) print('Cost as the table grows', await growth(postgres.url, api, options.quick));
    if (wants('search'))
      print('Search of persons, milliseconds p50, p95', await search(postgres.url, api, options.quick));
    if (wants('files')) print('Files beside COPY', await files(postgres.url, api, options.quick));
    if (wants('imports'))
      print('A first load from CSV, PostgreSQL', await imports('PostgreSQL', api, options.quick));
    if (wants('events')) {
      print('Identify calls transformed, one process', transformations(rounds, options.events));
      print('Events, HTTP to PostgreSQL', await reception(api, rounds));
    }
    if (wants('memory')) print('A sustained run', await memory(api, Number(options.minutes)));
  } finally {
    await api.stop();
  }
  if (wants('beside'))
    print('Batches of 200 beside an import, milliseconds', await besideImports(postgres.url));
  if (wants('imports')) print('A first load from CSV, embedded database', await embeddedImports());
  if (wants('embedded') || wants('ingest')) print('Ingest, embedded database', await embedded());
} finally {
  await postgres.stop();
}

async function besideImports(databaseUrl: string): Promise<Awaited<ReturnType<typeof beside>>> {
  const api = await startApi(databaseUrl);
  try {
    return await beside(api, options.quick);
  } finally {
    await api.stop();
  }
}

/** The embedded database takes no other client: its floor is not asked for. */
async function embedded(): Promise<Awaited<ReturnType<typeof latency>>> {
  const api = await startApi(null);
  try {
    return await latency(api, 100);
  } finally {
    await api.stop();
  }
}

async function embeddedImports(): Promise<Awaited<ReturnType<typeof imports>>> {
  const api = await startApi(null);
  try {
    return await imports('embedded', api, options.quick);
  } finally {
    await api.stop();
  }
}
