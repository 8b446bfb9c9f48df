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
  type BatchInput,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const KEY = 'shared@example.com';
const leadId = (number: number): string => `00Q${String(number).padStart(12, '0')}EAA`;

/** Several records of Salesforce have one primary key: one fills the row, the others wait for it. */
describe('records of one primary key', () => {
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

  const ALL = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c', 'Topics__c', 'Seen__c', 'Balance__c'];
  const record = (number: number, seconds: number, email: string | null = KEY, name = `Name ${number}`) => [
    contactId(number),
    moment(seconds),
    email,
    name,
  ];
  const send = async (batch: BatchInput): Promise<Record<string, unknown>> => {
    const answer = await postBatch(server, token, batch);
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    return answer.body as Record<string, unknown>;
  };
  const upsert = (...upserts: unknown[][]) => send({ upserts });
  const archive = (number: number, seconds: number) =>
    send({ archives: [[contactId(number), moment(seconds)]] });
  const remove = (number: number, seconds: number, email = KEY) =>
    send({ deletes: [{ id: contactId(number), at: moment(seconds), key: { Email: email } }] });
  const rows = (): Promise<Record<string, unknown>[]> => rowsOf(server, scene);
  const rivalsOf = async (): Promise<string[]> => {
    const found = await server.database.pool.query<{ salesforce_id: string }>(
      `SELECT v.salesforce_id FROM di.rival v JOIN di.project_table t ON t.id = v.table_id
       JOIN di.project p ON p.id = t.project_id WHERE p.code = $1 AND v.away_at IS NULL ORDER BY 1`,
      [scene.project],
    );
    return found.rows.map((row) => row.salesforce_id);
  };
  const setRule = (rivals: string) =>
    admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Contact`).send({ rivals }).expect(200);

  it('are one row, of the one that changed last, whichever comes first', async () => {
    expect(await upsert(record(1, 9, KEY, 'Late'))).toMatchObject({ applied: 1, rivals: 0 });
    expect(await upsert(record(2, 3, KEY, 'Early'))).toMatchObject({ applied: 0, stale: 0, rivals: 1 });
    expect(await rows()).toMatchObject([{ last_name: 'Late', _salesforce_id: contactId(1) }]);
    expect(await upsert(record(2, 12, KEY, 'Later'))).toMatchObject({ applied: 1, rivals: 0 });
    expect(await rows()).toMatchObject([{ last_name: 'Later', _salesforce_id: contactId(2) }]);
    expect(await rivalsOf()).toEqual([contactId(1)]);
  });

  it('in one batch are one row and rivals', async () => {
    const answer = await upsert(record(1, 3), record(2, 9), record(3, 5), record(4, 1, 'other@example.com'));
    expect(answer).toMatchObject({ applied: 2, stale: 0, rivals: 2 });
    expect(await rows()).toMatchObject([
      { email: 'other@example.com' },
      { email: KEY, _salesforce_id: contactId(2) },
    ]);
    expect(await rivalsOf()).toEqual([contactId(1), contactId(3)]);
    // The same once more: nothing flips.
    const again = await upsert(record(1, 3), record(2, 9), record(3, 5));
    expect(again).toMatchObject({ applied: 0, unchanged: 1, stale: 0, rivals: 2 });
  });

  it('that changed in the same second are told apart by their ids, whatever the order', async () => {
    await upsert(record(2, 5, KEY, 'Two'));
    await upsert(record(1, 5, KEY, 'One'));
    expect(await rows()).toMatchObject([{ last_name: 'One' }]);
    await upsert(record(2, 5, KEY, 'Two'));
    expect(await rows()).toMatchObject([{ last_name: 'One' }]);
  });

  describe('where the one that fills the row leaves', () => {
    const leavings: [string, () => Promise<unknown>][] = [
      ['deleted', () => remove(2, 20)],
      ['archived', () => archive(2, 20)],
      ['sent with another key', () => upsert(record(2, 20, 'new@example.com'))],
      ['sent without a key', () => upsert(record(2, 20, null))],
    ];
    it.each(leavings)(
      'as %s let another one take it, with all its values and its own version',
      async (_how, leave) => {
        await send({
          fields: ALL,
          upserts: [[...record(1, 1, KEY, 'First'), 31, 'a;b', '2026-01-02T03:04:05.678Z', '1234567.89']],
        });
        await upsert(record(2, 9, KEY, 'Second'));
        await leave();
        expect((await rows()).filter((row) => row.email === KEY)).toMatchObject([
          {
            ...{ last_name: 'First', age: 31, topics: ['a', 'b'], balance: '1234567.89' },
            ...{ seen: '2026-01-02T03:04:05.678Z', _salesforce_id: contactId(1) },
            ...{ _source_modstamp: moment(1), _archived_at: null },
          },
        ]);
        expect(await rivalsOf()).toEqual([]);
        // Its versions are its own: one that is older than the other record's last one counts.
        expect(await upsert(record(1, 5, KEY, 'Changed'))).toMatchObject({ applied: 1, stale: 0 });
      },
    );

    it('and another one takes it, an older version of the one that left does not come back', async () => {
      await upsert(record(1, 1), record(2, 9));
      await archive(2, 20);
      expect(await upsert(record(2, 9))).toMatchObject({ applied: 0, rivals: 0, stale: 1 });
      expect(await rivalsOf()).toEqual([]);
      expect(await upsert(record(2, 25, KEY, 'Back'))).toMatchObject({ applied: 1 });
      expect(await rows()).toMatchObject([{ last_name: 'Back' }]);
      expect(await rivalsOf()).toEqual([contactId(1)]);
    });

    it('all in one batch leave no row', async () => {
      await upsert(record(1, 1), record(2, 9));
      await send({
        deletes: [1, 2].map((number) => ({ id: contactId(number), at: moment(20), key: { Email: KEY } })),
      });
      expect(await rows()).toEqual([]);
      expect(await rivalsOf()).toEqual([]);
    });

    it('the one that is refused is passed over, and told', async () => {
      await server.database.pool.query(
        `CREATE UNIQUE INDEX ON "p_${scene.project.toLowerCase()}"."Contact" (last_name)`,
      );
      await upsert(record(1, 1, KEY, 'First'), record(2, 9, KEY, 'Second'), record(3, 5, KEY, 'Third'));
      await upsert(record(4, 6, 'other@example.com', 'Third'));
      const answer = await archive(2, 20);
      expect(answer.rejected).toMatchObject([{ id: contactId(3), code: 'not-unique' }]);
      expect(await rows()).toMatchObject([{ last_name: 'Third' }, { email: KEY, last_name: 'First' }]);
    });
  });

  it('that go to another key are rivals there', async () => {
    await upsert(record(1, 1), record(2, 9), record(3, 30, 'third@example.com'));
    await upsert(record(1, 10, 'third@example.com'));
    await remove(2, 20);
    expect(await rows()).toMatchObject([{ email: 'third@example.com', _salesforce_id: contactId(3) }]);
    await remove(3, 40, 'third@example.com');
    expect(await rows()).toMatchObject([{ email: 'third@example.com', _salesforce_id: contactId(1) }]);
    await upsert(record(1, 50, 'free@example.com'));
    expect(await rows()).toMatchObject([{ email: 'free@example.com' }]);
    expect(await rivalsOf()).toEqual([]);
  });

  it('exchange keys with the rivals of others', async () => {
    await upsert(record(1, 1), record(2, 2), record(3, 1, 'b@example.com'), record(4, 2, 'b@example.com'));
    await upsert(record(2, 5, 'b@example.com'), record(4, 5, KEY));
    expect(await rows()).toMatchObject([
      { email: 'b@example.com', _salesforce_id: contactId(2) },
      { email: KEY, _salesforce_id: contactId(4) },
    ]);
    expect(await rivalsOf()).toEqual([contactId(1), contactId(3)]);
  });

  it('of which one was archived when the other came are that other one, in any version', async () => {
    await upsert(record(1, 5, KEY, 'Archived'));
    await archive(1, 9);
    expect(await upsert(record(2, 1, KEY, 'Older'))).toMatchObject({ applied: 1, stale: 0 });
    expect(await rows()).toMatchObject([{ last_name: 'Older', _archived_at: null }]);
  });

  it('are as many as they are: a storm of five thousand', async () => {
    const storm = Array.from({ length: 5000 }, (_each, index) => record(index + 1, index));
    expect(await upsert(...storm)).toMatchObject({ applied: 1, rivals: 4999 });
    expect(await upsert(...storm)).toMatchObject({ unchanged: 1, rivals: 4999 });
    await remove(5000, 6000);
    expect(await rows()).toMatchObject([{ _salesforce_id: contactId(4999) }]);
    const all = storm.map((each) => ({ id: each[0], at: moment(9000), key: { Email: KEY } }));
    await send({ deletes: all });
    expect(await rows()).toEqual([]);
    expect(await rivalsOf()).toEqual([]);
  }, 60_000);

  it('keep what they hold when columns are renamed, change their type, or go', async () => {
    await send({ fields: ALL, upserts: [[...record(1, 1, KEY, 'First'), 31, 'a;b', moment(0), '5']] });
    await upsert(record(2, 9, KEY, 'Second'));
    const fields = `/v1/admin/projects/${scene.project}/tables/Contact/fields`;
    await admin(server, 'patch', `${fields}/last_name`).send({ name: 'family' }).expect(200);
    await admin(server, 'patch', `${fields}/email`).send({ name: 'address' }).expect(200);
    await admin(server, 'patch', `${fields}/age`).send({ type: 'text', length: 20 }).expect(200);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await remove(2, 20);
    expect(await rows()).toMatchObject([{ address: KEY, family: 'First', age: '31', topics: ['a', 'b'] }]);
  });

  it('are listed with the one that fills the row, and counted', async () => {
    await upsert(record(1, 1), record(2, 9), record(3, 5));
    const list = async (query: string): Promise<unknown> => {
      const path = `/v1/admin/projects/${scene.project}/tables/Contact/duplicates`;
      return (await admin(server, 'get', `${path}?${query}`).expect(200)).body;
    };
    const filledBy = { id: contactId(2), version: moment(9) };
    expect(await list('limit=1')).toMatchObject({
      count: 2,
      duplicates: [{ key: { email: KEY }, filledBy, rival: { id: contactId(1), version: moment(1) } }],
      next: contactId(1),
    });
    expect(await list(`limit=2&after=${contactId(1)}`)).toMatchObject({
      duplicates: [{ filledBy, rival: { id: contactId(3) } }],
      next: null,
    });
    const health = await admin(server, 'get', '/v1/admin/health').expect(200);
    const { connections } = health.body as { connections: { id: string }[] };
    expect(connections.find(({ id }) => id === scene.connectionId)).toMatchObject({ rivals: 2 });
  });

  it('are of the person: handed out with it, and erased with it', async () => {
    await upsert(record(1, 1, KEY, 'Waiting'), record(2, 9));
    const person = `/v1/admin/projects/${scene.project}/persons`;
    const exported = await admin(server, 'post', `${person}/export`).send({ email: KEY }).expect(200);
    expect(JSON.stringify(exported.body)).toContain('Waiting');
    await admin(server, 'post', `${person}/erase`).send({ email: KEY }).expect(200);
    expect(await rivalsOf()).toEqual([]);
    expect(await upsert(record(1, 1, KEY, 'Waiting'))).toMatchObject({ applied: 0, stale: 1 });
  });

  describe('by the table’s rule', () => {
    it('stay with the one that came first', async () => {
      await setRule('first-come');
      await upsert(record(2, 1, KEY, 'First'));
      await upsert(record(1, 9, KEY, 'Second'));
      await upsert(record(3, 5, KEY, 'Third'));
      expect(await rows()).toMatchObject([{ last_name: 'First' }]);
      await remove(2, 20);
      expect(await rows()).toMatchObject([{ last_name: 'Second' }]);
    });

    it('are the oldest record', async () => {
      await setRule('oldest-record');
      await upsert(record(2, 9, KEY, 'Two'), record(3, 12, KEY, 'Three'));
      await upsert(record(1, 1, KEY, 'One'));
      expect(await rows()).toMatchObject([{ last_name: 'One' }]);
      await remove(1, 20);
      expect(await rows()).toMatchObject([{ last_name: 'Two' }]);
    });
  });

  describe('are leads and contacts alike', () => {
    const sendLead = (seconds: number, isConverted: boolean) =>
      send({
        object: 'Lead',
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'IsConverted'],
        upserts: [[leadId(1), moment(seconds), KEY, 'Lead', isConverted]],
      });
    beforeEach(async () => {
      const lead = await admin(server, 'post', '/v1/admin/transfers')
        .send({
          ...{ connection: scene.connectionId, table: 'Contact', object: 'Lead' },
          mapping: [
            { salesforceField: 'Email', column: 'email' },
            { salesforceField: 'LastName', column: 'last_name' },
            { salesforceField: 'IsConverted', column: 'active' },
          ],
        })
        .expect(201);
      const { id } = lead.body as { id: string };
      await admin(server, 'post', `/v1/admin/transfers/${id}/activate`).expect(200);
    });

    it('and a converted lead yields to its contact', async () => {
      await upsert(record(1, 1, KEY, 'Contact'));
      await sendLead(9, false);
      expect(await rows()).toMatchObject([{ last_name: 'Lead' }]);
      await sendLead(20, true);
      expect(await rows()).toMatchObject([{ last_name: 'Contact', _salesforce_id: contactId(1) }]);
      await remove(1, 30);
      expect(await rows()).toMatchObject([{ last_name: 'Lead', _salesforce_id: leadId(1) }]);
    });

    it.each(['first-come', 'latest-change'])('and yields to those that come later: %s', async (rule) => {
      await setRule(rule);
      await sendLead(20, true);
      await upsert(record(1, 9, KEY, 'Contact'));
      expect(await rows()).toMatchObject([{ last_name: 'Contact', _salesforce_id: contactId(1) }]);
      await upsert(record(2, 5, KEY, 'Other'));
      await remove(1, 30);
      expect(await rows()).toMatchObject([{ last_name: 'Other', _salesforce_id: contactId(2) }]);
    });
  });
});
