import pg from 'pg';
import { pino } from 'pino';
import { openDatabase } from '../../../server/src/database/open-database.ts';
import { startCluster } from './postgres-cluster.ts';
import { RUN } from './postgres.ts';

/**
 * What the data of tests need not outlive: the machine. They do outlive processes that are killed, the server's and the
 * database's own.
 */
const WITHOUT_DURABILITY = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0'];
/** Several servers of each worker, each with its pools. */
const MANY_CONNECTIONS = ['max_connections=300'];
/** The same order of texts on every machine. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
/** Its superuser's password is no secret, and is checked a thousand times in a run. */
const CHEAP_PASSWORD = ['--set=scram_iterations=1'];

/**
 * One real PostgreSQL for a run of tests, whose files are given copies of a template that was migrated once. Vitest calls
 * this for each of its projects: the first one starts it. Workers find it by the environment, as the processes do that
 * tests start.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[RUN.variable] !== undefined) return undefined;
  const flags = [...WITHOUT_DURABILITY, ...MANY_CONNECTIONS].flatMap((setting) => ['-c', setting]);
  const cluster = await startCluster(undefined, flags, [...LOCALE, ...CHEAP_PASSWORD]);
  await makeTemplate(cluster.url);
  process.env[RUN.variable] = cluster.url;
  return async () => {
    Reflect.deleteProperty(process.env, RUN.variable);
    await cluster.stop();
  };
}

async function makeTemplate(clusterUrl: string): Promise<void> {
  const client = new pg.Client(clusterUrl);
  await client.connect();
  await client.query(`CREATE DATABASE ${RUN.template} TEMPLATE template0`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = RUN.template;
  const config = { databaseUrl: url.href, dataFolder: null, databaseConnections: 1 };
  await (await openDatabase(config, pino({ level: 'silent' }))).close();
}
