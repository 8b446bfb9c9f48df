import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOptIn } from '../support/consent.ts';
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
});
