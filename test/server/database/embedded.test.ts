import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startEmbeddedServer,
  type TestServer,
} from '../support/test-server.ts';

/** Ports of TCP that this process listens on, by the inodes of its sockets. */
function listening(): string[] {
  const inodes = new Set(
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(path.join('/proc/self/fd', fd)))?.[1] ?? [];
      } catch {
        // The one that read the folder is closed by now.
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((protocol) =>
    readFileSync(`/proc/self/net/${protocol}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => state === '0A' && inodes.has(inode))
      .map(([, local = '']) => local),
  );
}

describe('the embedded database', () => {
  let server: TestServer;
  const before = process.platform === 'linux' ? listening() : [];
  beforeAll(async () => {
    server = await startEmbeddedServer();
  });
  afterAll(async () => {
    await server.close();
    // Nor does a socket stay behind.
    expect(statSync(folderOf(server), { throwIfNoEntry: false })).toBeUndefined();
  });
  const folderOf = ({ database }: TestServer): string =>
    new URL(database.connectionString).searchParams.get('host') ?? 'nowhere';

  it('takes batches again after its connection broke', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    const batch = (seconds: number) =>
      postBatch(server, token, { upserts: [[contactId(1), moment(seconds), 'a@example.com', 'A']] });
    await batch(0).expect(200);
    const client = await server.database.pool.connect();
    client.release(true);
    expect((await batch(1).expect(200)).body).toMatchObject({ applied: 1 });
  });

  it.runIf(process.platform === 'linux')(
    'listens to nobody but this user, since it asks for no password',
    () => {
      expect(listening()).toEqual(before);
      expect(statSync(folderOf(server)).mode & 0o077).toBe(0);
    },
  );

  it('makes no SQL role', async () => {
    const { project } = await createScene(server);
    const answer = await admin(server, 'post', `/v1/admin/projects/${project}/sql-role`).expect(409);
    expect(answer.body).toMatchObject({ code: 'embedded-database' });
    const standing = await admin(server, 'get', `/v1/admin/projects/${project}/sql-role`).expect(200);
    expect(standing.body).toEqual({ role: null, isPossible: false });
  });
});
