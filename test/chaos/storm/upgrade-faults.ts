import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { migrationSource } from '../../../server/src/database/migrations/index.ts';
import { freePort } from '../../server/support/free-port.ts';
import { heldAndKept } from '../../upgrade/held-and-kept.ts';
import { manifestOf, restore, VERSIONS } from '../../upgrade/snapshot.ts';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { oneOf } from './database-faults.ts';
import type { Kind, Scene } from './storm.ts';

const COPIES = 3;
const DATABASE = 'upgraded';
/** Milliseconds that a migration waits for its start, and from then to the kill at the most. */
const START = 60_000;
const UNTIL_KILL = 400;
/** Rows that stand double: from this migration on, servers that start list them again, each in a row of its own. */
const DUPLICATES = 'di.duplicate_row';
const LISTS_AGAIN = '045-long-numbers-of-duplicates';

/**
 * Copies of today start at once on a database of an earlier version, and are killed while one of them migrates it; others are
 * started in their place. Then every migration is done once, and nothing is lost of what was there.
 */
export const UPGRADE_KILLED: Kind = {
  name: 'copies killed while they upgrade',
  strike: async (scene) => {
    const version = oneOf(VERSIONS, scene.random);
    const url = await emptyDatabase(scene.cluster.url);
    await restore(version, url);
    const operator = new pg.Client({ connectionString: url, application_name: 'storm' });
    await operator.connect();
    try {
      return await upgrade(scene, version, url, operator);
    } finally {
      await operator.end();
    }
  },
};

async function upgrade(
  scene: Scene,
  version: string,
  url: string,
  operator: pg.Client,
): Promise<Record<string, number>> {
  const manifest = manifestOf(version);
  const environment = {
    DATABASE_URL: url,
    DATA_DIR: scene.folder,
    ADMIN_TOKEN: manifest.adminToken,
    ENCRYPTION_KEYS: manifest.encryptionKeys,
    ROLE: 'api',
    LOG_LEVEL: 'warn',
    SHUTDOWN_NOTICE_SECONDS: '0',
  };
  const logFile = path.join(scene.folder, 'upgrade.log');
  const ports = await Promise.all(Array.from({ length: COPIES }, freePort));
  const copies = ports.map((port) => startServerProcess(port, environment, logFile));
  const wasCaught = await killWhileMigrating(scene, copies, operator, version);
  const started = ports.map((port, place) =>
    copies[place]?.ending() === null ? copies[place] : startServerProcess(port, environment, logFile),
  );
  try {
    await Promise.all(started.map((copy) => copy.ready()));
  } finally {
    await Promise.all(started.map((copy) => copy.kill()));
  }
  await look(scene, version, operator);
  return { 'upgrades killed in a migration': wasCaught ? 1 : 0 };
}

/** Kills all copies, or one, at any time after the first session has begun to migrate. Answers whether that was before the end. */
async function killWhileMigrating(
  { random }: Scene,
  copies: readonly ServerProcess[],
  operator: pg.Client,
  version: string,
): Promise<boolean> {
  const deadline = Date.now() + START;
  while ((await lastMigration(operator)) === version && !(await isMigrating(operator))) {
    if (Date.now() > deadline) throw new Error('no copy began to migrate');
    await pause(5);
  }
  await pause(random() * UNTIL_KILL);
  const killed = random() < 0.5 ? copies : [oneOf(copies, random)];
  await Promise.all(killed.map((copy) => copy.kill()));
  return (await lastMigration(operator)) !== (await migrationNames()).at(-1);
}

async function isMigrating(operator: pg.Client): Promise<boolean> {
  const { rowCount } = await operator.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'di-connect' AND backend_xid IS NOT NULL`,
  );
  return (rowCount ?? 0) > 0;
}

async function lastMigration(operator: pg.Client): Promise<string | undefined> {
  return (await migrationsOf(operator)).at(-1);
}

async function migrationsOf(operator: pg.Client): Promise<string[]> {
  const { rows } = await operator.query<{ name: string }>('SELECT name FROM di.migration ORDER BY id');
  return rows.map(({ name }) => name);
}

async function migrationNames(): Promise<string[]> {
  const migrations = await migrationSource.getMigrations([]);
  return migrations.map((migration) => migrationSource.getMigrationName(migration));
}

async function look({ ground }: Scene, version: string, operator: pg.Client): Promise<void> {
  const done = await migrationsOf(operator);
  if (!isDeepStrictEqual(done, await migrationNames()))
    ground.calls.violate(`after an upgrade from ${version} the migrations are ${done.join(', ')}`);
  const { now, before } = await heldAndKept(operator, version, manifestOf(version));
  for (const [table, held] of Object.entries(before)) {
    const isListedAgain = table === DUPLICATES && version < LISTS_AGAIN;
    if (isListedAgain ? rowsOf(now[table]) === rowsOf(held) : isDeepStrictEqual(now[table], held)) continue;
    ground.calls.violate(
      `after an upgrade from ${version} ${table} is ${JSON.stringify(now[table])} and was ${JSON.stringify(held)}`,
    );
  }
}

const rowsOf = (held: unknown): unknown => (held instanceof Object && 'rows' in held ? held.rows : held);

/** A database of its own in the cluster, in place of the one of the upgrade before. */
async function emptyDatabase(clusterUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: clusterUrl, application_name: 'storm' });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(clusterUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}
