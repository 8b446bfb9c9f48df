import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { quoteTable } from './identifiers.ts';
import { LOCK_SCHEMA, lockStatement, STARTUP } from './locks.ts';
import { sqlState } from './sql-state.ts';
import { surviveBreaks } from './survive-breaks.ts';

/** What two copies meet that make the same thing at the same moment: IF NOT EXISTS looks before it makes. */
const MADE_BY_ANOTHER = new Set(['23505', '42P06', '42P07', '40P01', 'XX000']);
const ATTEMPTS = 10;

/** Does work that no other copy of the server does at the same time: what several of them start with. */
export async function alone<T>(connectionString: string, logger: Logger, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'di-connect-start', keepAlive: true });
  surviveBreaks(client, logger);
  await client.connect();
  try {
    await makeLock(client);
    // The transaction is idle while the work is done by other connections.
    await client.query(
      `BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0;
       ${lockStatement(STARTUP, 'exclusive')}`,
    );
    return await work();
  } finally {
    // The lock ends with the session, which may have broken by now.
    await client.end();
  }
}

/** Before the first migration there is nothing at all. */
async function makeLock(client: pg.Client): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await client.query(
        `CREATE SCHEMA IF NOT EXISTS ${LOCK_SCHEMA}; CREATE TABLE IF NOT EXISTS ${quoteTable(LOCK_SCHEMA, STARTUP)} ()`,
      );
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || !MADE_BY_ANOTHER.has(sqlState(error) ?? '')) throw error;
      await pause(50 * attempt);
    }
}
