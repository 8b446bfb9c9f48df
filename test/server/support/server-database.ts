import { isEmbeddedRun, startPostgres } from './postgres.ts';

/** Where a server that is started as an operator does has its database, and how to be rid of it. */
export interface ServerDatabase {
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** A database of its own on the test run's PostgreSQL; the embedded one, where there is none. */
export async function startServerDatabase(): Promise<ServerDatabase> {
  if (isEmbeddedRun()) return { environment: {}, stop: () => Promise.resolve() };
  const postgres = await startPostgres();
  const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 'k').toString('base64')}`;
  return { environment: { DATABASE_URL: postgres.url, ENCRYPTION_KEYS }, stop: () => postgres.stop() };
}
