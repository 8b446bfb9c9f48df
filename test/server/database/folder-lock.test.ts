import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../server/src/database/folder-lock.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ADMIN } from '../support/test-server.ts';

describe('the folder of the embedded database', () => {
  let folder: string;
  const started: ServerProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'di-connect-folder-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<ServerProcess> {
    const server = await ServerProcess.start({ DATA_DIR: folder });
    started.push(server);
    return server;
  }

  it('is one server’s: a second one is refused and told who has it, and what is there is whole', async () => {
    const first = await (await start()).ready();
    const second = await start();
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(
      `is in use by process ${first.child.pid ?? 0} on host ${hostname()}, since 20`,
    );
    expect(second.output).not.toMatch(/^\s+at /m);
    const body = JSON.stringify({ code: 'KEPT', name: 'Kept', type: 'A', contacts: contacts() });
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
    const created = await fetch(`${first.url}/v1/admin/projects`, { method: 'POST', headers, body });
    expect(created.status).toBe(201);
    // The lock of a server that was killed is nobody's.
    await first.kill('SIGKILL');
    const third = await (await start()).ready();
    const listed = await fetch(`${third.url}/v1/admin/projects`, { headers });
    expect(await listed.json()).toMatchObject({ projects: [{ code: 'KEPT' }] });
  }, 600_000);

  it('is free again when whoever had it lets go', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(/in use by process/);
    lock.release();
    lockFolder(folder).release();
    expect(JSON.parse(readFileSync(path.join(folder, 'server.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
  });
});

const contacts = (): object => ({
  primaryKey: ['email'],
  fields: [{ name: 'email', type: 'email', required: true }],
});
