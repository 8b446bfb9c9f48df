import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admin,
  ADMIN,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/** Clients that do not keep to HTTP, and bodies made to hurt. */
describe('a hostile client', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  let http: Server;
  let port: number;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    http = createServer(server.app);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    ({ port } = http.address() as AddressInfo);
  });
  afterAll(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await server.close();
  });

  /** Writes bytes, half-closes, and answers what came back. */
  function raw(text: string, end = true): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write(text);
        if (end) socket.end();
      });
      let answer = '';
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.once('close', () => resolve(answer));
      socket.once('error', reject);
    });
  }

  const head = (length: number | string, authorization = token): string =>
    [
      'POST /v1/tables/Contact/batches HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${authorization}`,
      'Idempotency-Key: raw',
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      'Connection: close',
      '',
      '',
    ].join('\r\n');

  it('that ends in the middle of a body writes nothing', async () => {
    const body = JSON.stringify({
      object: 'Contact',
      fields: ['Id', 'SystemModstamp', 'Email'],
      upserts: [[contactId(1), moment(0), 'half@example.com']],
    });
    await raw(head(body.length + 100) + body);
    expect(await rowsOf(server, scene)).toEqual([]);
    await postBatch(server, token, { upserts: [] }, { key: 'raw' }).expect(200);
  });

  it('that announces less than it sends is refused', async () => {
    const answer = await raw(`${head(10)}{"object":"Contact"}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('that announces a length which is none is refused', async () => {
    expect(await raw(head('ten'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(head('-1'))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('without a token is refused before its body is read', async () => {
    // The body never comes; the answer does.
    const answer = await raw(head(10_000_000, 'nothing'), false);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('that sends JSON a hundred thousand levels deep is refused, and the server lives', async () => {
    const depth = 100_000;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const answer = await request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', 'deep')
      .set('Content-Type', 'application/json')
      .send(
        `{"object":"Contact","fields":["Id","SystemModstamp","Email"],"upserts":[["${contactId(1)}","${moment(0)}",${deep}]]}`,
      );
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 200) expect(answer.body).toMatchObject({ rejected: [{ code: 'wrong-type' }] });
    await request(server.app).get('/health').expect(200);
  });

  it('that would reach into prototypes changes nothing', async () => {
    const body = `{"object":"Contact","fields":["Id","SystemModstamp","Email"],"upserts":[],"__proto__":{"isAdmin":true}}`;
    await request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', 'proto')
      .set('Content-Type', 'application/json')
      .send(body);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it.each([
    ['a table code', `/v1/tables/${encodeURIComponent('Contact"; DROP SCHEMA di CASCADE; --')}/batches`],
    ['a path that climbs', '/v1/tables/..%2F..%2Fadmin/batches'],
  ])('with %s finds nothing', async (_what, path) => {
    const answer = await request(server.app)
      .post(path)
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', 'hostile')
      .send({ object: 'Contact', fields: ['Id', 'SystemModstamp', 'Email'] });
    expect(answer.status).toBe(404);
    await admin(server, 'get', `/v1/admin/projects/${scene.project}`).expect(200);
  });

  it('whose path is not well-formed is told so', async () => {
    const answer = await raw(
      'GET /v1/admin/projects/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/\.ts:|node_modules/);
  });

  it('that sends a table of 10,001 records, or one with 601 fields, is told what is taken', async () => {
    const many = await postBatch(server, token, {
      archives: new Array<unknown>(10_001).fill([contactId(1), moment(0)]),
    });
    expect(many.body).toMatchObject({ status: 413, code: 'batch-too-large' });
    const wide = ['Id', 'SystemModstamp', ...Array.from({ length: 600 }, (_, index) => `F${index}`)];
    expect((await postBatch(server, token, { fields: wide })).body).toMatchObject({ status: 400 });
  });

  it('learns of no fault of the server more than that there was one', async () => {
    const own = await startTestServer();
    await own.database.pool.query('ALTER TABLE di.project RENAME TO hidden');
    const answer = await request(own.app)
      .get('/v1/admin/projects')
      .set('Authorization', `Bearer ${ADMIN}`)
      .expect(500);
    expect(answer.body).toMatchObject({ code: 'internal-error' });
    expect(answer.text).not.toMatch(/hidden|di\.|relation|SELECT|\.ts/i);
    await own.close();
  });
});
