import pg from 'pg';
import type { Logger } from 'pino';
import { surviveBreaks } from './survive-breaks.ts';

/** Any number will do, as long as nobody else's lock has it. */
const LOCK = 4_729_001;

/** Does work that no other copy of the server does at the same time: what several of them start with. */
export async function alone<T>(connectionString: string, logger: Logger, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'di-connect-start', keepAlive: true });
  surviveBreaks(client, logger);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await work();
  } finally {
    // The lock ends with the session, which may have broken by now.
    await client.end();
  }
}
