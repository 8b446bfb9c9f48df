import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import { Targets } from '../../../server/src/inbound/batches/targets.ts';
import { pullTurn } from '../../../server/src/inbound/pulls/pull-loop.ts';
import { activeIntegration, createOptIn, groundOf, setConsent } from '../support/delivery-scene.ts';
import { producersOf, type TestProducer, type Wanted } from '../support/producers.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

const LIMIT = 15_000;

/** Everything that calls an org, while the org's calls run out: over HTTP, with the local org counting. */
describe('when an org’s API calls run out', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let producers: TestProducer[];
  let hour = 0;
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    stage = await startStage({}, ['test/server/support/event-org']);
    salesforce = await stage.org.connect();
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    producers = await producersOf(stage, scene);
  });
  afterEach(async () => {
    await use(0);
  });
  afterAll(async () => {
    vi.useRealTimers();
    await stage.close();
  });

  /** Has the org count so many calls, and lets the time pass until that is asked for. */
  async function use(used: number): Promise<void> {
    const put = await fetch(`${stage.org.url}/local/api-usage`, {
      method: 'PUT',
      body: JSON.stringify({ used }),
    });
    expect(put.status).toBe(200);
    vi.setSystemTime(Date.now() + 600_000);
    await test().expect(200);
  }

  const path = (rest = ''): string => `/v1/admin/connections/${scene.connectionId}${rest}`;
  const test = () => admin(stage.server, 'post', path('/test'));
  const share = (apiShare: number) => admin(stage.server, 'patch', path()).send({ apiShare });
  const incidents = async (): Promise<{ kind: string; message: string }[]> => {
    const answer = await admin(stage.server, 'get', '/v1/admin/incidents?status=open').expect(200);
    return (answer.body as { incidents: { kind: string; message: string }[] }).incidents;
  };
  /** Calls that a producer has made, whatever the day. */
  async function spent(producer: string): Promise<number> {
    const answer = await admin(stage.server, 'get', path('/api-calls?days=2')).expect(200);
    const { spent: all } = answer.body as { spent: { producer: string; calls: number }[] };
    return all.filter((each) => each.producer === producer).reduce((sum, each) => sum + each.calls, 0);
  }

  async function contact(name: string): Promise<Wanted> {
    hour += 1;
    const email = `budget${hour}@example.com`;
    const id = await salesforce.create('Contact', { LastName: 'Before', Email: email });
    return { id, email, lastName: name };
  }
  const lastName = async ({ id }: Wanted): Promise<unknown> =>
    (await salesforce.connection.sobject('Contact').retrieve(id)).LastName;

  it.each([
    ['a delivery', 'deliveries', 80],
    ['an action', 'actions', 80],
    ['an event', 'events', 72],
    ['an import', 'imports', 80],
  ])(
    'of %s nothing is sent from its share on, nothing fails, and all of it goes on by itself',
    async (name, spender, share) => {
      const producer = producers.find((each) => each.name === name);
      if (!producer) throw new Error(`There is no ${name}.`);
      const wanted = await contact('Budget');
      await producer.write([wanted], () => use((LIMIT * share) / 100));
      expect(await lastName(wanted)).toBe('Before');
      expect(Object.values(await producer.ends())).toMatchObject([{ state: 'waits' }]);
      const used = String((LIMIT * share) / 100).slice(0, 3);
      expect(await producer.stopped()).toMatch(
        new RegExp(`used ${used}\\d\\d of its 15000 .* stop at ${share} %`),
      );
      expect((await incidents()).map(({ kind }) => kind)).toEqual(['api-budget-used']);
      const before = await spent(spender);
      await producer.goOn();
      expect(await spent(spender)).toBe(before);
      await use(100);
      await producer.goOn();
      expect(await lastName(wanted)).toBe('Budget');
      expect(await incidents()).toEqual([]);
    },
  );

  it('of a pull nothing is fetched, and its run waits', async () => {
    const { knex, pool } = stage.server.database;
    const { orgs, metrics, consentKeys } = stage.server.services;
    const desk = { knex, pool, targets: new Targets(knex, consentKeys), orgs, metrics };
    const created = await admin(stage.server, 'post', '/v1/admin/pulls')
      .send({ transfer: scene.transferId, selection: { type: 'all' } })
      .expect(201);
    const { id } = created.body as { id: string };
    await use(LIMIT * 0.72);
    while (await pullTurn(desk, pino({ level: 'silent' }), new AbortController().signal));
    const shown = await admin(stage.server, 'get', `/v1/admin/pulls/${id}/runs`).expect(200);
    expect((shown.body as { runs: object[] }).runs).toMatchObject([
      { state: 'queued', code: 'api-budget-used' },
    ]);
    await admin(stage.server, 'delete', `/v1/admin/pulls/${id}`).expect(204);
  });

  it('tests go on half-way to the end, and say what is the matter after that', async () => {
    await use(LIMIT * 0.85);
    expect((await test().expect(200)).body).toMatchObject({ apiCalls: { limit: LIMIT } });
    await fetch(`${stage.org.url}/local/api-usage`, {
      method: 'PUT',
      body: JSON.stringify({ used: 13_501 }),
    });
    await test().expect(200);
    const refused = await test().expect(200);
    expect(refused.body).toMatchObject({ level: 'problem' });
    expect(JSON.stringify(refused.body)).toMatch(/tests and previews stop at 90 %/);
  });

  it('of an integration’s rows nothing is sent from its own share on, where that is less', async () => {
    const own = await createScene(stage.server);
    await authorizeByPassword(stage.server, own.connectionId, stage.org.url);
    const { table } = await groundOf(stage.server, own);
    const { pool } = stage.server.database;
    const id = await activeIntegration(stage.server, own, 'Contact', {
      operations: ['updated'],
      mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
      settings: { apiShare: 0.3 },
    });
    const wanted = await contact('Own share');
    await pool.query(`INSERT INTO ${table} (email, last_name) VALUES ($1, 'Before')`, [wanted.email]);
    await use(LIMIT * 0.4);
    await pool.query(`UPDATE ${table} SET last_name = 'Own share'`);
    await producers[0]?.work();
    // The rest is counted by the database's clock, which nobody has moved.
    const later = Date.now();
    vi.setSystemTime(vi.getRealSystemTime());
    const health = await admin(stage.server, 'get', `/v1/admin/integrations/${id}/health`).expect(200);
    vi.setSystemTime(later);
    expect(health.body).toMatchObject({
      status: 'held',
      message: expect.stringMatching(/rows stop at 30 %/) as string,
    });
    expect(await lastName(wanted)).toBe('Before');
    await use(0);
    await pool.query('UPDATE di.integration SET waits_until = now() WHERE id = $1', [id]);
    await producers[0]?.work();
    expect(await lastName(wanted)).toBe('Own share');
  });

  describe('consent', () => {
    it('goes on to the real end of the org’s calls, beside rows that wait', async () => {
      const own = await createScene(stage.server);
      await authorizeByPassword(stage.server, own.connectionId, stage.org.url);
      const ground = await groundOf(stage.server, own);
      const news = await createOptIn(stage.server, ground, 'news');
      const { pool } = stage.server.database;
      await activeIntegration(stage.server, own, 'Contact', {
        operations: ['updated', 'consent'],
        mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
        optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
        matching: { by: 'lookup', field: 'Email', column: 'email' },
      });
      const [rows, leaving] = [await contact('Row'), await contact('Consent')];
      for (const { email } of [rows, leaving])
        await pool.query(`INSERT INTO ${ground.table} (email, last_name) VALUES ($1, 'Before')`, [email]);
      await producers[0]?.work();
      await use(14_950);
      await pool.query(`UPDATE ${ground.table} SET last_name = 'Row' WHERE email = $1`, [rows.email]);
      await setConsent(stage.server, ground, news, [leaving.email], 'withdrawn');
      await producers[0]?.work();
      const optedOut = async ({ id }: Wanted): Promise<unknown> =>
        (await salesforce.connection.sobject('Contact').retrieve(id)).HasOptedOutOfEmail;
      expect(await optedOut(leaving)).toBe(true);
      expect(await lastName(rows)).toBe('Before');
      // A later one does not wait for the rows' next turn either.
      await setConsent(stage.server, ground, news, [rows.email], 'withdrawn');
      await producers[0]?.work();
      expect(await optedOut(rows)).toBe(true);
      // The rows' own share is looked at again at once when a person widens it.
      await admin(stage.server, 'patch', `/v1/admin/connections/${own.connectionId}`)
        .send({ apiShare: 1 })
        .expect(200);
      await producers[0]?.work();
    });
  });

  it('is counted by who spent them, and told with the share', async () => {
    await share(0.5).expect(200);
    const answer = await admin(stage.server, 'get', path('/api-calls')).expect(200);
    const { apiShare, org } = answer.body as { apiShare: number; org: { limit: number } };
    expect([apiShare, org.limit]).toEqual([0.5, LIMIT]);
    // A look-up and a write; two writes; a look-up at least; describe, job, upload, close, look, two results.
    expect(await spent('deliveries')).toBeGreaterThanOrEqual(2);
    expect(await spent('actions')).toBeGreaterThanOrEqual(2);
    expect(await spent('events')).toBeGreaterThanOrEqual(1);
    expect(await spent('imports')).toBeGreaterThanOrEqual(7);
    expect(await spent('checks')).toBeGreaterThanOrEqual(10);
    await admin(stage.server, 'patch', path()).send({ apiShare: 0 }).expect(400);
    await admin(stage.server, 'patch', path()).send({}).expect(400);
    await share(0.8).expect(200);
  });
});
