import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import pg from 'pg';
import { postBatch, type Api } from './api.ts';
import { processorTime, timeOf } from './processor-time.ts';
import { batchBody, plainRows } from './records.ts';
import { median, rounded, type Table } from './report.ts';

interface Plan {
  /** Records of a batch. */
  readonly size: number;
  readonly batches: number;
}

/** What Apex sends most of the day are batches of one. */
const PLANS: readonly Plan[] = [
  { size: 1, batches: 600 },
  { size: 20, batches: 300 },
  { size: 200, batches: 100 },
];
/** What a process needs until its code is compiled as well as it will be. */
const WARM_UP: Plan = { size: 1, batches: 6000 };

/** Somebody who takes batches. */
interface Contestant {
  readonly name: string;
  readonly pid: number;
  /** Of a database of its own. */
  readonly pool: pg.Pool;
  /** Sends records of a version, from a number on. */
  readonly send: (from: number, size: number, version: number) => Promise<number>;
}

/** Milliseconds of a processor that a batch took. */
interface Cost {
  readonly server: number;
  readonly database: number;
}

/**
 * What small batches cost beside a bare route, in milliseconds of a processor: one after the other, half of them of new rows
 * and half of the same again. The two take turns, so that a slow minute of the machine is everybody's.
 */
export async function smallBatches(databaseUrl: string, api: Api, rounds: number): Promise<Table> {
  const bareUrl = await newDatabase(databaseUrl, 'bare_route');
  const pools = [bareUrl, databaseUrl].map((connectionString) => new pg.Pool({ connectionString, max: 1 }));
  const [ofBare, ofServer] = pools as [pg.Pool, pg.Pool];
  const bare = await startBareRoute(bareUrl);
  try {
    const contestants = [
      { ...bare, name: 'bare route', pool: ofBare },
      {
        ...{ name: 'server', pid: api.pid, pool: ofServer },
        send: (from: number, size: number, version: number) => api.send(batchBody(from, size, version)),
      },
    ];
    for (const each of contestants) await costOf(each, WARM_UP, 10_000_000);
    const rows: Record<string, string | number>[] = [];
    for (const plan of PLANS) rows.push(...(await measured(contestants, plan, rounds)));
    return rows;
  } finally {
    bare.stop();
    for (const pool of pools) await pool.end();
  }
}

async function measured(
  contestants: readonly Contestant[],
  plan: Plan,
  rounds: number,
): Promise<Record<string, string | number>[]> {
  const seen = contestants.map(({ name }) => ({ name, costs: [] as Cost[] }));
  for (let round = 0; round < rounds; round++)
    for (const [place, each] of contestants.entries()) {
      const from = 20_000_000 + (plan.size * rounds + round) * 100_000;
      seen[place]?.costs.push(await costOf(each, plan, from));
    }
  const all = seen.map(({ name, costs }) => ({
    name,
    server: median(costs.map(({ server }) => server)),
    database: median(costs.map(({ database }) => database)),
  }));
  const least = all.find(({ name }) => name === 'bare route');
  return all.map(({ name, server, database }) => ({
    'records a batch': plan.size,
    'taken by': name,
    'its process': rounded(server, 2),
    database: rounded(database, 2),
    ratio: rounded(((least?.server ?? NaN) + (least?.database ?? NaN)) / (server + database), 2),
  }));
}

async function costOf({ pid, pool, send }: Contestant, plan: Plan, from: number): Promise<Cost> {
  const began = { server: timeOf(pid), database: (await processorTime(pool)).database };
  for (let batch = 0; batch < plan.batches; batch++)
    await send(from + (batch >> 1) * plan.size, plan.size, batch % 2);
  const spent = { server: timeOf(pid), database: (await processorTime(pool)).database };
  return {
    server: ((spent.server - began.server) * 1000) / plan.batches,
    database: ((spent.database - began.database) * 1000) / plan.batches,
  };
}

async function startBareRoute(
  databaseUrl: string,
): Promise<Pick<Contestant, 'pid' | 'send'> & { stop(): void }> {
  const child = fork(path.join(import.meta.dirname, 'bare-route.ts'), [], {
    execArgv: ['--max-semi-space-size=32', '--import', 'tsx'],
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  const [port] = (await once(child, 'message')) as [number];
  const agent = new http.Agent({ keepAlive: true });
  return {
    pid: child.pid ?? 0,
    send: (from, size, version) =>
      postBatch(
        agent,
        `http://127.0.0.1:${port}/batches`,
        'none',
        JSON.stringify(plainRows(from, size, version)),
      ),
    stop: () => {
      agent.destroy();
      child.kill();
    },
  };
}

/** Makes a database in the cluster of another one; answers where it is. */
async function newDatabase(clusterUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name}`);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}
