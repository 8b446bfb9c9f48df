import { mkdirSync } from 'node:fs';
import path from 'node:path';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { migrationSource } from './migrations.ts';

/** The database, whichever it is: one driver and one dialect for the embedded and for a real PostgreSQL. */
export interface Database {
  /** For the ingest path: prepared statements, one connection a batch. */
  readonly pool: pg.Pool;
  /** For everything else. */
  readonly knex: Knex;
  close(): Promise<void>;
}

/**
 * Connections of a process. The embedded database is one session behind its socket: a second connection would find the
 * first one's prepared statements under its own names.
 */
const POOL_SIZE = { real: 10, embedded: 1 };

// Counts come as bigint, and fit a number here; numeric stays text, since a float would lose digits.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens the database and brings its control schema up to date. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  logger: Logger,
): Promise<Database> {
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataFolder) : null;
  const connectionString = embedded?.url ?? config.databaseUrl ?? '';
  const pool = new pg.Pool({
    connectionString,
    max: embedded ? POOL_SIZE.embedded : POOL_SIZE.real,
    application_name: 'di-connect',
  });
  pool.on('error', (error) => {
    logger.error({ err: error }, 'an idle database connection broke');
  });
  const knex = knexFactory({ client: 'pg', connection: { connectionString }, pool: { min: 0, max: 5 } });
  const close = async (): Promise<void> => {
    await Promise.allSettled([pool.end(), knex.destroy()]);
    await embedded?.stop();
  };
  try {
    await migrate(pool, knex);
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, knex, close };
}

/** Any number will do, as long as nobody else's lock has it. */
const MIGRATION_LOCK = 4_729_001;

/** Several copies may start at once: one migrates, the others wait for it and find nothing left to do. */
async function migrate(pool: pg.Pool, knex: Knex): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await knex.raw('CREATE SCHEMA IF NOT EXISTS di');
    await knex.migrate.latest({ migrationSource, schemaName: 'di', tableName: 'migration' });
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    client.release();
  }
}

export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** PostgreSQL in this process, spoken to over a socket of this machine as if it stood elsewhere. */
async function startEmbedded(folder: string | null): Promise<{ url: string; stop(): Promise<void> }> {
  const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-socket'),
  ]);
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = await PGlite.create(folder === null ? 'memory://' : path.join(folder, 'postgres'));
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 20 });
  await server.start();
  const address = server.getServerConn();
  return {
    url: `postgresql://postgres:postgres@${address}/postgres`,
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}
