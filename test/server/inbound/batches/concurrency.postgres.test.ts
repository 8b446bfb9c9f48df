import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
} from '../../support/test-server.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';

/** Several copies of the API on one real PostgreSQL. */
describe('batches at the same time', () => {
  let postgres: Postgres;
  let copies: TestServer[];
  let scene: Scene;
  let token: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    // Both start at once on an empty database: one migrates, the other waits.
    copies = await Promise.all([startTestServer(postgres.url), startTestServer(postgres.url)]);
    const [first] = copies;
    if (!first) throw new Error('no copy');
    scene = await createScene(first);
    token = await authorizedToken(first, scene);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(copies.map((copy) => copy.close()));
    await postgres.stop();
  });

  const copy = (index: number): TestServer => {
    const found = copies[index % copies.length];
    if (!found) throw new Error('no copy');
    return found;
  };
  const person = (number: number, version: number) => [
    contactId(number),
    moment(version),
    `p${number}@example.com`,
    `v${version}`,
  ];

  /** Numbers in an order of their own for each seed. */
  function shuffled(size: number, seed: number): number[] {
    const numbers = Array.from({ length: size }, (_, index) => index + 1);
    let state = seed;
    for (let index = size - 1; index > 0; index--) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      const other = state % (index + 1);
      [numbers[index], numbers[other]] = [numbers[other] ?? 0, numbers[index] ?? 0];
    }
    return numbers;
  }

  it('end with the latest version of every row, whatever their order, without deadlock', async () => {
    const size = 100;
    const versions = 40;
    const answers = await Promise.all(
      shuffled(versions, 7).map((version, index) =>
        postBatch(copy(index), token, {
          upserts: shuffled(size, version).map((number) => person(number, version)),
        }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(new Array(versions).fill(200));
    const rows = await rowsOf(copy(0), scene);
    expect(rows).toHaveLength(size);
    for (const row of rows) expect(row.last_name).toBe(`v${versions}`);
  }, 60_000);

  it('that fight for keys leave each row to the best record, and all others waiting, whoever leaves meanwhile', async () => {
    const own = await createScene(copy(0));
    const ownToken = await authorizedToken(copy(0), own);
    const [records, versions, keys] = [18, 12, 3];
    const keyAt = (number: number, version: number): string =>
      `k${(number * 7 + version * (number % 3)) % keys}@example.com`;
    const stampAt = (number: number, version: number): string => moment(version * 100 + number);
    const send = (index: number, number: number, version: number) =>
      postBatch(copy(index), ownToken, {
        upserts: [[contactId(number), stampAt(number, version), keyAt(number, version), `v${version}`]],
      });
    const leave = (index: number, number: number) => {
      const at = stampAt(number, versions + 1);
      const id = contactId(number);
      return postBatch(
        copy(index),
        ownToken,
        number % 2 === 0 ? { archives: [[id, at]] } : { deletes: [{ id, at, key: {} }] },
      );
    };
    const acts = shuffled(records * versions, 11).map((each, index) =>
      send(index, (each % records) + 1, Math.floor((each - 1) / records) + 1),
    );
    // Every third record leaves while the others come.
    const leaving = Array.from({ length: records }, (_each, index) => index + 1).filter((n) => n % 3 === 1);
    const answers = await Promise.all([...acts, ...leaving.map((number, index) => leave(index, number))]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // What came after it left, late and of an older version, may have found nothing that says so: it says so again.
    await Promise.all(leaving.map((number, index) => leave(index, number)));
    const staying = Array.from({ length: records }, (_each, index) => index + 1).filter((n) => n % 3 !== 1);
    const expected = Array.from({ length: keys }, (_each, key) => {
      const claims = staying
        .filter((number) => keyAt(number, versions) === `k${key}@example.com`)
        .sort((one, other) => other - one);
      return claims.map(contactId);
    });
    const rows = (await rowsOf(copy(0), own)).filter((row) => row._archived_at === null);
    expect(rows.map((row) => [row.email, row._salesforce_id])).toEqual(
      expected.flatMap(([best], key) => (best === undefined ? [] : [[`k${key}@example.com`, best]])),
    );
    const waiting = await admin(
      copy(0),
      'get',
      `/v1/admin/projects/${own.project}/tables/Contact/duplicates?limit=1000`,
    ).expect(200);
    const { duplicates } = waiting.body as { duplicates: { rival: { id: string } }[] };
    expect(duplicates.map(({ rival }) => rival.id)).toEqual(
      expected.flatMap(([, ...others]) => others).sort(),
    );
  }, 120_000);

  it('apply twins of one batch once, and answer both the same', async () => {
    const twins = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        postBatch(
          copy(index),
          token,
          { upserts: [[contactId(900), moment(1), 'twin@example.com', 'Twin']] },
          { key: 'twins' },
        ),
      ),
    );
    expect(twins.map((answer) => answer.status)).toEqual(new Array(8).fill(200));
    expect(new Set(twins.map((answer) => JSON.stringify(answer.body)))).toEqual(
      new Set([JSON.stringify(twins[0]?.body)]),
    );
    expect(twins.filter((answer) => answer.headers['idempotent-replayed'] === undefined)).toHaveLength(1);
  });

  it('with deletes among them leave no row that was deleted last, and keep none from coming back', async () => {
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) =>
        postBatch(copy(index), token, {
          upserts: shuffled(50, index + 1).map((number) => person(1000 + number, index)),
        }),
      ),
      ...Array.from({ length: 5 }, (_, index) =>
        postBatch(copy(index), token, {
          deletes: shuffled(50, index + 1).map((number) => ({
            id: contactId(1000 + number),
            at: moment(100),
          })),
        }),
      ),
    ]);
    const after = await rowsOf(copy(1), scene);
    expect(after.filter((row) => Number(String(row._salesforce_id).slice(3, 15)) > 1000)).toEqual([]);
  }, 60_000);

  it('see a transfer paused through another copy at once', async () => {
    await admin(copy(0), 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    await postBatch(copy(1), token, { upserts: [person(1, 99)] }).expect(409);
    await admin(copy(0), 'post', `/v1/admin/transfers/${scene.transferId}/activate`).expect(200);
    await postBatch(copy(1), token, { upserts: [person(1, 99)] }).expect(200);
  });
});
