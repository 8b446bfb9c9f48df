import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchIndexes } from '../../../server/src/people/search-index.ts';
import {
  ADMIN,
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';
import { createAccount, createKey } from '../support/accounts.ts';

interface Found {
  readonly persons: readonly Record<string, unknown>[];
  readonly isWhole: boolean;
}

/** No row of a test is many: an index is made wherever the database has counted at all. */
const ANY_NUMBER = 0;
const FIELDS = [
  { name: 'number', type: 'integer', required: true },
  { name: 'mail', type: 'email' },
  { name: 'first_name', type: 'text' },
  { name: 'familienname', type: 'longtext' },
  { name: 'full_name', type: 'text' },
];

describe('somebody is found', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    await mapLastName();
    await fill([
      { number: 1, mail: 'jo_dar@example.org', first_name: 'Joséphine', familienname: "O'Darakjy" },
      { number: 2, mail: 'jean@example.org', first_name: 'Jean-Luc', familienname: 'Godard' },
      { number: 3, mail: 'long@example.org', first_name: 'Long', familienname: 'x'.repeat(5000) },
      { number: 5, mail: 'info.sales@example.org', first_name: 'Info', familienname: 'Desk' },
      { number: 4, mail: null, first_name: null, familienname: null },
    ]);
  });
  afterAll(() => server.close());

  /** A table of contacts whose name is filled from Salesforce into a column that no language calls so. */
  async function mapLastName(): Promise<void> {
    await admin(server, 'post', '/v1/admin/projects')
      .send({
        code: 'NAMES',
        name: 'Names',
        type: 'AB',
        contacts: { primaryKey: ['number'], fields: FIELDS },
      })
      .expect(201);
    await admin(server, 'post', '/v1/admin/projects/NAMES/build').expect(200);
    const connection = await admin(server, 'post', '/v1/admin/connections')
      .send({ project: 'NAMES', name: 'Org' })
      .expect(201);
    const mapping = [
      { salesforceField: 'Number__c', column: 'number' },
      { salesforceField: 'LastName', column: 'familienname' },
    ];
    const { id } = connection.body as { id: string };
    await admin(server, 'post', '/v1/admin/transfers')
      .send({ connection: id, table: 'Contact', object: 'Contact', mapping })
      .expect(201);
  }

  async function fill(rows: readonly object[]): Promise<void> {
    await admin(server, 'post', '/v1/admin/projects/NAMES/tables/Contact/rows')
      .send({ rows, overridesSalesforce: true })
      .expect(200);
  }

  async function search(text: string, token?: string): Promise<Found> {
    const answer = await admin(server, 'post', '/v1/admin/persons/search', token).send({ text });
    expect(answer.status, answer.text).toBe(200);
    return answer.body as Found;
  }

  const numbers = async (text: string): Promise<unknown[]> =>
    (await search(text)).persons.map(({ key }) => (key as { number: number }).number);

  const BY_WORDS: [string, number[]][] = [
    ['josephine', [1]],
    ['JOS', [1]],
    ['darakjy josé', [1]],
    ["o'dara", [1]],
    ['jean-luc', [2]],
    ['luc godard', [2]],
    ['jean darakjy', []],
    ['jo_dar@example.org', [1]],
    ['JO_DAR@Example', [1]],
    ['jean@', [2]],
    ['j.luc', [2]],
    ['luc.jean', [2]],
    ['jean@example.org godard', [2]],
    ['info.sal', [5]],
    ['Sales@', []],
    ["' | 'jean", []],
    ["\\ '", []],
    ['--', []],
  ];

  it.each(BY_WORDS)('by %s', async (text, expected) => {
    expect(await numbers(text)).toEqual(expected);
  });

  it('with what they are called, where they are, and the record that they came from', async () => {
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(7), moment(1), 'ann@example.com', 'Ann']] });
    const { persons, isWhole } = await search('ann@example.com');
    expect(isWhole).toBe(true);
    expect(persons).toEqual([
      {
        project: scene.project,
        table: 'Contact',
        key: { email: 'ann@example.com' },
        name: 'Ann',
        address: 'ann@example.com',
        recordId: contactId(7),
        isArchived: false,
      },
    ]);
    for (const id of [contactId(7), contactId(7).slice(0, 15)])
      expect((await search(id)).persons).toEqual(persons);
    expect((await search(contactId(8))).persons).toEqual([]);
  });

  it('by nobody of another account', async () => {
    const { token: other } = await createAccount(server);
    expect((await search('josephine', other)).persons).toEqual([]);
    expect((await search(contactId(7), other)).persons).toEqual([]);
  });

  it('by the whole key of a row of any table, where the caller reads rows', async () => {
    const body = {
      code: 'Orders',
      name: 'Orders',
      primaryKey: ['number'],
      fields: [{ name: 'number', type: 'text', required: true, length: 40 }],
    };
    await admin(server, 'post', '/v1/admin/projects/NAMES/tables').send(body).expect(201);
    await admin(server, 'post', '/v1/admin/projects/NAMES/build').expect(200);
    await admin(server, 'post', '/v1/admin/projects/NAMES/tables/Orders/rows')
      .send({ rows: [{ number: 'A-17' }] })
      .expect(200);
    expect((await search('A-17')).persons).toMatchObject([{ table: 'Orders', key: { number: 'A-17' } }]);
    expect((await search('A-1')).persons).toEqual([]);
    const narrow = await createKey(server, ADMIN, ['persons:read']);
    expect((await search('A-17', narrow)).persons).toEqual([]);
    expect((await search('josephine', narrow)).persons).toHaveLength(1);
    const reader = await createKey(server, ADMIN, ['rows:read']);
    await admin(server, 'post', '/v1/admin/persons/search', reader).send({ text: 'A-17' }).expect(403);
  });

  it('in the order of their names, who is called exactly so first', async () => {
    await fill([
      { number: 31, first_name: 'Zoltan', familienname: 'Orderly' },
      { number: 32, first_name: 'Émile', familienname: 'Orderly' },
      { number: 33, first_name: 'Adam', familienname: 'Orderly' },
      { number: 34, first_name: null, familienname: 'Orderly' },
    ]);
    expect(await numbers('orderly')).toEqual([34, 33, 32, 31]);
    expect(await numbers('zoltan orderly')).toEqual([31]);
  });

  it('no more after an erasure, nor in an archived project', async () => {
    await fill([{ number: 41, mail: 'gone@example.org', familienname: 'Goneby' }]);
    expect(await numbers('goneby')).toEqual([41]);
    await admin(server, 'post', '/v1/admin/projects/NAMES/persons/erase')
      .send({ keys: [{ number: 41 }] })
      .expect(200);
    expect(await numbers('goneby')).toEqual([]);
    expect(await numbers('gone@example.org')).toEqual([]);
    await admin(server, 'post', '/v1/admin/projects/NAMES/archive').expect(200);
    expect(await numbers('josephine')).toEqual([]);
    await admin(server, 'post', '/v1/admin/projects/NAMES/restore').expect(200);
    expect(await numbers('josephine')).toEqual([1]);
  });

  it('not in a table that takes too long to look through, which is said', async () => {
    const row = await server.database
      .knex('di.project')
      .where({ code: 'NAMES' })
      .first<{ schema_name: string }>('schema_name');
    const held = await server.database.pool.connect();
    try {
      await held.query(`BEGIN; LOCK TABLE "${row.schema_name}"."Contact" IN ACCESS EXCLUSIVE MODE`);
      expect(await search('josephine')).toEqual({ persons: [], isWhole: false });
    } finally {
      await held.query('ROLLBACK');
      held.release();
    }
    expect(await search('josephine')).toMatchObject({ isWhole: true });
  });

  it('twenty at a time, and is told that there are more', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => ({ number: 100 + index, first_name: 'Many' }));
    await fill(rows);
    const { persons, isWhole } = await search('many');
    expect(persons).toHaveLength(20);
    expect(isWhole).toBe(false);
    await admin(server, 'post', '/v1/admin/persons/search').send({ text: ' m ' }).expect(400);
  });

  describe('in a large table', () => {
    /** The first look of a server tells it how much is written until the next. */
    const made = async (): Promise<number> => {
      const job = searchIndexes(server.database, ANY_NUMBER);
      const look = () => job.run(new AbortController().signal);
      expect((await look()).made).toBe(0);
      return (await look()).made ?? -1;
    };
    const schema = async (): Promise<string> => {
      const row = await server.database
        .knex('di.project')
        .where({ code: 'NAMES' })
        .first<{ schema_name: string }>('schema_name');
      return row.schema_name;
    };

    async function plan(): Promise<string> {
      const { rows } = await server.database.knex.raw<{ rows: { indexdef: string }[] }>(
        `SELECT indexdef FROM pg_indexes WHERE schemaname = ? AND indexname LIKE 'search_%'`,
        [await schema()],
      );
      return rows.map(({ indexdef }) => indexdef).join('\n');
    }

    it('by an index, made once and beside the writes', async () => {
      await server.database.knex.raw(`ANALYZE "${await schema()}"."Contact"`);
      expect(await made()).toBe(1);
      expect(await made()).toBe(0);
      expect(await plan()).toContain('familienname');
      expect(await numbers('darakjy')).toEqual([1]);
      await fill([{ number: 200, first_name: 'w'.repeat(200), familienname: 'é'.repeat(9000) }]);
      expect(await numbers('w'.repeat(100))).toEqual([200]);
    });

    it('whose columns get other names and further ones, and which is indexed again', async () => {
      const fields = '/v1/admin/projects/NAMES/tables/Contact/fields';
      await admin(server, 'patch', `${fields}/full_name`).send({ type: 'longtext' }).expect(200);
      await admin(server, 'patch', `${fields}/first_name`).send({ name: 'prenom' }).expect(200);
      await admin(server, 'post', fields).send({ name: 'other_mail', type: 'email' }).expect(201);
      await admin(server, 'post', '/v1/admin/projects/NAMES/build').expect(200);
      await fill([{ number: 300, prenom: 'Zoë', other_mail: 'zoe@example.net' }]);
      expect(await numbers('zoe@example.net')).toEqual([300]);
      expect(await made()).toBe(1);
      expect(await plan()).toContain('other_mail');
      expect(await numbers('zoe')).toEqual([300]);
    });
  });
});
