import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { StartRefused } from '../process/start-refused.ts';
import { databaseFailure } from './failures.ts';
import { surviveBreaks } from './survive-breaks.ts';

/** Milliseconds between two tries, and for one. */
const PAUSE = 1000;
const PATIENCE = 10_000;

/**
 * Waits until the database can be written to: containers start together, and a failover takes a while. What waiting does not
 * mend is refused at once.
 *
 * @param seconds to wait
 * @throws StartRefused
 */
export async function waitForDatabase(url: string, seconds: number, logger: Logger): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  const where = addressOf(url);
  for (let isFirst = true; ; isFirst = false) {
    const reason = await reasonAgainst(url, where, logger);
    if (reason === null) return;
    if (Date.now() >= deadline)
      throw new StartRefused(
        `The database at ${where} did not become ready within ${seconds} seconds: ${reason}. Look whether PostgreSQL runs there, and at DATABASE_URL. DATABASE_WAIT_SECONDS says how long to wait.`,
      );
    if (isFirst) logger.warn({ database: where, reason, seconds }, 'waiting for the database');
    await pause(Math.min(PAUSE, Math.max(0, deadline - Date.now())));
  }
}

/** Why the database cannot be used yet; null where it can. */
async function reasonAgainst(url: string, where: string, logger: Logger): Promise<string | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'di-connect-start',
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
  });
  surviveBreaks(client, logger);
  try {
    await client.connect();
    const { rows } = await client.query<{ is_standby: boolean }>('SELECT pg_is_in_recovery() AS is_standby');
    return rows[0]?.is_standby === true ? 'it is a standby, which cannot be written to' : null;
  } catch (error) {
    if (databaseFailure(error) !== null) return saidBy(error);
    throw new StartRefused(
      `The database at ${where} refuses the server: ${saidBy(error)}. Look at DATABASE_URL.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Host, port and database, without the password. */
function addressOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host === '' ? 'a socket of this machine' : host}${pathname}`;
}

/** An address that leads to several hosts fails with an error of all of them, which says nothing itself. */
function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [error.message, error.message.includes(code) ? '' : code].filter((part) => part !== '').join(' ');
}
