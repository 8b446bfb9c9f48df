import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { parseExactly } from '../values/exact-numbers.ts';
import { alone } from './alone.ts';
import { startEmbedded } from './embedded.ts';
import { isWriteInDoubt, noteCommitFailure } from './failures.ts';
import { migrationSource } from './migrations/index.ts';
import { withReadersOutOfTheWay } from './readers-in-the-way.ts';
import { surviveBreaks } from './survive-breaks.ts';

/** The database, whichever it is: one driver and one dialect for the embedded and for a real PostgreSQL. */
export interface Database {
  /** For batches and long readings: statements that are prepared once and sent without waiting for each other. */
  readonly pool: pg.Pool;
  /** For everything else. */
  readonly knex: Knex;
  /** For those who open connections of their own. */
  readonly connectionString: string;
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

/** Milliseconds to wait for a free connection: longer, and the caller is better told to come again. */
const PATIENCE = 15_000;
/** A host that has vanished without a word is noticed while its answer is waited for: ten seconds, and ten tries of one. */
const ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
/** Seconds after which a connection is replaced, and statements prepared for mappings of long ago with it. */
const CONNECTION_LIFETIME = 3600;

// Counts come as bigint, and fit a number here; what does not stays text, as numeric does, since a float would lose digits. A
// date has no zone to be shifted by. Numbers in JSON are read by the same rule.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) =>
  Number.isSafeInteger(Number(text)) ? Number(text) : text,
);
pg.types.setTypeParser(pg.types.builtins.DATE, String);
pg.types.setTypeParser(pg.types.builtins.JSON, parseExactly);
pg.types.setTypeParser(pg.types.builtins.JSONB, parseExactly);

/** Opens the database and brings its control schema up to date. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder' | 'databaseConnections'>,
  logger: Logger,
): Promise<Database> {
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataFolder) : null;
  const connectionString = embedded?.url ?? config.databaseUrl ?? '';
  const pool = openPool(poolOptions(connectionString, config, embedded !== null), logger);
  const knex = openKnex(connectionString, logger);
  const close = async (): Promise<void> => {
    await Promise.allSettled([pool.end(), knex.destroy()]);
    await embedded?.stop();
  };
  try {
    // The embedded database is this copy's, and its one session cannot wait in a transaction for itself.
    await (embedded === null
      ? alone(connectionString, logger, () => withReadersOutOfTheWay(knex, logger, () => migrate(knex)))
      : migrate(knex));
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, knex, connectionString, isEmbedded: embedded !== null, close };
}

function openPool(options: pg.PoolConfig, logger: Logger): pg.Pool {
  const pool = new pg.Pool({ ...options });
  pool.on('connect', (client) => {
    surviveBreaks(client, logger);
  });
  // The connection's own listener says so; without one here the pool would throw what it hears.
  pool.on('error', () => undefined);
  return pool;
}

/** knex listens to its connections by itself. */
function openKnex(connectionString: string, logger: Logger): Knex {
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString, application_name: 'di-connect', ...ALIVE },
    pool: { min: 0, max: 5 },
    acquireConnectionTimeout: PATIENCE,
    log: {
      warn: (message: unknown) => {
        logger.warn({ reason: String(message) }, 'knex');
      },
      error: (message: unknown) => {
        logger.error({ reason: String(message) }, 'knex');
      },
    },
  });
  knex.on('query-error', (error: unknown, query: { readonly sql: string; readonly __knexTxId?: string }) => {
    if (isWriteInDoubt(query.sql, query.__knexTxId !== undefined)) noteCommitFailure(error);
  });
  return knex;
}

function poolOptions(
  connectionString: string,
  config: Pick<Config, 'databaseConnections'>,
  isEmbedded: boolean,
): pg.PoolConfig & { pipeline: boolean; onConnect?: (client: pg.ClientBase) => Promise<void> } {
  const shared = {
    connectionString,
    application_name: 'di-connect',
    connectionTimeoutMillis: PATIENCE,
    ...ALIVE,
    // A copy of the server that hangs lets go of its locks.
    idle_in_transaction_session_timeout: 60_000,
    statement_timeout: 120_000,
  };
  if (!isEmbedded)
    return {
      ...shared,
      max: config.databaseConnections,
      maxLifetimeSeconds: CONNECTION_LIFETIME,
      pipeline: true,
    };
  return {
    ...shared,
    pipeline: false,
    // The embedded database is one session behind its socket: a second connection would find the first one's prepared
    // statements under its own names, and so does the one that comes after it.
    max: 1,
    onConnect: async (client) => {
      await client.query('DEALLOCATE ALL');
    },
  };
}

/** Several copies may start at once: one migrates, the others wait for it and find nothing left to do. */
async function migrate(knex: Knex): Promise<void> {
  await knex.raw('CREATE SCHEMA IF NOT EXISTS di');
  await knex.migrate.latest({ migrationSource, schemaName: 'di', tableName: 'migration' });
}
