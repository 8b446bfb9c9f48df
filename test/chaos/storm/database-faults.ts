import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Shutdown } from '../../server/support/postgres-cluster.ts';
import type { Kind, Scene } from './storm.ts';

/** Seconds that the database stays away: longer than anybody waits for a connection, too. */
const AWAY = [0, 3, 20];
/** Seconds that the disk is full. */
const FULL = [2, 8];

const restart = (shutdown: Shutdown, away: readonly number[]): Kind => ({
  name: `PostgreSQL restarted (${shutdown})`,
  strike: async ({ cluster, random }) => {
    await cluster.down(shutdown);
    await pause(oneOf(away, random) * 1000);
    await cluster.up();
    return undefined;
  },
});

export const RESTARTS = [restart('fast', AWAY), restart('immediate', AWAY)] as const;
/** Restarts that are over at once. */
export const SHORT_RESTARTS = [restart('fast', [0]), restart('immediate', [0])] as const;

/** Every session of the copies, as an administrator, a proxy or a failover ends them. */
export const SESSIONS_ENDED: Kind = {
  name: 'sessions of PostgreSQL ended',
  strike: async ({ cluster }) => {
    const sessions = await onDatabase(
      cluster.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'di-connect%'",
    );
    return { sessions };
  },
};

/** The disk with everything that PostgreSQL writes. It may end of it: then somebody starts it again who has made room. */
export const DISK_FULL: Kind = {
  name: "PostgreSQL's disk full",
  hindrance: ({ disk }) => (typeof disk === 'string' ? disk : null),
  strike: async ({ disk, cluster, random }) => {
    if (typeof disk === 'string') return undefined;
    disk.fill();
    await pause(oneOf(FULL, random) * 1000);
    disk.free();
    const lives = await answers(cluster.url);
    if (!lives && !cluster.isRunning()) await cluster.up();
    return { [`disk full, PostgreSQL ${lives ? 'lived' : 'ended'}`]: 1 };
  },
};

async function answers(url: string): Promise<boolean> {
  try {
    await onDatabase(url, 'SELECT 1');
    return true;
  } catch {
    // It may be in the middle of a recovery that ends well, or of its end.
    await pause(3000);
    return onDatabase(url, 'SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

async function onDatabase(url: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'storm' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

export function oneOf<T>(all: readonly T[], random: Scene['random']): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
