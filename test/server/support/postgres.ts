import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { alone } from '../../../server/src/database/alone.ts';

/** A database of its own on a real PostgreSQL. */
export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the PostgreSQL of the test run is, and what is in its template: see postgres-of-the-run.ts. */
export const RUN = { variable: 'DI_TEST_POSTGRES', template: 'di_template' } as const;

/**
 * Whether servers start on the embedded database where nobody names another: `npm run test:embedded` says so, and programs
 * that no test run has started.
 */
export function isEmbeddedRun(): boolean {
  return process.env.TEST_DATABASE === 'embedded' || process.env[RUN.variable] === undefined;
}

/** Databases that were made and not dropped yet. */
const open = new Set<string>();

/**
 * Makes a database with the control schema of today on the test run's PostgreSQL, in about the time of copying it. `stop`
 * drops it, and throws where somebody is connected still: a server that was not closed, a worker that goes on.
 *
 * @param content `empty` for what opens databases itself
 */
export async function startPostgres(content: 'migrated' | 'empty' = 'migrated'): Promise<Postgres> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const template = content === 'migrated' ? RUN.template : 'template0';
  // By its files: by its log, a copy takes three times the work, and ten times to be dropped again.
  await onCluster((client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`),
  );
  open.add(name);
  const url = clusterUrl();
  url.pathname = name;
  return { url: url.href, stop: () => drop(name) };
}

/** Does work that no other test file of the run does at the same time: building what several of them need. */
export function aloneInRun<T>(work: () => Promise<T>): Promise<T> {
  return process.env[RUN.variable] === undefined
    ? work()
    : alone(clusterUrl().href, pino({ level: 'silent' }), work);
}

/** Drops what a test file left behind; answers whose connections it was, or that nobody stopped it. */
export async function dropLeftovers(): Promise<string[]> {
  const found: string[] = [];
  for (const name of open) {
    found.push(`The database ${name} was not stopped.`);
    await drop(name).catch((error: unknown) => found.push(String(error)));
  }
  return found;
}

async function drop(name: string): Promise<void> {
  if (!open.delete(name)) return;
  await onCluster(async (client) => {
    try {
      // Waits five seconds for connections that are ending.
      await client.query(`DROP DATABASE ${name}`);
    } catch (error) {
      const { rows } = await client.query<{ who: string }>(
        `SELECT format('%s (%s): %s', application_name, state, query) AS who FROM pg_stat_activity WHERE datname = $1`,
        [name],
      );
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      const left = rows.map(({ who }) => `\n  ${who}`).join('');
      throw new Error(`Connections were left open, close what has them:${left}`, { cause: error });
    }
  });
}

/** The connection by which this process makes and drops databases: one for each costs as much as the database. */
let cluster: pg.Pool | null = null;

async function onCluster<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  // The process does not stay for it, and ends it by ending.
  const options = { max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true };
  // The run's PostgreSQL may end before this process does.
  cluster ??= new pg.Pool({ connectionString: clusterUrl().href, ...options }).on('error', () => undefined);
  const client = await cluster.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

function clusterUrl(): URL {
  const url = process.env[RUN.variable];
  if (url === undefined) throw new Error('There is no PostgreSQL of a test run: run this by vitest.');
  return new URL(url);
}
