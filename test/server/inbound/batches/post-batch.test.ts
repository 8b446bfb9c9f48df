import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

describe('a batch', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });

  const person = (
    number: number,
    seconds: number,
    email = `p${number}@example.com`,
    name = `Name ${number}`,
  ) => [contactId(number), moment(seconds), email, name];

  it('lands in the table by primary key', async () => {
    const answer = await postBatch(server, token, { upserts: [person(1, 0), person(2, 0)] }).expect(200);
    expect(answer.body).toEqual({
      applied: 2,
      unchanged: 0,
      stale: 0,
      rivals: 0,
      leftOut: 0,
      archived: 0,
      deleted: 0,
      rejected: [],
    });
    expect(await rowsOf(server, scene)).toMatchObject([
      {
        email: 'p1@example.com',
        last_name: 'Name 1',
        _salesforce_id: contactId(1),
        _source_modstamp: moment(0),
        _archived_at: null,
      },
      { email: 'p2@example.com', last_name: 'Name 2' },
    ]);
  });

  it('updates one row where one record changed, and leaves fields that did not come', async () => {
    await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'],
      upserts: [
        [...person(1, 0), 40],
        [...person(2, 0), 50],
      ],
    });
    const answer = await postBatch(server, token, { upserts: [person(1, 5, 'p1@example.com', 'Changed')] });
    expect(answer.body).toMatchObject({ applied: 1 });
    expect(await rowsOf(server, scene)).toMatchObject([
      { last_name: 'Changed', age: 40 },
      { last_name: 'Name 2', age: 50 },
    ]);
  });

  it('never lets an older version overwrite a newer one', async () => {
    await postBatch(server, token, { upserts: [person(1, 10, 'p1@example.com', 'New')] });
    const answer = await postBatch(server, token, { upserts: [person(1, 5, 'p1@example.com', 'Old')] });
    expect(answer.body).toMatchObject({ applied: 0, unchanged: 0, stale: 1 });
    expect(await rowsOf(server, scene)).toMatchObject([{ last_name: 'New' }]);
  });

  it('writes a change made in the same second as the last one', async () => {
    await postBatch(server, token, { upserts: [person(1, 10, 'p1@example.com', 'First')] });
    await postBatch(server, token, { upserts: [person(1, 10, 'p1@example.com', 'Second')] });
    expect(await rowsOf(server, scene)).toMatchObject([{ last_name: 'Second' }]);
  });

  it('counts rows that are just as they were', async () => {
    await postBatch(server, token, { upserts: [person(1, 0)] });
    const answer = await postBatch(server, token, { upserts: [person(1, 0)] });
    expect(answer.body).toMatchObject({ applied: 0, unchanged: 1, stale: 0 });
  });

  it('takes the latest of several records with one key and counts the others', async () => {
    const answer = await postBatch(server, token, {
      upserts: [person(1, 9, 'same@example.com', 'Late'), person(2, 3, 'same@example.com', 'Early')],
    });
    expect(answer.body).toMatchObject({ applied: 1, stale: 0, rivals: 1 });
    expect(await rowsOf(server, scene)).toMatchObject([{ last_name: 'Late', _salesforce_id: contactId(1) }]);
  });

  it('moves the row of a record whose key changed', async () => {
    await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'],
      upserts: [[...person(1, 0), 40]],
    });
    await postBatch(server, token, { upserts: [person(1, 5, 'new@example.com')] });
    expect(await rowsOf(server, scene)).toMatchObject([{ email: 'new@example.com', age: 40 }]);
  });

  it('moves keys that two records exchanged', async () => {
    await postBatch(server, token, {
      upserts: [person(1, 0, 'a@example.com'), person(2, 0, 'b@example.com')],
    });
    await postBatch(server, token, {
      upserts: [person(1, 5, 'b@example.com', 'One'), person(2, 5, 'a@example.com', 'Two')],
    });
    expect(await rowsOf(server, scene)).toMatchObject([
      { email: 'a@example.com', last_name: 'Two' },
      { email: 'b@example.com', last_name: 'One' },
    ]);
  });

  it('deletes by Salesforce id, and a late older version does not bring the row back', async () => {
    await postBatch(server, token, { upserts: [person(1, 0), person(2, 0)] });
    const answer = await postBatch(server, token, {
      deletes: [{ id: contactId(1), at: moment(10), key: { Email: 'p1@example.com' } }],
    });
    expect(answer.body).toMatchObject({ deleted: 1 });
    const late = await postBatch(server, token, { upserts: [person(1, 5)] });
    expect(late.body).toMatchObject({ applied: 0, stale: 1 });
    expect(await rowsOf(server, scene)).toHaveLength(1);
  });

  it('brings an undeleted record back', async () => {
    await postBatch(server, token, { upserts: [person(1, 0)] });
    await postBatch(server, token, { deletes: [{ id: contactId(1), at: moment(10) }] });
    await postBatch(server, token, { upserts: [person(1, 20)] });
    expect(await rowsOf(server, scene)).toHaveLength(1);
  });

  it('does not delete a row that changed after the delete', async () => {
    await postBatch(server, token, { upserts: [person(1, 20)] });
    const answer = await postBatch(server, token, { deletes: [{ id: contactId(1), at: moment(10) }] });
    expect(answer.body).toMatchObject({ deleted: 0 });
  });

  it('archives, and a later version takes the row out of the archive', async () => {
    await postBatch(server, token, { upserts: [person(1, 0)] });
    const answer = await postBatch(server, token, { archives: [[contactId(1), moment(10)]] });
    expect(answer.body).toMatchObject({ archived: 1 });
    expect(await rowsOf(server, scene)).toMatchObject([{ _archived_at: moment(10), last_name: 'Name 1' }]);
    await postBatch(server, token, { upserts: [person(1, 20)] });
    expect(await rowsOf(server, scene)).toMatchObject([{ _archived_at: null }]);
  });

  it('takes what comes back within the second in which it was archived or deleted', async () => {
    await postBatch(server, token, { upserts: [person(1, 10), person(2, 10)] });
    const answer = await postBatch(server, token, {
      archives: [[contactId(1), moment(10)]],
      deletes: [{ id: contactId(2), at: moment(10) }],
    });
    expect(answer.body).toMatchObject({ archived: 1, deleted: 1 });
    await postBatch(server, token, { upserts: [person(1, 10), person(2, 10)] });
    expect(await rowsOf(server, scene)).toMatchObject([{ _archived_at: null }, { _archived_at: null }]);
  });

  it('answers a replay as the first time and applies it once', async () => {
    const first = await postBatch(server, token, { upserts: [person(1, 0)] }, { key: 'one' });
    await postBatch(server, token, { upserts: [person(1, 5, 'p1@example.com', 'Later')] });
    const again = await postBatch(server, token, { upserts: [person(1, 0)] }, { key: 'one' }).expect(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await rowsOf(server, scene)).toMatchObject([{ last_name: 'Later' }]);
  });

  it('refuses a key that comes with another body', async () => {
    await postBatch(server, token, { upserts: [person(1, 0)] }, { key: 'two' });
    const answer = await postBatch(server, token, { upserts: [person(2, 0)] }, { key: 'two' }).expect(409);
    expect(answer.body).toMatchObject({ code: 'idempotency-key-reused' });
    expect(await rowsOf(server, scene)).toHaveLength(1);
  });

  it('stops no neighbour where a record is refused, and says why', async () => {
    const fields = [
      'Id',
      'SystemModstamp',
      'Email',
      'LastName',
      'Age__c',
      'Balance__c',
      'Birthdate',
      'Seen__c',
      'Active__c',
      'Tier__c',
      'Topics__c',
    ];
    const good = [
      ...person(1, 0),
      7,
      '12345678.25',
      '2000-02-29',
      '2026-11-20T10:00:00.000+02:00',
      true,
      'gold',
      'a;b',
    ];
    const bad = (index: number, value: unknown, number: number) =>
      good.map((each, at) =>
        at === index ? value : at === 0 ? contactId(number) : at === 2 ? `p${number}@example.com` : each,
      );
    const answer = await postBatch(server, token, {
      fields,
      upserts: [
        good,
        bad(2, 'no address', 2),
        bad(2, null, 3),
        bad(3, 'x'.repeat(21), 4),
        bad(3, 'a\0b', 5),
        bad(4, 'seven', 6),
        bad(4, '99999999999999999999', 7),
        bad(5, '1.2.3', 8),
        bad(5, '123456789', 9),
        bad(6, '2001-02-29', 10),
        bad(7, '2026-11-20 10:00', 11),
        bad(8, 'perhaps', 12),
        bad(9, 'bronze', 13),
        bad(0, 'no id', 14),
        bad(1, 'yesterday', 15),
        bad(3, { a: 1 }, 16),
        bad(3, 'a\ud800', 17),
      ],
    }).expect(200);
    const { applied, leftOut, rejected } = answer.body as {
      applied: number;
      leftOut: number;
      rejected: { code: string; field: string }[];
    };
    expect([applied, leftOut]).toEqual([1, 1]);
    expect(rejected.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'invalid-email Email',
      'too-long LastName',
      'invalid-character LastName',
      'not-a-number Age__c',
      'out-of-range Age__c',
      'not-a-number Balance__c',
      'out-of-range Balance__c',
      'not-a-date Birthdate',
      'not-a-date Seen__c',
      'not-a-boolean Active__c',
      'not-in-picklist Tier__c',
      'invalid-id Id',
      'not-a-date SystemModstamp',
      'wrong-type LastName',
      'invalid-character LastName',
    ]);
    expect(await rowsOf(server, scene)).toMatchObject([
      {
        age: 7,
        balance: '12345678.25',
        seen: '2026-11-20T08:00:00.000Z',
        active: true,
        tier: 'gold',
        topics: ['a', 'b'],
      },
    ]);
  });

  it('keeps hostile text as it is', async () => {
    const name = `'); DROP--"`;
    await postBatch(server, token, { upserts: [person(1, 0, 'a@example.com', name)] }).expect(200);
    expect(await rowsOf(server, scene)).toMatchObject([{ last_name: name }]);
  });

  it.each([
    [
      'a field that is not mapped',
      { fields: ['Id', 'SystemModstamp', 'Email', 'Shoe__c'] },
      422,
      'unknown-field',
      'Shoe__c',
    ],
    ['no primary key', { fields: ['Id', 'SystemModstamp', 'LastName'] }, 422, 'primary-key-missing', 'email'],
    ['fields without SystemModstamp', { fields: ['Id', 'Email'] }, 400, 'invalid-body', 'SystemModstamp'],
    [
      'a field named twice',
      { fields: ['Id', 'SystemModstamp', 'Email', 'Email'] },
      400,
      'invalid-body',
      'twice',
    ],
    ['a row that is too short', { upserts: [[contactId(1)]] }, 400, 'invalid-body', 'upserts[0]'],
    ['a delete without a moment', { deletes: [{ id: contactId(1) }] }, 400, 'invalid-body', 'deletes[0]'],
    ['an archive without an id', { archives: [['x', moment(0)]] }, 400, 'invalid-body', 'archives[0]'],
    ['an unknown member', { upsert: [] }, 400, 'invalid-body', 'upsert'],
    ['an object that is not transferred', { object: 'Lead' }, 409, 'transfer-not-active', 'Lead'],
  ])('refuses %s as a whole', async (_what, batch, status, code, detail) => {
    const answer = await postBatch(server, token, batch).expect(status);
    expect(answer.body).toMatchObject({ code, status });
    expect((answer.body as { detail: string }).detail).toContain(detail);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses an unknown table, and hints at one that differs in case', async () => {
    expect((await postBatch(server, token, {}, { table: 'Nothing' }).expect(404)).body).toMatchObject({
      code: 'not-found',
    });
    const answer = await postBatch(server, token, {}, { table: 'contact' }).expect(404);
    expect((answer.body as { detail: string }).detail).toContain('Did you mean Contact');
  });

  it('refuses a batch without an idempotency key', async () => {
    const answer = await postBatch(server, token, {}).unset('Idempotency-Key').expect(400);
    expect(answer.body).toMatchObject({ code: 'idempotency-key' });
  });

  it('is refused while its transfer is paused, and taken when it is active again', async () => {
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    await postBatch(server, token, { upserts: [person(1, 0)] }).expect(409);
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/activate`).expect(200);
    await postBatch(server, token, { upserts: [person(1, 0)] }).expect(200);
  });
});
