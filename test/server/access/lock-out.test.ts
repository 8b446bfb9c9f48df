import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimits } from '../../../server/src/http/rate-limits.ts';
import { housekeeping } from '../../../server/src/operations/housekeeping.ts';
import { createAccount, PASSWORD, type Account } from '../support/accounts.ts';
import { isEmbeddedRun } from '../support/postgres.ts';
import {
  authorizedToken,
  createScene,
  ORGANIZATION,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/** What strangers do to those who are known, who come through one proxy that says where they come from. */
describe('a stranger who guesses', () => {
  let server: TestServer;
  let account: Account;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer(null, { trustedProxies: 1 });
    account = await createAccount(server);
    scene = await createScene(server);
  });
  afterAll(() => server.close());

  const signIn = (from: string, password: string): request.Test =>
    request(server.app)
      .post('/v1/sessions')
      .set('X-Forwarded-For', from)
      .send({ email: account.email, password });
  const token = (from: string, secret: string): request.Test =>
    request(server.app).post('/oauth/token').set('X-Forwarded-For', from).type('form').send({
      grant_type: 'client_credentials',
      client_id: scene.keyId,
      client_secret: secret,
      organization_id: ORGANIZATION,
    });

  it('keeps the own machine out of an account, and not whoever it is', async () => {
    for (let tries = 0; tries < 10; tries++) await signIn('203.0.113.1', `wrong ${tries}`).expect(401);
    await signIn('203.0.113.1', 'wrong').expect(429);
    await signIn('203.0.113.1', PASSWORD).expect(429);
    await signIn('198.51.100.7', PASSWORD).expect(201);
  });

  it('does not keep out orgs that call from the same machine with the right key', async () => {
    for (let tries = 0; tries < 30; tries++) await token('203.0.113.9', `wrong ${tries}`).expect(401);
    await token('203.0.113.9', 'wrong').expect(429);
    await token('203.0.113.9', scene.secret).expect(200);
    // Those who know their secret are told what is wrong, and are not taken for guessing.
    const other = await request(server.app)
      .post('/oauth/token')
      .set('X-Forwarded-For', '203.0.113.9')
      .type('form')
      .send({ grant_type: 'password' });
    expect(other.status).toBe(400);
  });
});

describe.skipIf(isEmbeddedRun())('copies of the server on one database', () => {
  const bounds = { trustedProxies: 1, batchesPerMinute: 100, eventCallsPerMinute: 100 };
  let copies: readonly [TestServer, TestServer];
  let account: Account;
  let scene: Scene;
  beforeAll(async () => {
    const first = await startTestServer(null, bounds);
    copies = [first, await startTestServer(first.database.connectionString, bounds)];
    account = await createAccount(first);
    scene = await createScene(first);
  });
  afterAll(async () => {
    await copies[1].close();
    await copies[0].close();
  });

  /** What answers come to one try after another, each at the other copy. */
  async function inTurn(
    tries: number,
    call: (copy: TestServer, place: number) => request.Test,
  ): Promise<ReadonlyMap<number, number>> {
    const statuses = new Map<number, number>();
    for (let place = 0; place < tries; place++) {
      const { status } = await call(copies[place % 2 === 0 ? 0 : 1], place);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    return statuses;
  }

  it('count sign-ins together, and forgive together', async () => {
    const signIn = (copy: TestServer, password: string): request.Test =>
      request(copy.app)
        .post('/v1/sessions')
        .set('X-Forwarded-For', '203.0.113.1')
        .send({ email: account.email, password });
    await inTurn(9, (copy, place) => signIn(copy, `wrong ${place}`));
    await signIn(copies[0], PASSWORD).expect(201);
    const statuses = await inTurn(12, (copy, place) => signIn(copy, `wrong ${place}`));
    expect([...statuses]).toEqual([
      [401, 10],
      [429, 2],
    ]);
    for (const copy of copies) await signIn(copy, PASSWORD).expect(429);
  });

  it('count wrong keys together', async () => {
    const statuses = await inTurn(34, ({ app }) =>
      request(app).post('/oauth/token').set('X-Forwarded-For', '203.0.113.2').type('form').send({
        grant_type: 'client_credentials',
        client_id: scene.keyId,
        client_secret: 'wrong',
        organization_id: ORGANIZATION,
      }),
    );
    expect([...statuses]).toEqual([
      [401, 30],
      [429, 4],
    ]);
  });

  it('share out what a connection may send', async () => {
    const token = await authorizedToken(copies[0], scene);
    const statuses = await inTurn(110, (copy, place) =>
      postBatch(copy, token, { upserts: [] }, { key: `batch-${place}` }),
    );
    expect([...statuses]).toEqual([
      [200, 100],
      [429, 10],
    ]);
  });

  it('keep no address of anybody, and nothing for longer than it counts', async () => {
    const { knex } = copies[0].database;
    const kept = await knex('di.rate_limit').select<{ key: string }[]>('key');
    expect(kept.length).toBeGreaterThan(3);
    expect(JSON.stringify(kept)).not.toMatch(/@|203\.0\.113/);
    await knex('di.rate_limit').update({ expire: Date.now() - 1 });
    await housekeeping(copies[0].services).run(new AbortController().signal);
    expect(await knex('di.rate_limit').select('key')).toEqual([]);
  });
});

describe('a machine', () => {
  const signIns = async (limits: RateLimits, from: readonly string[]): Promise<string[]> => {
    const outcomes: string[] = [];
    for (const ip of from)
      outcomes.push(
        await limits.signIn(ip, 'Ann@example.com').then(
          () => 'let in',
          () => 'kept out',
        ),
      );
    return outcomes;
  };

  it.each([
    [
      'all addresses of its network of IPv6',
      (tries: number) => `2001:db8:1:2::${tries.toString(16)}`,
      '2001:db8:1:2:ffff::1',
      '2001:db8:1:3::1',
    ],
    [
      'an address however it is written',
      (tries: number) => (tries % 2 ? '203.0.113.1' : '::ffff:203.0.113.1'),
      '::FFFF:203.0.113.1',
      '::ffff:203.0.113.2',
    ],
    [
      'zeros however they are written',
      (tries: number) => (tries % 2 ? '::1' : '0:0:0:0:0:0:0:2'),
      '0:0:0:0::3',
      '0:0:1::3',
    ],
  ])('is %s', async (_what, addressOf, same, other) => {
    const limits = new RateLimits({ batchesPerMinute: 1, eventCallsPerMinute: 1, pool: null });
    const ten = Array.from({ length: 10 }, (_each, tries) => addressOf(tries));
    expect(await signIns(limits, ten)).toEqual(Array(10).fill('let in'));
    expect(await signIns(limits, [same, other])).toEqual(['kept out', 'let in']);
  });

  it('is one of the many that it takes to keep everybody out of an account', async () => {
    const limits = new RateLimits({ batchesPerMinute: 1, eventCallsPerMinute: 1, pool: null });
    const machines = Array.from({ length: 20 }, (_each, machine) => `198.51.100.${machine}`);
    for (const machine of machines) await signIns(limits, Array<string>(12).fill(machine));
    expect(await signIns(limits, ['203.0.113.1'])).toEqual(['kept out']);
    const fewer = new RateLimits({ batchesPerMinute: 1, eventCallsPerMinute: 1, pool: null });
    for (const machine of machines.slice(1)) await signIns(fewer, Array<string>(12).fill(machine));
    expect(await signIns(fewer, ['203.0.113.1'])).toEqual(['let in']);
  });
});
