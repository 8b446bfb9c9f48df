import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresCluster, Shutdown } from '../server/support/postgres-cluster.ts';

/** What happened to the database. */
export interface Weather {
  restarts: Record<Shutdown, number>;
  terminated: number;
}

interface Clouds {
  readonly cluster: PostgresCluster;
  /** Seconds between two restarts. */
  readonly interval: number;
  readonly ending: AbortSignal;
  readonly log: (line: string) => void;
}

/** Seconds that the database stays away, one after the other: longer than anybody waits for a connection, too. */
const AWAY = [0, 3, 20];

/** Restarts PostgreSQL again and again, fast and immediate in turn, and ends sessions in between. The database is up at the end. */
export async function blow({ cluster, interval, ending, log }: Clouds): Promise<Weather> {
  const isOver = (): boolean => ending.aborted;
  const weather: Weather = { restarts: { fast: 0, immediate: 0 }, terminated: 0 };
  const calm = (seconds: number): Promise<void> =>
    pause(seconds * 1000, undefined, { signal: ending }).catch(() => undefined);
  for (let round = 0; !isOver(); round++) {
    await calm(interval / 2);
    if (isOver()) break;
    weather.terminated += await terminate(cluster.url);
    await calm(interval / 2);
    if (isOver()) break;
    const shutdown: Shutdown = round % 2 === 0 ? 'fast' : 'immediate';
    const away = Math.min(AWAY[round % AWAY.length] ?? 0, interval / 4);
    await cluster.down(shutdown);
    await calm(away);
    await cluster.up();
    weather.restarts[shutdown] += 1;
    log(`PostgreSQL restarted (${shutdown}, away ${away} s), ${weather.terminated} sessions ended so far`);
  }
  return weather;
}

/** Ends every session of the server, as an administrator, a proxy or a failover does. Answers how many. */
async function terminate(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'weather' });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'di-connect%'",
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
