import { once } from 'node:events';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ADMIN } from '../support/test-server.ts';

const FAULTY = path.join(import.meta.dirname, '../support/faulty-server.ts');

describe('the end of a server', () => {
  let postgres: Postgres;
  const started: ServerProcess[] = [];
  const sockets: Socket[] = [];
  const agent = new http.Agent({ keepAlive: true });
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(started.splice(0).map((each) => each.kill()));
  });
  afterAll(async () => {
    agent.destroy();
    await postgres.stop();
  });

  async function start(settings: Record<string, string> = {}, program?: string): Promise<ServerProcess> {
    const server = await ServerProcess.start({ DATABASE_URL: postgres.url, ...settings }, program);
    started.push(server);
    return server.ready();
  }

  /** A connection on which so much is said, and no more. */
  async function silent(server: ServerProcess, said = ''): Promise<Socket> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'connect');
    if (said !== '') socket.write(said);
    return socket;
  }

  const closed = (socket: Socket): Promise<unknown> =>
    socket.closed ? Promise.resolve() : once(socket, 'close');

  /** A request on a connection that is kept for the next one. */
  async function ask(server: ServerProcess, where: string): Promise<http.IncomingMessage & { text: string }> {
    const request = http.get(`${server.url}${where}`, {
      agent,
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return Object.assign(answer, { text });
  }

  const head = 'POST /v1/admin/projects HTTP/1.1\r\nHost: di\r\nContent-Length: 1000\r\n';
  const stalled = `${head}Authorization: Bearer ${ADMIN}\r\nContent-Type: application/json\r\n\r\n{`;

  it('is announced: not ready, and every answer ends its connection, while requests are still taken', async () => {
    const server = await start({ SHUTDOWN_SECONDS: '30', SHUTDOWN_NOTICE_SECONDS: '20' });
    expect((await ask(server, '/ready')).headers.connection).not.toBe('close');
    server.child.kill('SIGTERM');
    let ready = await ask(server, '/ready');
    while (ready.statusCode === 200) ready = await ask(server, '/ready');
    expect(ready).toMatchObject({ statusCode: 503, headers: { connection: 'close', 'retry-after': '5' } });
    expect(ready.text).toContain('"code":"stopping"');
    const answer = await ask(server, '/v1/admin/projects');
    expect(answer).toMatchObject({ statusCode: 200, headers: { connection: 'close' } });
    expect((await ask(server, '/health')).statusCode).toBe(200);
  });

  it('waits for nobody who says nothing, and for a stalled upload only so long', async () => {
    const server = await start({ SHUTDOWN_SECONDS: '4', SHUTDOWN_NOTICE_SECONDS: '0' });
    const [nothing, upload] = [await silent(server), await silent(server, stalled)];
    // An answer shows that the server has taken the connections before it.
    await ask(server, '/health');
    let isUploadOpen = true;
    upload.once('close', () => (isUploadOpen = false));
    server.child.kill('SIGTERM');
    await closed(nothing);
    expect(isUploadOpen).toBe(true);
    expect(await server.ended()).toBe(0);
    await closed(upload);
    expect(server.output).toContain('connections that had not ended were cut off');
    expect(server.output).toContain('"msg":"stopped"');
  });

  it('ends a connection that goes on asking', async () => {
    const server = await start({ SHUTDOWN_SECONDS: '600', SHUTDOWN_NOTICE_SECONDS: '0' });
    const asking = (async () => {
      for (;;) await ask(server, '/health');
    })().catch(() => undefined);
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    await asking;
  });

  it('comes at once with a second signal', async () => {
    const server = await start({ SHUTDOWN_SECONDS: '600', SHUTDOWN_NOTICE_SECONDS: '0' });
    await silent(server, stalled);
    await ask(server, '/health');
    server.child.kill('SIGTERM');
    while (!server.output.includes('"msg":"stopping"'))
      await once(server.child.stdout ?? server.child, 'data');
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(143);
  });

  it.each([
    ['throw', 'thrown where nobody catches it'],
    ['reject', 'rejected where nobody waits for it'],
  ])(
    'comes after an error that nobody has foreseen (%s), in good order and with a failure',
    async (what, said) => {
      const server = await start({ SHUTDOWN_SECONDS: '3' }, FAULTY);
      await silent(server, stalled);
      await ask(server, '/health');
      server.child.send(what);
      expect(await server.ended()).toBe(1);
      const fatal = server.output.split('\n').find((line) => line.includes(said));
      expect(JSON.parse(fatal ?? '{}')).toMatchObject({ level: 60, err: { message: said } });
      // What it did before it ended: waited for the upload, and closed the database.
      expect(server.output).toContain('connections that had not ended were cut off');
      expect(server.output).toContain('"msg":"stopped"');
    },
  );
});
