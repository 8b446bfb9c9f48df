import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { housekeeping } from '../../../server/src/operations/housekeeping.ts';
import { claimsOf, CLIENT, resigned, type Person } from '../support/identity-provider.ts';
import { beginSignOn, comeBack, signOn, startSignOnStage, type SignOnStage } from '../support/sign-on.ts';

const MALLORY: Person = { subject: 'mallory', email: 'mallory@company.example', email_verified: true };

describe('a sign-on that is not what it seems', () => {
  let stage: SignOnStage;
  beforeAll(async () => {
    stage = await startSignOnStage();
  });
  afterEach(async () => {
    stage.provider.forge(null);
    stage.provider.tellOf(null);
    // Whatever was tried: nobody has come in by it.
    const { knex } = stage.server.database;
    expect(await knex('di.session').count('* as count').first()).toEqual({ count: 0 });
    expect(await knex('di.user_identity').count('* as count').first()).toEqual({ count: 0 });
  });
  afterAll(() => stage.close());

  const FAILED = { place: '/console#/?refused=failed', session: null };
  const EXPIRED = { place: '/console#/?refused=expired', session: null };

  it.each([
    ['another nonce', { nonce: 'of another sign-on' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'another-client' }],
    ['several audiences, and another that it was made for', { aud: [CLIENT.id, 'x'], azp: 'x' }],
    ['another issuer', { iss: 'https://login.evil.example' }],
    ['a time that is over', { exp: Math.floor(Date.now() / 1000) - 3600 }],
    ['nobody', { sub: undefined }],
  ])('with a token of %s is refused, though it is rightly signed', async (_what, changes) => {
    const { address, cookie } = await beginSignOn(stage.server);
    stage.provider.forge(resigned(stage.provider, changes));
    expect(await comeBack(stage.server, await stage.provider.visit(address, MALLORY), cookie)).toEqual(
      FAILED,
    );
  });

  it('with a token that nobody, somebody else or the client’s secret has signed is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { keyId } = stage.provider;
    const forgeries = [
      (token: string) => jwt.sign(claimsOf(token), null, { algorithm: 'none' } as never),
      (token: string) => jwt.sign(claimsOf(token), privateKey, { algorithm: 'RS256', keyid: keyId }),
      (token: string) => jwt.sign(claimsOf(token), CLIENT.secret, { algorithm: 'HS256' }),
      (token: string) => token.replace(/[^.]+$/, ''),
    ];
    for (const forge of forgeries) {
      stage.provider.forge(forge);
      expect(await signOn(stage, MALLORY)).toEqual(FAILED);
    }
  });

  it('is refused where the provider tells of another person than the token names', async () => {
    stage.provider.tellOf('the owner');
    expect(await signOn(stage, MALLORY)).toEqual(FAILED);
  });

  it('is refused in another browser than the one that began it, and used up by none', async () => {
    const victim = await beginSignOn(stage.server);
    const mallory = await beginSignOn(stage.server);
    const back = await stage.provider.visit(mallory.address, MALLORY);
    expect(await comeBack(stage.server, back, victim.cookie)).toEqual(EXPIRED);
    expect(await comeBack(stage.server, back, '')).toEqual(EXPIRED);
    expect(await comeBack(stage.server, back, 'di-sign-on=x')).toEqual(EXPIRED);
  });

  it('is refused with a code of another sign-on, a state of nobody, and the answer of another provider', async () => {
    const first = await beginSignOn(stage.server);
    const code = new URL(await stage.provider.visit(first.address, MALLORY)).searchParams.get('code') ?? '';
    const changed = async (changes: Readonly<Record<string, string>>): Promise<unknown> => {
      const { address, cookie } = await beginSignOn(stage.server);
      const back = new URL(await stage.provider.visit(address, MALLORY));
      for (const [name, value] of Object.entries(changes)) back.searchParams.set(name, value);
      return comeBack(stage.server, back.href, cookie);
    };
    expect(await changed({ code })).toEqual(FAILED);
    expect(await changed({ state: 'a state of nobody' })).toEqual(EXPIRED);
    expect(await changed({ iss: 'https://login.evil.example' })).toEqual(FAILED);
    expect(await changed({ code: 'a code of nobody' })).toEqual(FAILED);
  });

  it('is too late after fifteen minutes, and forgotten', async () => {
    const { address, cookie } = await beginSignOn(stage.server);
    const back = await stage.provider.visit(address, MALLORY);
    const { knex } = stage.server.database;
    await knex('di.sign_on_request').update({ expires_at: new Date(Date.now() - 1000) });
    expect(await comeBack(stage.server, back, cookie)).toEqual(EXPIRED);
    await housekeeping(stage.server.services).run(new AbortController().signal);
    expect(await knex('di.sign_on_request').count('* as count').first()).toEqual({ count: 0 });
  });

  it('is begun by the console’s own page only', async () => {
    await request(stage.server.app)
      .post('/console/sign-on')
      .set('Sec-Fetch-Site', 'cross-site')
      .send({})
      .expect(401);
  });
});

describe('a sign-on that is used again', () => {
  let stage: SignOnStage;
  beforeAll(async () => {
    stage = await startSignOnStage();
  });
  afterAll(() => stage.close());

  it('lets nobody in, whether by its state or by its code', async () => {
    const { address, cookie } = await beginSignOn(stage.server);
    const back = await stage.provider.visit(address, MALLORY);
    expect((await comeBack(stage.server, back, cookie)).session).not.toBeNull();
    expect((await comeBack(stage.server, back, cookie)).session).toBeNull();
    const other = await beginSignOn(stage.server);
    const again = new URL(await stage.provider.visit(other.address, MALLORY));
    again.searchParams.set('code', new URL(back).searchParams.get('code') ?? '');
    expect(await comeBack(stage.server, again.href, other.cookie)).toEqual({
      place: '/console#/?refused=failed',
      session: null,
    });
  });
});

describe('an identity provider that is away', () => {
  it('is said to be, and asked again the next time', async () => {
    const stage = await startSignOnStage();
    try {
      await stage.provider.close();
      const answer = await request(stage.server.app).post('/console/sign-on').send({}).expect(503);
      expect(answer.body).toMatchObject({ code: 'sign-on-unreachable' });
    } finally {
      await stage.server.close();
    }
  });
});
