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
  const server = new PGLiteSocketServer({
    db: wholeQueries(db),
    host: '127.0.0.1',
    port: 0,
    maxConnections: 20,
  });
  await server.start();
  const address = server.getServerConn();
  return {
    url: `postgresql://postgres:postgres@${address}/postgres`,
    stop: async () => {
      await server.stop();
      await db.close();
      lock?.release();
    },
  };
}
