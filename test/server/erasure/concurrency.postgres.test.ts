import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockStatement } from '../../../server/src/database/locks.ts';
import { changeConsent, createOptIn, statusOf } from '../support/consent.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { erase, tablesWith } from '../support/persons.ts';
import {
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

const ANN = { email: 'ann@example.com' };

/** Several copies of the server on one real PostgreSQL. */
describe('a person who is erased while batches come', () => {
  let postgres: Postgres;
  let server: TestServer;
  let second: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
    second = await startTestServer(postgres.url);
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    await createOptIn(server, scene);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([server.close(), second.close()]);
    await postgres.stop();
  });

  it('is gone when all is done, erased once, and everybody else is there', async () => {
    const batch = (minute: number): Promise<unknown> =>
      postBatch(minute % 2 === 0 ? server : second, token, {
        upserts: [
          [contactId(1), moment(minute), ANN.email, `Ann ${minute}`],
          [contactId(100 + minute), moment(minute), `other${minute}@example.com`, 'Other'],
        ],
      })
        .expect(200)
        .then();
    await batch(0);
    const minutes = Array.from({ length: 12 }, (_, index) => index + 1);
    const [erasures] = await Promise.all([
      Promise.all([erase(server, scene, ANN), erase(second, scene, ANN)]),
      ...minutes.map(batch),
    ]);
    expect(erasures.map(({ answer }) => answer.status)).toEqual([200, 200]);
    // The later one may still find ids in batches that came between the two.
    const rows = erasures.flatMap(({ body }) => body.erased.filter(({ place }) => place === 'rows'));
    expect(rows).toEqual([{ place: 'rows', table: 'Contact', count: 1 }]);
    const emails = (await rowsOf(server, scene)).map((row) => row.email);
    expect(emails.sort()).toEqual([0, ...minutes].map((minute) => `other${minute}@example.com`).sort());
    expect(await tablesWith(server, scene, ANN.email)).toEqual([]);
  }, 60_000);

  it('is gone where they were first heard of while the erasure waited, and their no is kept', async () => {
    const BEN = { email: 'ben@example.com' };
    const { pool } = server.database;
    await postBatch(server, token, { upserts: [[contactId(200), moment(0), BEN.email, 'Ben']] }).expect(200);
    const client = await pool.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: string }>(
      `SELECT t.id FROM di.project_table t JOIN di.project p ON p.id = t.project_id WHERE p.code = $1 AND t.code = 'Contact'`,
      [scene.project],
    );
    await client.query(lockStatement(rows[0]?.id ?? '', 'shared'));
    const erasing = erase(second, scene, BEN);
    const waiting =
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE%'";
    await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1);
    await changeConsent(server, scene, [{ contact: BEN, optIn: 'newsletter', status: 'withdrawn' }]);
    await client.query('COMMIT');
    client.release();
    expect((await erasing).answer.status).toBe(200);
    expect(await tablesWith(server, scene, BEN.email)).toEqual([]);
    const later = new Date(Date.now() + 60_000).toISOString();
    await postBatch(server, token, { upserts: [[contactId(200), later, BEN.email, 'Ben']] }).expect(200);
    expect(await statusOf(server, scene, BEN.email)).toBe('withdrawn');
  });
});
