import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { wholeQueries } from './whole-queries.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * PostgreSQL in this process, spoken to over a socket of this machine as if it stood elsewhere.
 *
 * @param folder where its files are; null keeps them in memory
 * @throws StartRefused where another process has the folder
 */
export async function startEmbedded(folder: string | null): Promise<EmbeddedPostgres> {
  const lock = folder === null ? null : lockFolder(folder);
  try {
    return await start(folder, lock);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function start(folder: string | null, lock: FolderLock | null): Promise<EmbeddedPostgres> {
  const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-socket'),
  ]);
  const db = await PGlite.create(folder === null ? 'memory://' : path.join(folder, 'postgres'));
  const door = openDoor();
  const server = new PGLiteSocketServer({ db: wholeQueries(db), ...door.listening, maxConnections: 20 });
  await server.start();
  return {
    url: door.url(server.getServerConn()),
    stop: async () => {
      await server.stop();
      door.close();
      await db.close();
      lock?.release();
    },
  };
}

interface Door {
  readonly listening: { readonly path: string } | { readonly host: string; readonly port: number };
  /** @param address what the server says that it listens on */
  url(address: string): string;
  close(): void;
}

/**
 * Where the database listens: it asks nobody for a password, so it is a socket in a folder that only this user can enter. In
 * the folder for temporary files, since a socket's path may have a hundred characters. Windows has no such sockets.
 */
function openDoor(): Door {
  if (process.platform === 'win32')
    return {
      listening: { host: '127.0.0.1', port: 0 },
      url: (address) => `postgresql://postgres@${address}/postgres`,
      close: () => undefined,
    };
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-'));
  return {
    listening: { path: path.join(folder, '.s.PGSQL.5432') },
    url: () => `postgresql://postgres@localhost:5432/postgres?host=${encodeURIComponent(folder)}`,
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
