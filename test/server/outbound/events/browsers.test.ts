import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSource, identify, type TestSource } from '../../support/event-stage.ts';
import {
  admin,
  createScene,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const SITE = 'https://www.example.com';

/** What browsers ask and send, as the Fetch standard has them do it. */
describe('events from pages of other origins', () => {
  let server: TestServer;
  let scene: Scene;
  let source: TestSource;
  beforeAll(async () => {
    server = await startTestServer(null, { eventCallsPerMinute: 5 });
    scene = await createScene(server);
    source = await createSource(server, scene.connectionId);
  });
  afterAll(() => server.close());

  const post = (from: string, key = source.writeKey) =>
    request(server.app)
      .post('/v1/identify')
      .set('Origin', from)
      .auth(key, '')
      .send(identify({ email: 'ann@example.com' }));
  const settings = (allowedOrigins: unknown) =>
    admin(server, 'post', '/v1/admin/sources').send({
      connection: scene.connectionId,
      name: 'Sites',
      settings: { allowedOrigins },
    });

  it.each(['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'i', 'b', 'm'])(
    'are announced by a preflight to %s, which may name the key',
    async (path) => {
      const answer = await request(server.app).options(`/v1/${path}`).set({
        Origin: SITE,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'anonymousid,authorization,content-type',
      });
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-allow-methods']).toBe('POST');
      const allowed = (answer.headers['access-control-allow-headers'] ?? '').toLowerCase().split(', ');
      expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'anonymousid']));
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    },
  );

  it('are taken, and the page may read the answer, a refusal too', async () => {
    const taken = await post(SITE).expect(200);
    expect(taken.headers['access-control-allow-origin']).toBe('*');
    const refused = await post(SITE, 'wrong').expect(401);
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect(refused.headers['access-control-expose-headers']).toContain('Retry-After');
    const malformed = await request(server.app)
      .post('/v1/batch')
      .set({ Origin: SITE, 'Content-Type': 'application/json' })
      .auth(source.writeKey, '')
      .send('{');
    expect([malformed.status, malformed.headers['access-control-allow-origin']]).toEqual([400, '*']);
  });

  it.each(['page', 'screen', 'group', 'alias'])(
    'of the type %s, which libraries send by themselves, are counted and ignored',
    async (type) => {
      const quiet = await createSource(server, scene.connectionId);
      const answer = await request(server.app)
        .post(`/v1/${type}`)
        .set('Origin', SITE)
        .auth(quiet.writeKey, '')
        .send({ type, anonymousId: 'a', name: 'Home', properties: { url: SITE }, traits: {} })
        .expect(200);
      expect(answer.body).toMatchObject({ accepted: 0, ignored: 1, refused: [] });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      const shown = await admin(server, 'get', `/v1/admin/sources/${quiet.id}`).expect(200);
      expect(shown.body).toMatchObject({
        counts: [{ outcome: 'ignored', reason: 'unsupported-type', count: 1 }],
      });
    },
  );

  describe('as Segment’s library for pages sends them', () => {
    const send = (path: string, body: object) =>
      request(server.app)
        .post(`/v1/${path}`)
        .set({ Origin: SITE, 'Content-Type': 'text/plain;charset=UTF-8' })
        .send(JSON.stringify(body));

    it.each<[string, object, object]>([
      ['i', identify({ email: 'page@example.com' }), { accepted: 1, ignored: 0 }],
      ['t', { type: 'track', userId: 'u' }, { accepted: 0, ignored: 1 }],
      ['p', { type: 'page', userId: 'u' }, { accepted: 0, ignored: 1 }],
      ['s', { type: 'screen', userId: 'u' }, { accepted: 0, ignored: 1 }],
      ['g', { type: 'group', userId: 'u' }, { accepted: 0, ignored: 1 }],
      ['a', { type: 'alias', userId: 'u' }, { accepted: 0, ignored: 1 }],
    ])('are taken at /v1/%s, with the key in the text', async (path, event, expected) => {
      const own = await createSource(server, scene.connectionId);
      const answer = await send(path, { ...event, writeKey: own.writeKey }).expect(200);
      expect(answer.body).toMatchObject(expected);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    });

    it('are taken in batches, and no key is kept with an event', async () => {
      const own = await createSource(server, scene.connectionId);
      const { writeKey } = own;
      const batch = [
        { ...identify({ email: 'page@example.com' }), writeKey },
        { type: 'page', userId: 'u', writeKey },
      ];
      const answer = await send('b', { writeKey, batch, sentAt: '2026-01-01T00:00:00Z' }).expect(200);
      expect(answer.body).toMatchObject({ accepted: 1, ignored: 1 });
      const kept = await admin(server, 'get', `/v1/admin/sources/${own.id}/events`).expect(200);
      expect(JSON.stringify(kept.body)).toContain('page@example.com');
      expect(JSON.stringify(kept.body)).not.toContain(writeKey);
    });

    it('are refused without a key, with a wrong one, of another site, and of another type than their path', async () => {
      const made = await settings([SITE]).expect(201);
      const { writeKey } = made.body as TestSource;
      const event = identify({ email: 'page@example.com' });
      expect((await send('i', event).expect(401)).body).toMatchObject({ code: 'invalid-write-key' });
      expect((await send('i', { ...event, writeKey: 'wrong' }).expect(401)).body).toMatchObject({
        code: 'invalid-write-key',
      });
      const elsewhere = send('i', { ...event, writeKey }).set('Origin', 'https://evil.example');
      expect((await elsewhere.expect(403)).body).toMatchObject({ code: 'origin-not-allowed' });
      expect((await send('t', { ...event, writeKey }).expect(400)).body).toMatchObject({
        code: 'wrong-type',
      });
    });
  });

  it.each(['i', 'b'])(
    'are refused at /v1/%s before they are read, where a wrong key stands in the header or the query',
    async (path) => {
      const own = await createSource(server, scene.connectionId);
      // No JSON: whoever reads it answers 400.
      const send = (query: string) =>
        request(server.app).post(`/v1/${path}${query}`).set({ Origin: SITE, 'Content-Type': 'text/plain' });
      expect((await send('').auth('wrong', '').send('{').expect(401)).body).toMatchObject({
        code: 'invalid-write-key',
      });
      await send('?writeKey=wrong').send('{').expect(401);
      await send(`?writeKey=${own.writeKey}`).send('{').expect(400);
      await send('').auth(own.writeKey, '').send('{').expect(400);
      await send('').send('{').expect(400);
    },
  );

  it('are not what libraries tell of themselves at /v1/m: it is answered, and nothing of it read', async () => {
    const answer = await request(server.app)
      .post('/v1/m')
      .set({ Origin: SITE, 'Content-Type': 'text/plain' })
      .send('{"series":[')
      .expect(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('are taken as beacons, as RudderStack’s library sends them of a page that is being left', async () => {
    const own = await createSource(server, scene.connectionId);
    const send = (key: string) =>
      request(server.app)
        .post(`/beacon/v1/batch?writeKey=${key}`)
        .set({ Origin: SITE, 'Content-Type': 'text/plain' })
        .send(JSON.stringify({ batch: [identify({ email: 'left@example.com' })], sentAt: '2026-01-01' }));
    expect((await send(own.writeKey).expect(200)).body).toMatchObject({ accepted: 1, refused: [] });
    expect((await send('wrong').expect(401)).body).toMatchObject({ code: 'invalid-write-key' });
  });

  it('open no other endpoint', async () => {
    const answer = await request(server.app)
      .options('/v1/admin/sources')
      .set({ Origin: SITE, 'Access-Control-Request-Method': 'POST' });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('are taken of the source’s own sites only where it names some, and of servers in any case', async () => {
    const made = await settings([SITE, 'http://localhost:8080']).expect(201);
    const { id, writeKey } = made.body as TestSource;
    await post(SITE, writeKey).expect(200);
    await post('http://localhost:8080', writeKey).expect(200);
    for (const other of [
      'https://evil.example',
      'https://www.example.com.evil.example',
      'http://www.example.com',
      'null',
    ]) {
      const refused = await post(other, writeKey).expect(403);
      expect(refused.body).toMatchObject({ code: 'origin-not-allowed' });
      expect((refused.body as { detail: string }).detail).toContain(other);
    }
    await request(server.app).post('/v1/identify').auth(writeKey, '').send(identify({})).expect(200);
    const counts = (await admin(server, 'get', `/v1/admin/sources/${id}`).expect(200)).body as {
      counts: { outcome: string; count: number }[];
    };
    expect(counts.counts).toContainEqual({ outcome: 'accepted', reason: '', count: 3 });
  });

  it.each([
    [['www.example.com']],
    [['https://www.example.com/']],
    [['https://*.example.com']],
    [['*']],
    [[]],
  ])('are refused settings that name no origins: %j', async (allowedOrigins) => {
    await settings(allowedOrigins).expect(400);
  });

  it('are asked to come later when a source sends too often, and other sources are not', async () => {
    const busy = await createSource(server, scene.connectionId);
    for (let call = 0; call < 5; call++) await post(SITE, busy.writeKey).expect(200);
    const refused = await post(SITE, busy.writeKey).expect(429);
    expect(refused.body).toMatchObject({ code: 'too-many-requests' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    const quiet = await createSource(server, scene.connectionId);
    await post(SITE, quiet.writeKey).expect(200);
  });
});
