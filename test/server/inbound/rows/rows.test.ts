import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

interface Page {
  readonly rows: Record<string, unknown>[];
  readonly next: string | null;
}

describe('reading a table', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  let table: string;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    table = `/v1/admin/projects/${scene.project}/tables/Contact`;
    await postBatch(
      server,
      token,
      {
        fields: [
          'Id',
          'SystemModstamp',
          'Email',
          'LastName',
          'Age__c',
          'Birthdate',
          'Active__c',
          'Topics__c',
        ],
        upserts: Array.from({ length: 30 }, (_, index) => [
          contactId(index),
          moment(0),
          `p${String(index).padStart(2, '0')}@example.com`,
          index === 7 ? '=1+1 "q", ü\nline' : `Name ${index}`,
          index,
          index % 3 === 0 ? null : '1980-02-29',
          index % 2 === 0,
          index % 5 === 0 ? 'a;b' : null,
        ]),
      },
      { key: 'first' },
    ).expect(200);
    await postBatch(server, token, { archives: [[contactId(29), moment(9)]] }, { key: 'archived' }).expect(
      200,
    );
  });
  afterAll(() => server.close());

  const list = async (query: Record<string, string>): Promise<Page> =>
    (await admin(server, 'get', `${table}/rows?${new URLSearchParams(query).toString()}`).expect(200))
      .body as Page;
  const emails = (page: Page): unknown[] => page.rows.map((row) => Number(String(row.email).slice(1, 3)));

  it.each<[string, unknown, number[]]>([
    ['equal text', { last_name: 'Name 3' }, [3]],
    ['a range', { age: { gte: 10, lt: 13 } }, [10, 11, 12]],
    ['one of some', { email: { in: ['p01@example.com', 'p02@example.com', 'x'] } }, [1, 2]],
    [
      'text that starts',
      { last_name: { startsWith: 'Name 2' } },
      [2, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
    ],
    ['a boolean and another', { active: true, age: { lte: 3 } }, [0, 2]],
    ['nothing', { born: null, age: { lt: 5 } }, [0, 3]],
    ['something', { born: { isNull: false }, age: { lt: 5 } }, [1, 2, 4]],
    ['a value of a list', { topics: 'b', age: { gt: 20 } }, [25]],
    ['another date', { born: { ne: '1980-02-29' }, age: { lt: 5 } }, [0, 3]],
    ['a system column', { _archived_at: { isNull: false } }, [29]],
    ['text that would be SQL', { last_name: "x' OR '1'='1" }, []],
  ])('filters by %s', async (_what, filter, expected) => {
    expect(emails(await list({ filter: JSON.stringify(filter) }))).toEqual(expected);
  });

  it('filters page after page, with the columns that are asked for', async () => {
    const seen: unknown[] = [];
    let after: string | null = null;
    do {
      const query: Record<string, string> = { limit: '4', columns: 'age', filter: '{"active":true}' };
      const page: Page = await list(after === null ? query : { ...query, after });
      for (const row of page.rows) expect(Object.keys(row)).toEqual(['age']);
      seen.push(...page.rows.map((row) => row.age));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(Array.from({ length: 15 }, (_, index) => index * 2));
  });

  it('leaves archived rows out, or shows only them', async () => {
    expect((await list({ archived: 'exclude' })).rows).toHaveLength(29);
    expect(emails(await list({ archived: 'only' }))).toEqual([29]);
  });

  it.each([
    [{ filter: '{"nothing":1}' }, 422, 'unknown-column'],
    [{ filter: '{"age":{"gte":"ten"}}' }, 422, 'invalid-filter'],
    [{ filter: '{"age":{"startsWith":"1"}}' }, 422, 'invalid-filter'],
    [{ filter: '{"age":{"like":"1"}}' }, 400, 'invalid-query'],
    [{ filter: 'age=1' }, 400, 'invalid-query'],
    [{ columns: 'email,"; DROP TABLE x' }, 422, 'unknown-column'],
    [{ order: 'age' }, 400, 'invalid-query'],
    [{ limit: '1001' }, 400, 'invalid-query'],
    [{ after: '["a","b"]' }, 422, 'invalid-cursor'],
  ])('refuses %j', async (query, status, code) => {
    const answer = await admin(
      server,
      'get',
      `${table}/rows?${new URLSearchParams(query).toString()}`,
    ).expect(status);
    expect(answer.body).toMatchObject({ code });
  });

  it('shows a record’s row and the batches that carried it', async () => {
    await postBatch(
      server,
      token,
      { upserts: [[contactId(28), moment(3), 'p28@example.com', 'x'.repeat(21)]] },
      { key: 'too-long' },
    ).expect(200);
    const answer = await admin(server, 'get', `${table}/records/${contactId(28)}`).expect(200);
    expect(answer.body).toMatchObject({
      row: { last_name: 'Name 28', _salesforce_id: contactId(28) },
      key: { email: 'p28@example.com' },
      history: [
        {
          batch: 'too-long',
          operation: 'upsert',
          outcome: 'rejected',
          code: 'too-long',
          counts: { applied: 0, rejected: 1 },
        },
        { batch: 'first', operation: 'upsert', outcome: 'taken', code: null },
      ],
      deliveries: [],
    });
  });

  it('keeps the history of a record through archive, return and deletion', async () => {
    const steps = [
      { archives: [[contactId(27), moment(10)]] },
      { upserts: [[contactId(27), moment(20), 'p27@example.com', 'Back']] },
      { deletes: [{ id: contactId(27), at: moment(30), key: {} }] },
    ];
    for (const step of steps) await postBatch(server, token, step).expect(200);
    const answer = await admin(server, 'get', `${table}/records/${contactId(27)}`).expect(200);
    const { row, history } = answer.body as { row: unknown; history: { operation: string }[] };
    expect(row).toBeNull();
    expect(history.map((entry) => entry.operation)).toEqual(['delete', 'upsert', 'archive', 'upsert']);
    await admin(server, 'get', `${table}/records/${contactId(99_999)}`).expect(404);
    await admin(server, 'get', `${table}/records/x`).expect(400);
  });

  it('streams CSV that reads back as it was, with formulas for people who want to see them', async () => {
    const csv = await admin(
      server,
      'get',
      `${table}/rows.csv?spreadsheet=false&columns=email,last_name,born,active,topics`,
    ).expect(200);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.headers['content-disposition']).toContain(`${scene.project}-Contact.csv`);
    const records = parse<Record<string, string>>(csv.text, { columns: true });
    expect(records).toHaveLength(29);
    expect(records[7]).toEqual({
      email: 'p07@example.com',
      last_name: '=1+1 "q", ü\nline',
      born: '1980-02-29',
      active: 'false',
      topics: '',
    });
    expect(records[5]).toMatchObject({ topics: 'a;b', active: 'false' });
    const safe = await admin(server, 'get', `${table}/rows.csv?columns=last_name`).expect(200);
    expect(parse<Record<string, string>>(safe.text, { columns: true })[7]?.last_name).toMatch(/^'=1\+1/);
  });

  it('streams more rows than a page holds, each once', async () => {
    const own = await createScene(server);
    await server.database.pool.query(
      `INSERT INTO "p_${own.project.toLowerCase()}"."Contact" (email) SELECT 'p' || n || '@example.com' FROM generate_series(1, 5001) n`,
    );
    const csv = await admin(
      server,
      'get',
      `/v1/admin/projects/${own.project}/tables/Contact/rows.csv?columns=email`,
    );
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(5002);
    expect(new Set(lines).size).toBe(5002);
  });
});
