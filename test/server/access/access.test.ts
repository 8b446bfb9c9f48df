import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { createApp, createServices, routesOf } from '../../../server/src/app.ts';
import {
  ADMIN,
  admin,
  authorizedToken,
  createScene,
  ORGANIZATION,
  postBatch,
  requestToken,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const OTHER_ORGANIZATION = '00D000000000002EAA';

describe('access', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
  }, 60_000);
  afterAll(() => server.close());

  describe('the token endpoint', () => {
    it('exchanges keys in the body or in a Basic header for a short-lived token', async () => {
      const answer = await requestToken(server, scene).expect(200);
      expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'plugin' });
      expect(answer.headers['cache-control']).toBe('no-store');
      await request(server.app)
        .post('/oauth/token')
        .auth(scene.keyId, scene.secret)
        .type('form')
        .send({ grant_type: 'client_credentials', organization_id: ORGANIZATION.slice(0, 15) })
        .expect(200);
    });

    it.each([
      ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
      ['an unknown key', { client_id: 'key_nobody' }, 401, 'invalid_client'],
      ['no grant type', { grant_type: undefined }, 400, 'invalid_request'],
      ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
      ['no organization', { organization_id: undefined }, 400, 'invalid_request'],
      ['an organization id that is none', { organization_id: '001000000000001AAA' }, 400, 'invalid_request'],
    ])('refuses %s', async (_what, change, status, error) => {
      const form = {
        grant_type: 'client_credentials',
        client_id: scene.keyId,
        client_secret: scene.secret,
        organization_id: ORGANIZATION,
        ...change,
      };
      const given = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
      const answer = await request(server.app).post('/oauth/token').type('form').send(given).expect(status);
      expect(answer.body).toMatchObject({ error });
      expect(JSON.stringify(answer.body)).not.toContain(scene.secret);
    });
  });

  it('binds a connection to the first organization it meets, and tells others so', async () => {
    const own = await createScene(server);
    await authorizedToken(server, own);
    const answer = await requestToken(server, own, OTHER_ORGANIZATION).expect(401);
    expect((answer.body as { error_description: string }).error_description).toContain(
      'another Salesforce organization',
    );
  });

  it('does not bind a connection to an organization that the token is not of', async () => {
    const own = await createScene(server);
    const { access_token: token } = (await requestToken(server, own)).body as { access_token: string };
    await request(server.app)
      .post('/v1/plugin/authorize')
      .set('Authorization', `Bearer ${token}`)
      .send({ organizationId: OTHER_ORGANIZATION })
      .expect(403);
  });

  it('refuses a second organization whose token is older than the binding', async () => {
    const own = await createScene(server);
    const early = (await requestToken(server, own, OTHER_ORGANIZATION)).body as { access_token: string };
    await authorizedToken(server, own);
    const answer = await postBatch(server, early.access_token, {}).expect(403);
    expect(answer.body).toMatchObject({ code: 'wrong-organization' });
  });

  it('takes no batch before the organization has introduced itself', async () => {
    const own = await createScene(server);
    const { access_token: token } = (await requestToken(server, own)).body as { access_token: string };
    expect((await postBatch(server, token, {}).expect(403)).body).toMatchObject({ code: 'not-authorized' });
  });

  it('answers authorize with the tables, their columns and keys', async () => {
    const { access_token: token } = (await requestToken(server, scene)).body as { access_token: string };
    const answer = await request(server.app)
      .post('/v1/plugin/authorize')
      .set('Authorization', `Bearer ${token}`)
      .send({ organizationId: ORGANIZATION, isSandbox: false })
      .expect(200);
    expect(answer.body).toMatchObject({
      project: { code: scene.project, type: 'A' },
      tables: [
        {
          code: 'Contact',
          primaryKey: ['email'],
          columns: [
            { name: 'email', type: 'email', required: true },
            { name: 'last_name', length: 20 },
            {},
            {},
            {},
            {},
            {},
            { values: ['gold', 'silver'] },
            {},
          ],
        },
      ],
      transfers: [{ table: 'Contact', object: 'Contact', status: 'active' }],
    });
  });

  describe('a token', () => {
    let key: { id: string; secret: KeyObject };
    beforeAll(async () => {
      key = await server.services.signingKeys.current();
    });
    const forged = (payload: object, options: jwt.SignOptions, secret: jwt.Secret = key.secret) =>
      jwt.sign(payload, secret, {
        algorithm: 'HS256',
        keyid: key.id,
        issuer: 'di-connect',
        audience: 'di-connect-api',
        subject: scene.connectionId,
        ...options,
      });
    const payload = { project: '00000000-0000-4000-8000-000000000000', org: ORGANIZATION, scope: 'plugin' };

    it.each([
      ['expired', () => forged(payload, { expiresIn: -10 }), 'token-expired'],
      ['signed with another key', () => forged(payload, {}, Buffer.alloc(32, 'x')), 'invalid-token'],
      ['of an unknown key id', () => forged(payload, { keyid: 'k9' }), 'invalid-token'],
      ['for another audience', () => forged(payload, { audience: 'somebody-else' }), 'invalid-token'],
      ['signed with another algorithm', () => forged(payload, { algorithm: 'HS512' }), 'invalid-token'],
      [
        'not signed',
        () =>
          `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`,
        'invalid-token',
      ],
      ['no token at all', () => 'abc', 'invalid-token'],
    ])('that is %s is refused', async (_what, make, code) => {
      const answer = await postBatch(server, make(), {}).expect(401);
      expect(answer.body).toMatchObject({ code });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    });

    it('is refused when its time is over, however often it was taken before', async () => {
      const token = await authorizedToken(server, await createScene(server));
      await postBatch(server, token, {}).expect(200);
      await postBatch(server, token, {}).expect(200);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 901_000 });
      const answer = await Promise.resolve(postBatch(server, token, {})).finally(() => vi.useRealTimers());
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: 'token-expired' });
    });

    it('is signed with a new key soon after the key was rotated, and one of the key before is still good', async () => {
      const own = await startTestServer();
      const scene = await createScene(own);
      const token = await authorizedToken(own, scene);
      const answer = await request(own.app)
        .post('/v1/operator/signing-keys')
        .set('Authorization', `Bearer ${ADMIN}`)
        .expect(201);
      const { id, signsFrom } = answer.body as { id: string; signsFrom: string };
      // Not at once: another copy of the server may not have read it yet.
      expect(Date.parse(signsFrom)).toBeGreaterThan(Date.now() + 30_000);
      expect((await own.services.signingKeys.current()).id).not.toBe(id);
      await own.database.pool.query('UPDATE di.signing_key SET signs_from = now() WHERE id = $1', [id]);
      // A server that is started now knows both.
      const other = createServices(own.config, own.database, pino({ level: 'silent' }));
      const app = createApp(other, routesOf(other), pino({ level: 'silent' }));
      const fresh = await requestToken({ ...own, app }, scene).expect(200);
      const { access_token: signed } = fresh.body as { access_token: string };
      expect(jwt.decode(signed, { complete: true })?.header.kid).toBe(id);
      await postBatch({ ...own, app }, token, {}).expect(200);
      await postBatch({ ...own, app }, signed, {}).expect(200);
      await postBatch(own, signed, {}).expect(200);
      await own.close();
    });

    it('of a revoked connection is refused', async () => {
      const own = await createScene(server);
      const token = await authorizedToken(server, own);
      await admin(server, 'delete', `/v1/admin/connections/${own.connectionId}`).expect(204);
      expect((await postBatch(server, token, {}).expect(401)).body).toMatchObject({
        code: 'connection-revoked',
      });
      expect((await requestToken(server, own).expect(401)).body).toMatchObject({ error: 'invalid_client' });
    });

    it('of one project writes nothing into another', async () => {
      const [mine, other] = [await createScene(server), await createScene(server)];
      const token = await authorizedToken(server, mine);
      await postBatch(server, token, {
        upserts: [['003000000000001AAA', '2026-11-20T00:00:00.000Z', 'a@example.com', 'A']],
      }).expect(200);
      const rows = await admin(
        server,
        'get',
        `/v1/admin/projects/${other.project}/tables/Contact/rows`,
      ).expect(200);
      expect(rows.body).toEqual({ rows: [], next: null });
    });
  });

  it('rotates a secret: the old one no longer works', async () => {
    const own = await createScene(server);
    const answer = await admin(server, 'post', `/v1/admin/connections/${own.connectionId}/secret`).expect(
      200,
    );
    await requestToken(server, own).expect(401);
    await requestToken(server, {
      keyId: own.keyId,
      secret: (answer.body as { secret: string }).secret,
    }).expect(200);
  });

  it('stores no secret as it is', async () => {
    const stored = await server.database.pool.query<{ secret_hash: Buffer }>(
      'SELECT secret_hash FROM di.connection WHERE id = $1',
      [scene.connectionId],
    );
    expect(stored.rows[0]?.secret_hash.toString('utf8')).not.toContain(scene.secret);
    expect(stored.rows[0]?.secret_hash).toHaveLength(32);
  });
});
