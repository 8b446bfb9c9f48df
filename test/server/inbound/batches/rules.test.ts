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

/** What becomes of rows when keys, values and transfers are not the plain case. */
describe('a batch', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });

  const ALL = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
  const record = (number: number, seconds: number, email: string, name = `Name ${number}`) => [
    contactId(number),
    moment(seconds),
    email,
    name,
  ];
  const addField = async (field: object): Promise<void> => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
      .send(field)
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
  };
  const remap = (mapping: object[]) =>
    admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`).send({ mapping });
  const rows = (): Promise<Record<string, unknown>[]> => rowsOf(server, scene);

  describe('with changed keys', () => {
    beforeEach(async () => {
      await postBatch(server, token, {
        fields: ALL,
        upserts: [
          [...record(1, 0, 'a@example.com'), 31],
          [...record(2, 0, 'b@example.com'), 32],
          [...record(3, 0, 'c@example.com'), 33],
        ],
      }).expect(200);
    });

    it('keeps what other fields hold when two records exchange their keys', async () => {
      await postBatch(server, token, {
        upserts: [record(1, 5, 'b@example.com'), record(2, 5, 'a@example.com')],
      }).expect(200);
      expect(await rows()).toMatchObject([
        { email: 'a@example.com', _salesforce_id: contactId(2), age: 32 },
        { email: 'b@example.com', _salesforce_id: contactId(1), age: 31 },
        { email: 'c@example.com', age: 33 },
      ]);
    });

    it('follows a chain of keys', async () => {
      await postBatch(server, token, {
        upserts: [
          record(1, 5, 'b@example.com'),
          record(2, 5, 'c@example.com'),
          record(3, 5, 'd@example.com'),
        ],
      }).expect(200);
      expect(await rows()).toMatchObject([
        { email: 'b@example.com', age: 31 },
        { email: 'c@example.com', age: 32 },
        { email: 'd@example.com', age: 33 },
      ]);
    });

    it('leaves one row where two records take one new key', async () => {
      const answer = await postBatch(server, token, {
        upserts: [record(1, 5, 'n@example.com', 'First'), record(2, 6, 'n@example.com', 'Second')],
      }).expect(200);
      expect(answer.body).toMatchObject({ applied: 1, stale: 0, rivals: 1 });
      expect(await rows()).toMatchObject([
        { email: 'c@example.com' },
        { email: 'n@example.com', last_name: 'Second', _salesforce_id: contactId(2), age: 32 },
      ]);
    });

    it('takes the row of another record over where that one keeps its key', async () => {
      await postBatch(server, token, { upserts: [record(1, 5, 'c@example.com', 'Taken')] }).expect(200);
      expect(await rows()).toMatchObject([
        { email: 'b@example.com' },
        { email: 'c@example.com', last_name: 'Taken', _salesforce_id: contactId(1) },
      ]);
    });

    it('moves nothing for a version that is older than the row', async () => {
      await postBatch(server, token, { upserts: [record(1, 9, 'a@example.com', 'Later')] }).expect(200);
      const answer = await postBatch(server, token, { upserts: [record(1, 5, 'z@example.com', 'Early')] });
      expect(answer.status).toBe(200);
      expect((await rows()).find((row) => row.email === 'a@example.com')).toMatchObject({
        last_name: 'Later',
      });
    });
  });

  it('keeps what a row holds when a merge deletes its record and sends the winner with the same key', async () => {
    await postBatch(server, token, {
      fields: ALL,
      upserts: [
        [...record(1, 0, 'shared@example.com', 'Loser'), 41],
        [...record(3, 0, 'other@example.com', 'Old'), 43],
      ],
    }).expect(200);
    const answer = await postBatch(server, token, {
      upserts: [record(2, 5, 'shared@example.com', 'Winner'), record(3, -5, 'other@example.com', 'Older')],
      deletes: [{ id: contactId(1), at: moment(5), key: { Email: 'shared@example.com' } }],
    }).expect(200);
    expect(answer.body).toMatchObject({ applied: 1, stale: 1, unchanged: 0, deleted: 0 });
    expect(await rows()).toMatchObject([
      { email: 'other@example.com', last_name: 'Old' },
      { email: 'shared@example.com', last_name: 'Winner', _salesforce_id: contactId(2), age: 41 },
    ]);
  });

  it('deletes a row that no record has written yet by its key', async () => {
    await server.database.pool.query(
      `INSERT INTO "p_${scene.project.toLowerCase()}"."Contact" (email) VALUES ('imported@example.com'), ('other@example.com')`,
    );
    await postBatch(server, token, { upserts: [record(2, 0, 'owned@example.com')] }).expect(200);
    const answer = await postBatch(server, token, {
      deletes: [
        { id: contactId(1), at: moment(5), key: { email: 'imported@example.com' } },
        { id: contactId(3), at: moment(5), key: { Email: 'owned@example.com' } },
        { id: contactId(4), at: moment(5), key: {} },
      ],
    }).expect(200);
    // A row of another record is not this one's to delete.
    expect(answer.body).toMatchObject({ deleted: 1 });
    expect(await rows()).toMatchObject([{ email: 'other@example.com' }, { email: 'owned@example.com' }]);
  });

  it('rejects the record whose unique value another row has, and writes its neighbours', async () => {
    await addField({ name: 'card', type: 'text', unique: true });
    await remap([
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Card__c', column: 'card' },
    ]).expect(200);
    const fields = ['Id', 'SystemModstamp', 'Email', 'Card__c'];
    const person = (number: number, card: string, seconds = 0) => [
      contactId(number),
      moment(seconds),
      `p${number}@example.com`,
      card,
    ];
    await postBatch(server, token, { fields, upserts: [person(1, 'A'), person(2, 'B')] }).expect(200);
    const answer = await postBatch(server, token, {
      fields,
      upserts: [person(3, 'C'), person(4, 'A'), person(5, 'E'), person(6, 'E'), person(1, 'Z', 5)],
    }).expect(200);
    const { applied, rejected } = answer.body as {
      applied: number;
      rejected: { id: string; code: string; field: string }[];
    };
    // The row of the first gives its value up before the fourth takes it: rows are written in the order of their keys.
    expect(applied).toBe(4);
    expect(rejected).toMatchObject([{ id: contactId(6), code: 'not-unique', field: 'Card__c' }]);
    expect((await rows()).map((row) => [row.email, row.card])).toEqual([
      ['p1@example.com', 'Z'],
      ['p2@example.com', 'B'],
      ['p3@example.com', 'C'],
      ['p4@example.com', 'A'],
      ['p5@example.com', 'E'],
    ]);
    const again = await postBatch(server, token, { fields, upserts: [person(2, 'A', 9)] }).expect(200);
    expect(again.body).toMatchObject({ applied: 0, rejected: [{ code: 'not-unique' }] });
  });

  it('gives a new row the default of a field that does not come, and leaves an existing row’s value', async () => {
    await addField({ name: 'country', type: 'text', default: 'CA' });
    await postBatch(server, token, { upserts: [record(1, 0, 'a@example.com')] }).expect(200);
    expect(await rows()).toMatchObject([{ country: 'CA' }]);
    await server.database.pool.query(
      `UPDATE "p_${scene.project.toLowerCase()}"."Contact" SET country = 'FR'`,
    );
    await postBatch(server, token, { upserts: [record(1, 5, 'a@example.com')] }).expect(200);
    expect(await rows()).toMatchObject([{ country: 'FR' }]);
  });

  it('is refused where it brings no value for a required field', async () => {
    await addField({ name: 'country', type: 'text', required: true });
    await remap([
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Country__c', column: 'country' },
    ]).expect(200);
    const answer = await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email'],
      upserts: [[contactId(1), moment(0), 'a@example.com']],
    }).expect(422);
    expect(answer.body).toMatchObject({ code: 'required-field-missing' });
  });

  it('stores times, deep JSON, texts with every kind of character, and amounts with their currency', async () => {
    for (const field of [
      { name: 'opens', type: 'time' },
      { name: 'extra', type: 'json' },
      { name: 'note', type: 'longtext' },
      { name: 'currency', type: 'picklist', picklist: ['CAD', 'EUR'] },
    ])
      await addField(field);
    await remap([
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Opens__c', column: 'opens' },
      { salesforceField: 'Extra__c', column: 'extra' },
      { salesforceField: 'Note__c', column: 'note' },
      { salesforceField: 'Amount__c', column: 'balance' },
      { salesforceField: 'CurrencyIsoCode', column: 'currency' },
    ]).expect(200);
    const note = 'line\nwith "quotes", \\backslash\\, {braces}, NULL, tab\t, 😀 and 中';
    const extra = { a: [1, null, 'x"y\\z'], b: { c: true } };
    await postBatch(server, token, {
      fields: [
        'Id',
        'SystemModstamp',
        'Email',
        'Opens__c',
        'Extra__c',
        'Note__c',
        'Amount__c',
        'CurrencyIsoCode',
      ],
      upserts: [
        [contactId(1), moment(0), 'a@example.com', '23:59:59.999Z', extra, note, 1234.5, 'EUR'],
        [contactId(2), moment(0), 'b@example.com', null, 'plain', 'NULL', '99999999.99', 'CAD'],
      ],
    }).expect(200);
    expect(await rows()).toMatchObject([
      { opens: '23:59:59.999', extra, note, balance: '1234.50', currency: 'EUR' },
      { opens: null, extra: 'plain', note: 'NULL', balance: '99999999.99', currency: 'CAD' },
    ]);
  });

  it('maps joined fields, constants, and values through transforms', async () => {
    await addField({ name: 'origin', type: 'text' });
    await remap([
      { salesforceField: 'Email', column: 'email', transforms: [{ type: 'trim' }, { type: 'lowercase' }] },
      { concat: { salesforceFields: ['FirstName', 'LastName'], separator: ' ' }, column: 'last_name' },
      {
        salesforceField: 'Rating',
        column: 'tier',
        transforms: [
          { type: 'map', values: { Hot: 'gold', Cold: null }, otherwise: 'reject' },
          { type: 'default', value: 'silver' },
        ],
      },
      { constant: 'salesforce', column: 'origin' },
    ]).expect(200);
    const answer = await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'FirstName', 'LastName', 'Rating'],
      upserts: [
        [contactId(1), moment(0), '  A@Example.COM ', 'Ann', 'Lee', 'Hot'],
        [contactId(2), moment(0), 'b@example.com', null, 'Solo', 'Cold'],
        [contactId(3), moment(0), 'c@example.com', null, null, null],
        [contactId(4), moment(0), 'd@example.com', null, null, 'Warm'],
      ],
    }).expect(200);
    expect(await rows()).toMatchObject([
      { email: 'a@example.com', last_name: 'Ann Lee', tier: 'gold', origin: 'salesforce' },
      { email: 'b@example.com', last_name: 'Solo', tier: 'silver', origin: 'salesforce' },
      { email: 'c@example.com', last_name: null, tier: 'silver' },
    ]);
    expect((answer.body as { rejected: unknown[] }).rejected).toMatchObject([
      { id: contactId(4), code: 'not-in-map', field: 'Rating' },
    ]);
  });

  it('is told when to come again where its connection sends too many', async () => {
    const limited = await startTestServer(null, { batchesPerMinute: 3 });
    const own = await createScene(limited);
    const ownToken = await authorizedToken(limited, own);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await postBatch(limited, ownToken, {})).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await postBatch(limited, ownToken, {});
    expect(refused.body).toMatchObject({ code: 'too-many-requests' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await limited.close();
  });
});
