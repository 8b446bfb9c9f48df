import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/src/app.ts';
import { consoleRoutes } from '../../../server/src/console/routes.ts';
import { RateLimits } from '../../../server/src/http/rate-limits.ts';
import { createAccount, PASSWORD, type Account } from '../support/accounts.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const PROOF = 'X-CSRF-Token';

describe('the console’s session', () => {
  let server: TestServer;
  let account: Account;
  beforeAll(async () => {
    server = await startTestServer();
    account = await createAccount(server);
  });
  afterAll(() => server.close());

  async function signIn(on = server): Promise<{ header: string; cookie: string; proof: string }> {
    const answer = await request(on.app)
      .post('/console/session')
      .send({ email: account.email, password: PASSWORD })
      .expect(200);
    const header = answer.headers['set-cookie']?.[0] ?? '';
    const cookie = header.split(';')[0] ?? '';
    const session = await request(on.app).get('/console/session').set('Cookie', cookie).expect(200);
    expect(answer.body).toEqual(session.body);
    return { header, cookie, proof: (session.body as { proof: string }).proof };
  }

  it('is a cookie that scripts cannot read and other sites cannot send', async () => {
    const { header } = await signIn();
    expect(header).toMatch(/^di-session=dis_[\w-]+;/);
    expect(header).toContain('HttpOnly');
    expect(header).toContain('SameSite=Strict');
    expect(header).toContain('Path=/');
    expect(header).not.toContain('Secure');
  });

  it('is bound to the host and to https where people reach the server so', async () => {
    const secure = await startTestServer(null, { publicUrl: 'https://di.example.com' });
    try {
      const own = await createAccount(secure);
      const answer = await request(secure.app)
        .post('/console/session')
        .send({ email: own.email, password: PASSWORD })
        .expect(200);
      expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-di-session=.*; Secure/);
    } finally {
      await secure.close();
    }
  });

  it('says who is signed in, with what they may do', async () => {
    const { cookie } = await signIn();
    const answer = await request(server.app).get('/console/session').set('Cookie', cookie).expect(200);
    expect(answer.body).toMatchObject({ user: { email: account.email, role: 'owner' } });
    const nobody = await request(server.app).get('/console/session').expect(200);
    expect(nobody.body).toMatchObject({ user: null, proof: null });
  });

  it('calls the admin API together with its proof', async () => {
    const { cookie, proof } = await signIn();
    await request(server.app).get('/v1/admin/projects').set('Cookie', cookie).set(PROOF, proof).expect(200);
    await request(server.app)
      .post('/v1/admin/api-keys')
      .set('Cookie', cookie)
      .set(PROOF, proof)
      .send({ name: 'K', scopes: ['rows:read'] })
      .expect(201);
  });

  it('changes nothing without its proof, or with another session’s', async () => {
    const { cookie } = await signIn();
    const other = await signIn();
    for (const proof of [undefined, '', 'wrong', other.proof]) {
      const call = request(server.app).post('/v1/admin/api-keys').set('Cookie', cookie);
      if (proof !== undefined) void call.set(PROOF, proof);
      const answer = await call.send({ name: 'K', scopes: ['rows:read'] }).expect(403);
      expect(answer.body).toMatchObject({ code: 'missing-proof' });
    }
  });

  it('takes a link that reads from the console’s own origin only, and never one that changes', async () => {
    const { cookie } = await signIn();
    const from = (site: string): request.Test =>
      request(server.app).get('/v1/admin/projects').set('Cookie', cookie).set('Sec-Fetch-Site', site);
    await from('same-origin').expect(200);
    await from('same-site').expect(403);
    await from('cross-site').expect(403);
    await request(server.app)
      .post('/v1/admin/api-keys')
      .set('Cookie', cookie)
      .set('Sec-Fetch-Site', 'same-origin')
      .send({ name: 'K', scopes: ['rows:read'] })
      .expect(403);
  });

  it('refuses a sign-in that a page of another origin makes', async () => {
    await request(server.app)
      .post('/console/session')
      .set('Sec-Fetch-Site', 'cross-site')
      .send({ email: account.email, password: PASSWORD })
      .expect(401);
    // What a form can send is no JSON.
    await request(server.app)
      .post('/console/session')
      .type('form')
      .send({ email: account.email, password: PASSWORD })
      .expect(415);
  });

  it('ends with the signing out, which needs the proof too', async () => {
    const { cookie, proof } = await signIn();
    await request(server.app).delete('/console/session').set('Cookie', cookie).expect(403);
    const answer = await request(server.app)
      .delete('/console/session')
      .set('Cookie', cookie)
      .set(PROOF, proof)
      .expect(204);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^di-session=;.*1970/);
    await request(server.app).get('/v1/admin/projects').set('Cookie', cookie).set(PROOF, proof).expect(401);
  });

  it('that was there before ends with a new sign-in', async () => {
    const { cookie, proof } = await signIn();
    await request(server.app)
      .post('/console/session')
      .set('Cookie', cookie)
      .send({ email: account.email, password: PASSWORD })
      .expect(200);
    await request(server.app).get('/v1/admin/projects').set('Cookie', cookie).set(PROOF, proof).expect(401);
  });

  it('is refused to who guesses', async () => {
    const email = 'guessed@example.com';
    const tries = [];
    for (let index = 0; index < 11; index++)
      tries.push(
        await request(server.app)
          .post('/console/session')
          .send({ email, password: `guess number ${index}` }),
      );
    expect(tries.slice(0, 10).map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(tries[10]?.status).toBe(429);
  });
});

describe('the console’s files', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    server = await startTestServer();
    folder = mkdtempSync(path.join(tmpdir(), 'di-console-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  const appOf = (from: string): ReturnType<typeof createApp> =>
    createApp(
      server.services,
      consoleRoutes({
        limits: new RateLimits({ batchesPerMinute: 1, eventCallsPerMinute: 1, pool: null }),
        publicUrl: 'http://di.example.com',
        isMailSent: false,
        signOn: null,
        passwords: 'everybody',
        folder: from,
      }),
      pino({ level: 'silent' }),
    );

  it('come with a policy that lets no inline script run, and no other site frame them', async () => {
    mkdirSync(path.join(folder, 'assets'));
    writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>DI Connect</title>');
    const answer = await request(appOf(folder)).get('/console').expect(200).expect('Content-Type', /html/);
    const policy = answer.headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('are kept by browsers for ever, compressed where they take it', async () => {
    writeFileSync(path.join(folder, 'assets/main-1a2b.js'), 'plain');
    writeFileSync(path.join(folder, 'assets/main-1a2b.js.br'), brotliCompressSync('compressed'));
    const app = appOf(folder);
    const answer = await request(app)
      .get('/console/assets/main-1a2b.js')
      .set('Accept-Encoding', 'identity')
      .expect(200, 'plain');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toMatch(/javascript/);
    await request(app)
      .get('/console/assets/main-1a2b.js')
      .set('Accept-Encoding', 'br')
      .expect(200, 'compressed')
      .expect('Content-Encoding', 'br')
      .expect('Content-Type', /javascript/);
  });

  it('are only those that were built', async () => {
    const app = appOf(folder);
    for (const name of ['..%2Findex.html', '%2e%2e%2fpackage.json', 'nothing.js', '.hidden'])
      await request(app).get(`/console/assets/${name}`).expect(404);
  });

  it('that were not built are asked for in plain words', async () => {
    const answer = await request(appOf(path.join(folder, 'nowhere')))
      .get('/console')
      .expect(503);
    expect(answer.text).toContain('npm run console');
  });
});
