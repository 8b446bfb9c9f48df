import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { housekeeping } from '../../../server/src/operations/housekeeping.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { SigningKeys } from '../../../server/src/access/signing-keys.ts';
import { startServer, type RunningServer } from '../../../server/src/server.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import {
  ADMIN,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  testConfig,
  type TestServer,
} from '../support/test-server.ts';

const silent = pino({ level: 'silent' });
const never = new AbortController().signal;

describe('work that no request waits for', () => {
  let postgres: Postgres;
  let server: TestServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
  });
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  it('forgets batches and tombstones when their time is over, and a key may come again then', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    const batch = (seconds: number) => ({ upserts: [[contactId(1), moment(seconds), 'a@example.com', 'A']] });
    await postBatch(server, token, batch(0), { key: 'old' }).expect(200);
    await postBatch(server, token, { deletes: [{ id: contactId(9), at: moment(0) }] }, { key: 'new' }).expect(
      200,
    );
    const { pool } = server.database;
    await pool.query("UPDATE di.batch SET received_at = now() - interval '31 days' WHERE key = 'old'");
    await pool.query("UPDATE di.tombstone SET deleted_at = now() - interval '31 days'");
    const job = housekeeping(server.services);
    expect(await job.run(never)).toMatchObject({ batches: 1, tombstones: 1 });
    expect(await job.run(never)).toMatchObject({ batches: 0, tombstones: 0 });
    await postBatch(server, token, batch(1), { key: 'old' }).expect(200);
    await postBatch(server, token, batch(1), { key: 'new' }).expect(409);
  });

  it('forgets signing keys whose tokens have expired, and seals the others with a new encryption key', async () => {
    const { knex, pool } = server.database;
    const old = { id: 'test', secret: Buffer.alloc(32, 'k') };
    const next = { id: 'next', secret: Buffer.alloc(32, 'n') };
    const keys = new SigningKeys(knex, new SecretBox([next, old]), 900);
    const first = await keys.current();
    const { id } = await keys.rotate();
    expect(await keys.forgetExpired()).toBe(0);
    await pool.query("UPDATE di.signing_key SET signs_from = now() - interval '1 day' WHERE id = $1", [
      first.id,
    ]);
    await pool.query("UPDATE di.signing_key SET signs_from = now() - interval '1 hour' WHERE id = $1", [id]);
    expect(await keys.forgetExpired()).toBe(1);
    expect(await keys.reseal()).toBe(0);
    await pool.query('DELETE FROM di.signing_key');
    const before = new SigningKeys(knex, new SecretBox([old]), 900);
    const sealed = await before.current();
    expect(await keys.reseal()).toBe(1);
    const after = new SigningKeys(knex, new SecretBox([next]), 900);
    expect((await after.current()).id).toBe(sealed.id);
    // For the tests that come after this one, with the old key.
    await pool.query('DELETE FROM di.signing_key');
  });

  it('is done by workers, which answer no requests but those of an operator; a copy of the API does none', async () => {
    const config = testConfig(postgres.url);
    const started: RunningServer[] = [];
    for (const role of ['worker', 'api', 'worker'] as const)
      started.push(await startServer({ ...config, role }, silent));
    const [worker, api] = started;
    const get = (copy: RunningServer | undefined, where: string, token = ADMIN) =>
      fetch(`${copy?.url ?? ''}${where}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await get(worker, '/ready')).status).toBe(200);
    expect((await get(worker, '/v1/admin/projects')).status).toBe(404);
    expect((await get(api, '/v1/admin/projects')).status).toBe(200);
    const metrics = await (await get(worker, '/metrics')).text();
    expect(metrics).toMatch(/^di_queue_jobs\{queue="housekeeping"\} \d+$/m);
    expect(await (await get(api, '/metrics')).text()).not.toContain('di_queue_jobs{');
    expect((await get(api, '/metrics', 'x'.repeat(40))).status).toBe(401);
    await Promise.all(started.map((copy) => copy.close()));
  });

  it('is counted: batches, records by outcome, requests by route', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [
        [contactId(1), moment(0), 'a@example.com', 'A'],
        [contactId(2), moment(0), 'nowhere', 'B'],
      ],
    }).expect(200);
    const text = await server.services.metrics.registry.metrics();
    expect(text).toMatch(/^di_records_total\{outcome="rejected"\} 1$/m);
    expect(text).toMatch(/^di_batches_total\{outcome="applied"\} \d+$/m);
    expect(text).toMatch(
      /di_http_request_duration_seconds_count\{method="POST",route="\/v1\/tables\/:table\/batches",status="200"\}/,
    );
    expect(text).toMatch(/^di_database_connections\{state="waiting"\} 0$/m);
  });
});

describe('copies that start at once on an empty database', () => {
  it('migrate it once, and all of them serve', async () => {
    const postgres = await startPostgres('empty');
    const copies = await Promise.all(
      Array.from({ length: 4 }, () => startServer({ ...testConfig(postgres.url), role: 'both' }, silent)),
    );
    const statuses = await Promise.all(copies.map(async (copy) => (await fetch(`${copy.url}/ready`)).status));
    expect(statuses).toEqual([200, 200, 200, 200]);
    await Promise.all(copies.map((copy) => copy.close()));
    await postgres.stop();
  });
});
