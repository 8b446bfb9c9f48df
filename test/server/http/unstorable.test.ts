import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../server/src/log.ts';
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

const MARK = 'mark-of-a-body';

/** Texts that PostgreSQL does not store, moments that it does not know, and whatever else looks right until it is used. */
describe('an input that the database cannot hold', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  const logged: string[] = [];
  beforeAll(async () => {
    server = await startTestServer(
      null,
      {},
      createLog({ level: 'trace' }, { write: (line) => void logged.push(line) }),
    );
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(0), 'one@example.com', 'One']],
    }).expect(200);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
      .send({
        code: 'Notes',
        name: 'Notes',
        primaryKey: ['number'],
        fields: [
          { name: 'number', type: 'integer', required: true },
          { name: 'said', type: 'json' },
          { name: 'at', type: 'timestamp' },
        ],
      })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
  });
  afterAll(() => server.close());

  it.each([
    ['NUL', `a\0${MARK}`],
    ['half a character', `a\ud800${MARK}`],
  ])('is refused with %s in names, paths, filters and credentials', async (_what, text) => {
    const calls = [
      request(server.app).post('/v1/sessions').send({ email: text, password: 'p' }),
      request(server.app).post('/v1/sessions').send({ email: 'a@example.com', password: text }),
      request(server.app).post('/console/session').send({ email: text, password: 'p' }),
      admin(server, 'post', '/v1/admin/connections').send({ project: scene.project, name: text }),
      admin(server, 'post', '/v1/admin/connections').send({ project: text, name: 'n' }),
      admin(server, 'post', '/v1/admin/users').send({
        email: 'u@example.com',
        name: text,
        role: 'viewer',
        password: 'a long password',
      }),
      admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows`).query({
        filter: JSON.stringify({ last_name: text }),
      }),
      admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows`).query({
        filter: JSON.stringify({ last_name: { startsWith: text } }),
      }),
      admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows`).query({
        filter: JSON.stringify({ topics: text }),
      }),
      admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows.csv`).query({
        filter: JSON.stringify({ last_name: text }),
      }),
      admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows`).query({
        after: JSON.stringify([text]),
      }),
      admin(server, 'post', `/v1/admin/projects/${scene.project}/persons/find`).send({ email: text }),
    ];
    for (const call of calls) {
      const answer = await call;
      expect([400, 422], `${answer.request.method} ${answer.request.url}: ${answer.text}`).toContain(
        answer.status,
      );
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });

  it.each([
    '/v1/admin/projects/%00',
    '/v1/admin/projects/a%00b/tables/Contact/rows',
    '/v1/admin/projects/a%ED%A0%80',
    '/u/%00',
    '/console/assets/%00.js',
    '/oauth/salesforce/callback?state=%00&code=x',
    '/oauth/salesforce/start?state=%00',
  ])('is refused in the path %s', async (path) => {
    const answer = await request(server.app).get(path).set('Authorization', `Bearer ${ADMIN}`);
    expect([400, 404], answer.text).toContain(answer.status);
  });

  it('is no key of a connection, and no token', async () => {
    for (const id of ['key_\0', 'key_\ud800', ''])
      await request(server.app)
        .post('/oauth/token')
        .type('form')
        .send(
          `grant_type=client_credentials&organization_id=00D000000000001&client_secret=x&client_id=${encodeURIComponent(id.toWellFormed())}`,
        )
        .expect(401);
    await request(server.app)
      .post('/oauth/token')
      .auth('\0', '\0')
      .type('form')
      .send({ grant_type: 'client_credentials', organization_id: '00D000000000001' })
      .expect(401);
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    for (const [header, payload] of [
      ['{"alg":"HS256","typ":"JWT","kid":"k"}', 'not JSON'],
      ['{"alg":"HS256","typ":"JWT","kid":"\\u0000"}', '{}'],
      ['not JSON', '{}'],
      ['null', 'null'],
    ] as const) {
      const bearer = `${part(header)}.${part(payload)}.${part('x')}`;
      const answer = await postBatch(server, bearer, { upserts: [] }).expect(401);
      expect(answer.body).toMatchObject({ code: 'invalid-token' });
    }
  });

  it('is a moment outside of the years that there are', async () => {
    for (const expiresAt of ['0000-01-01T00:00:00Z', '0000-12-31T23:59:59.999Z'])
      await admin(server, 'post', '/v1/admin/api-keys')
        .send({ name: 'K', scopes: ['rows:read'], expiresAt })
        .expect(400);
    for (const path of [
      '/v1/admin/incidents?before=0000-01-01T00:00:00Z',
      `/v1/admin/projects/${scene.project}/persons/erasures?before=0000-01-01T00:00:00Z`,
      `/v1/admin/projects/${scene.project}/consent/ledger.csv?from=0000-01-01T00:00:00Z`,
      '/v1/admin/audit-events?before=99999999999999999999999',
    ])
      await admin(server, 'get', path).expect(400);
    await admin(server, 'get', '/v1/admin/incidents?before=9999-12-31T23:59:59Z').expect(200);
  });

  it('is named as such where only the database finds out, and nothing of it is logged', async () => {
    const raw = await server.database.knex
      .raw('SELECT ?::text::integer', [MARK])
      .then(() => null)
      .catch((error: unknown) => error);
    const lines: string[] = [];
    createLog({ level: 'info' }, { write: (line) => void lines.push(line) }).error({ err: raw }, 'failed');
    expect(lines[0]).toContain('22P02');
    expect(lines[0]).not.toContain(MARK);
    // What another error of the database says of things, it goes on saying.
    const missing = await server.database.knex('di.nothing').catch((error: unknown) => error);
    createLog({ level: 'info' }, { write: (line) => void lines.push(line) }).error(
      { err: missing },
      'failed',
    );
    expect(lines[1]).toContain('di.nothing');
  });

  it('is one value of a row, and its neighbours are written', async () => {
    const rows = [
      { number: 1, said: { a: 'fine' } },
      { number: 2, said: { a: '\0' } },
      // A backslash and letters are a text as any other.
      { number: 3, said: { a: '\\u0000 \\ud800' } },
    ];
    const path = `/v1/admin/projects/${scene.project}/tables/Notes/rows`;
    const answer = await admin(server, 'post', path).send({ rows }).expect(200);
    expect(answer.body).toMatchObject({ created: 2, rejected: 1 });
    const found = await admin(server, 'get', path).expect(200);
    expect((found.body as { rows: { said: unknown }[] }).rows.map((row) => row.said)).toEqual([
      { a: 'fine' },
      { a: '\\u0000 \\ud800' },
    ]);
    for (const after of ['["x"]', '[null]', '[{}]', '[1,2]', '1', 'x'])
      expect((await admin(server, 'get', path).query({ after }).expect(422)).body).toMatchObject({
        code: 'invalid-cursor',
      });
    expect((await admin(server, 'get', path).query({ after: '[1]' }).expect(200)).body).toMatchObject({
      rows: [{ number: 3 }],
    });
  });

  it('breaks a download off before it has begun, with the reason', async () => {
    const answer = await admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/Contact/rows.csv`)
      .query({ filter: JSON.stringify({ age: 'x' }) })
      .expect(422);
    expect(answer.body).toMatchObject({ code: 'invalid-filter' });
    expect((await rowsOf(server, scene)).length).toBe(1);
  });

  it('was never logged', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('')).not.toContain(MARK);
  });
});

describe('a download that fails on its way', () => {
  it('is an error before its first row, and broken off after it', async () => {
    const { default: express } = await import('express');
    const { streamCsv } = await import('../../../server/src/http/csv.ts');
    const { errorHandler } = await import('../../../server/src/http/error-handler.ts');
    const app = express();
    const file = { name: 'f', columns: ['a'], escapesFormulas: false };
    app.get('/:page', (incoming, response) =>
      streamCsv(
        response,
        file,
        (async function* () {
          for (let page = 0; ; page++) {
            if (page === Number(incoming.params.page)) throw new Error('The database has gone.');
            yield await Promise.resolve(Array.from({ length: 20_000 }, () => ({ a: page })));
          }
        })(),
      ),
    );
    app.use(errorHandler(pino({ level: 'silent' })));
    const before = await request(app).get('/0').expect(500);
    expect(before.headers['content-type']).toContain('application/problem+json');
    await expect(request(app).get('/2')).rejects.toThrow(/aborted|socket hang up/);
  });
});
