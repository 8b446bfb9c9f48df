import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { startCluster, type PostgresCluster } from '../support/postgres-cluster.ts';
import {
  admin,
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

const SOURCES = path.join(import.meta.dirname, '../../../server/src');

/** A break that nobody listens to would end this very process: the server runs in it. */
describe('a database that breaks', () => {
  let cluster: PostgresCluster;
  let proxy: CuttingProxy;
  let server: TestServer;
  let operator: pg.Client;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    cluster = await startCluster();
    proxy = await startCuttingProxy(cluster.url);
    server = await startTestServer(proxy.url);
    operator = await connected();
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });
  afterAll(async () => {
    await operator.end();
    await server.close();
    await proxy.close();
    await cluster.stop();
  });

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: cluster.url, application_name: 'operator' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  const batch = (number: number, key?: string): request.Test =>
    postBatch(
      server,
      token,
      { upserts: [[contactId(number), moment(number), `p${number}@example.com`, 'A']] },
      key === undefined ? {} : { key },
    );

  const passes = { status: 503, type: 'application/problem+json' };

  /** Waits until somebody waits for a lock of the operator's. */
  async function waitsForLock(): Promise<void> {
    const waiting = (): Promise<pg.QueryResult> =>
      operator.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'di-connect' AND wait_event_type = 'Lock'",
      );
    while ((await waiting()).rowCount === 0) continue;
  }

  it.each(['batch', 'change of configuration'])(
    'answers a %s with 503 whose session is ended',
    async (what) => {
      await operator.query('BEGIN; LOCK TABLE di.batch, di.project IN ACCESS EXCLUSIVE MODE');
      const asked =
        what === 'batch'
          ? batch(1)
          : admin(server, 'post', '/v1/admin/projects').send({
              code: 'ENDED',
              name: 'Ended',
              type: 'A',
              contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email', required: true }] },
            });
      const answered = asked.then((answer) => answer);
      await waitsForLock();
      await operator.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'di-connect'",
      );
      await operator.query('ROLLBACK');
      const answer = await answered;
      expect(answer).toMatchObject(passes);
      expect(answer.body).toMatchObject({ code: 'database-busy' });
      expect(answer.headers['retry-after']).toBe('5');
      // Of other connections that were ended the server hears a moment later.
      await expect.poll(async () => (await batch(1)).status).toBe(200);
    },
  );

  it.each(['fast', 'immediate'] as const)(
    'serves again after PostgreSQL was restarted (%s)',
    async (shutdown) => {
      const before = (await rowsOf(server, scene)).length;
      const open = await server.database.pool.connect();
      await open.query('BEGIN');
      await cluster.down(shutdown);
      expect(await batch(before + 1, `restart-${shutdown}`)).toMatchObject(passes);
      expect((await request(server.app).get('/ready')).status).toBe(503);
      await cluster.up();
      open.release();
      await operator.end();
      operator = await connected();
      await batch(before + 1, `restart-${shutdown}`).expect(200);
      await request(server.app).get('/ready').expect(200);
      expect(await rowsOf(server, scene)).toHaveLength(before + 1);
    },
  );

  it('says of a batch that nobody knows whether it was committed, and applies it once when it comes again', async () => {
    proxy.cutAfter('COMMIT');
    const answer = await batch(50, 'in-doubt');
    expect(answer).toMatchObject(passes);
    expect(answer.body).toMatchObject({ code: 'outcome-unknown' });
    const again = await batch(50, 'in-doubt').expect(200);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toMatchObject({ applied: 1 });
  });

  it('says so of a change of configuration too', async () => {
    proxy.cutAfter('COMMIT');
    const answer = await admin(server, 'patch', `/v1/admin/projects/${scene.project}`).send({
      name: 'Doubted',
    });
    expect(answer).toMatchObject(passes);
    expect(answer.body).toMatchObject({ code: 'outcome-unknown' });
    // A break in the middle leaves no doubt: what was not committed was not done.
    proxy.cutAfter('update "di"');
    const known = await admin(server, 'patch', `/v1/admin/projects/${scene.project}`).send({ name: 'Known' });
    expect(known.body).toMatchObject({ code: 'database-busy' });
  });

  it('is read-only in the middle of a failover, and says so', async () => {
    await operator.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await operator.query('SELECT pg_reload_conf()');
    const readOnly = (): Promise<pg.QueryResult<{ is: string }>> =>
      server.database.pool.query("SELECT current_setting('default_transaction_read_only') AS is");
    while ((await readOnly()).rows[0]?.is !== 'on') continue;
    const answer = await batch(60);
    await operator.query('SET default_transaction_read_only = off');
    await operator.query('ALTER SYSTEM RESET default_transaction_read_only');
    await operator.query('SELECT pg_reload_conf()');
    while ((await readOnly()).rows[0]?.is !== 'off') continue;
    expect(answer).toMatchObject(passes);
    expect(answer.body).toMatchObject({ code: 'database-read-only' });
    await batch(60).expect(200);
  });

  it('has a full disk, and says so', async () => {
    await operator.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`);
    await operator.query(
      'CREATE TRIGGER full_disk BEFORE INSERT ON di.batch FOR EACH STATEMENT EXECUTE FUNCTION full_disk()',
    );
    const answer = await batch(70);
    await operator.query('DROP FUNCTION full_disk() CASCADE');
    expect(answer).toMatchObject(passes);
    expect(answer.body).toMatchObject({ code: 'database-full' });
    expect(answer.headers['retry-after']).toBe('60');
    await batch(70).expect(200);
  });
});

describe('a connection to the database', () => {
  it('has somebody who listens to its breaks, wherever it is made', () => {
    const makers = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /new pg\.(Client|Pool)\(/.test(readFileSync(path.join(SOURCES, file), 'utf8')));
    expect(makers.length).toBeGreaterThan(0);
    for (const file of makers)
      expect(readFileSync(path.join(SOURCES, file), 'utf8'), file).toContain('surviveBreaks(');
  });
});
