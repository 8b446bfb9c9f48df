import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
const ANNA = 'anna@example.com';
const BERT = 'bert@example.com';
const NEW = 'new@example.com';

/** Rows with changes that wait to be sent, whose records go to other keys. */
describe('what waits to be sent of a row', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let integration: string;
  /** Records in the order of their ids. */
  let anna: string;
  let bert: string;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ({ scene, ground, org } = await setStage(stage));
    token = await authorizedToken(stage.server, scene);
    org.clock = () => moment(0);
    anna = org.put('Contact', { Email: ANNA, LastName: 'Anna', Age__c: 40 });
    bert = org.put('Contact', { Email: BERT, LastName: 'Bert', Age__c: 30 });
    await send([anna, 0, ANNA, 'Anna', 40], [bert, 0, BERT, 'Bert', 30]);
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['updated'],
      mapping: [
        { salesforceField: 'LastName', column: 'last_name' },
        { salesforceField: 'Age__c', column: 'age' },
      ],
    });
  });

  type Version = [id: string, second: number, email: string, name: string, age: number];
  const post = (upserts: readonly Version[], deletes: readonly object[] = []) =>
    postBatch(stage.server, token, {
      fields: FIELDS,
      upserts: upserts.map(([id, second, ...values]) => [id, moment(second), ...values]),
      deletes,
    }).expect(200);
  const send = (...upserts: Version[]): Promise<unknown> => Promise.resolve(post(upserts));
  const remove = (id: string, second: number, email: string): Promise<unknown> =>
    Promise.resolve(post([], [{ id, at: moment(second), key: { Email: email } }]));
  const edit = (email: string, change: string): Promise<object[]> =>
    stage.sql(ground, `UPDATE CONTACT SET ${change} WHERE email = '${email}'`);
  const rows = async (): Promise<unknown[]> =>
    (await rowsOf(stage.server, scene)).map((row) => [
      row.email,
      row.last_name,
      Number(row.age),
      row._salesforce_id,
    ]);
  const inOrg = (id: string): unknown[] => {
    const record = org.record(id);
    return [record?.LastName, record?.Age__c];
  };
  const conflicts = (): Promise<object[]> =>
    stage.sql(
      ground,
      `SELECT column_name AS column, base, project_value AS project, salesforce_value AS salesforce, winner
       FROM di.conflict WHERE table_id = $1 ORDER BY id`,
      [ground.tableId],
    );
  const setRule = (rivals: string): Promise<unknown> =>
    Promise.resolve(
      admin(stage.server, 'patch', `/v1/admin/projects/${scene.project}/tables/Contact`)
        .send({ rivals })
        .expect(200),
    );
  const waits = async (): Promise<number> => (await outboxOf(stage.server, integration)).length;

  it('goes along with its record into the row of another one, before what waits there', async () => {
    await edit(ANNA, "last_name = 'A1'");
    await edit(BERT, "last_name = 'B1', age = 31");
    await send([anna, 1, BERT, 'Anna', 40]);
    expect(await rows()).toEqual([[BERT, 'A1', 31, anna]]);
    expect(await conflicts()).toEqual([
      { column: 'age', base: 30, project: 31, salesforce: 40, winner: 'project' },
      { column: 'last_name', base: 'Bert', project: 'B1', salesforce: 'A1', winner: 'salesforce' },
    ]);
    await stage.deliver();
    expect([inOrg(anna), inOrg(bert), await waits()]).toEqual([['A1', 31], ['Bert', 30], 0]);
  });

  it('goes along where both rows were sent before, and know their records', async () => {
    await edit(ANNA, 'age = 41');
    await edit(BERT, 'age = 31');
    await stage.deliver();
    await edit(ANNA, "last_name = 'A1'");
    await send([anna, 1, BERT, 'Anna', 41]);
    await stage.deliver();
    expect([inOrg(anna), inOrg(bert), await waits()]).toEqual([['A1', 41], ['Bert', 31], 0]);
  });

  it('is seen by the next batch, where nothing had waited of the row that it went into', async () => {
    await edit(ANNA, "last_name = 'A1'");
    await send([anna, 1, BERT, 'Anna', 40]);
    await send([anna, 2, BERT, 'Anna', 41]);
    expect(await rows()).toEqual([[BERT, 'A1', 41, anna]]);
    await stage.deliver();
    expect([inOrg(anna), await waits(), await conflicts()]).toEqual([['A1', 40], 0, []]);
  });

  it('goes along into a row that no record fills, beside what waits there', async () => {
    await stage.sql(ground, `INSERT INTO CONTACT (email, last_name, age) VALUES ('${NEW}', 'New', 20)`);
    await edit(ANNA, "last_name = 'A1'");
    await send([anna, 1, NEW, 'Anna', 40]);
    expect(await rows()).toEqual([
      [BERT, 'Bert', 30, bert],
      [NEW, 'A1', 40, anna],
    ]);
    await stage.deliver();
    expect([inOrg(anna), await waits()]).toEqual([['A1', 40], 0]);
  });

  it('ends as a conflict where its record has no row any more', async () => {
    await setRule('first-come');
    await edit(ANNA, "last_name = 'A1', age = 44");
    await send([anna, 1, BERT, 'Anna', 40]);
    expect(await rows()).toEqual([[BERT, 'Bert', 30, bert]]);
    expect(await conflicts()).toMatchObject([
      { column: 'age', base: 40, project: 44, salesforce: 40, winner: 'salesforce' },
      { column: 'last_name', base: 'Anna', project: 'A1', salesforce: 'Anna', winner: 'salesforce' },
    ]);
    // What Salesforce says of the row's record is taken, and nothing is sent to anybody.
    await send([bert, 2, BERT, 'Bert', 33]);
    await stage.deliver();
    expect([inOrg(anna), inOrg(bert), await waits()]).toEqual([['Anna', 40], ['Bert', 30], 0]);
    // Its record comes back as it is in Salesforce.
    await remove(bert, 3, BERT);
    expect(await rows()).toEqual([[BERT, 'Anna', 40, anna]]);
  });

  it('stays with the row where a rival takes it, and is sent to that one', async () => {
    const rival = org.put('Contact', { Email: ANNA, LastName: 'Rival', Age__c: 50 });
    await setRule('first-come');
    await send([rival, 0, ANNA, 'Rival', 50]);
    await edit(ANNA, "last_name = 'A1'");
    await send([anna, 1, NEW, 'Anna', 40]);
    expect(await rows()).toEqual([
      [ANNA, 'A1', 50, rival],
      [BERT, 'Bert', 30, bert],
      [NEW, 'Anna', 40, anna],
    ]);
    await stage.deliver();
    expect([inOrg(anna), inOrg(rival), await waits()]).toEqual([['Anna', 40], ['A1', 50], 0]);
  });

  it('is none where it was taken back: a rival that takes the row brings its own value', async () => {
    const rival = org.put('Contact', { Email: ANNA, LastName: 'Rival', Age__c: 50 });
    await setRule('first-come');
    await send([rival, 0, ANNA, 'Rival', 50]);
    await edit(ANNA, "last_name = 'A1'");
    await edit(ANNA, "last_name = 'Anna'");
    await remove(anna, 1, ANNA);
    expect(await rows()).toEqual([
      [ANNA, 'Rival', 50, rival],
      [BERT, 'Bert', 30, bert],
    ]);
    await stage.deliver();
    expect([inOrg(rival), await waits()]).toEqual([['Rival', 50], 0]);
  });

  it('is nothing that its record says: a rival comes back with what Salesforce has', async () => {
    await edit(BERT, "last_name = 'B1'");
    await send([anna, 1, BERT, 'Anna', 40]);
    await stage.deliver();
    expect(inOrg(bert)).toEqual(['Bert', 30]);
    await remove(anna, 2, BERT);
    expect(await rows()).toEqual([[BERT, 'Bert', 30, bert]]);
  });

  it('is sent when one of several records of its address takes the row', async () => {
    const [one, other] = ['One', 'Other'].map((name) =>
      org.put('Contact', { Email: NEW, LastName: name, Age__c: 1 }),
    );
    const made = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created'],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'refuse' },
      mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
    });
    await stage.sql(ground, `INSERT INTO CONTACT (email, last_name, age) VALUES ('${NEW}', 'New', 20)`);
    await stage.deliver();
    expect(await outboxOf(stage.server, made)).toMatchObject([{ state: 'dead', code: 'several-records' }]);
    await send([one ?? '', 1, NEW, 'One', 1]);
    await stage.deliver();
    expect([await outboxOf(stage.server, made), inOrg(one ?? ''), inOrg(other ?? '')]).toEqual([
      [],
      ['New', 1],
      ['Other', 1],
    ]);
  });

  it('is not written to the record of another row, by whose old address it is found', async () => {
    const both = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created', 'updated'],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'refuse' },
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
    });
    await edit(ANNA, `email = '${NEW}'`);
    await stage.sql(
      ground,
      `INSERT INTO CONTACT (email, last_name, age) VALUES ('${ANNA}', 'Other Anna', 20)`,
    );
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    expect(org.records('Contact').map(({ Email, LastName }) => [Email, LastName])).toEqual([
      [NEW, 'Anna'],
      [BERT, 'Bert'],
      [ANNA, 'Other Anna'],
    ]);
    expect(await outboxOf(stage.server, both)).toEqual([]);
  });

  describe('where it is the key', () => {
    beforeEach(async () => {
      await activeIntegration(stage.server, scene, 'Contact', {
        operations: ['updated'],
        mapping: [{ salesforceField: 'Email', column: 'email' }],
      });
      await edit(ANNA, `email = '${NEW}'`);
    });

    it('is not taken for the one that the record came with, beside another record of that', async () => {
      const other = org.put('Contact', { Email: ANNA, LastName: 'Other', Age__c: 1 });
      await send([anna, 1, ANNA, 'Anna', 41], [other, 2, ANNA, 'Other', 1]);
      expect(await rows()).toEqual([
        [ANNA, 'Other', 1, other],
        [BERT, 'Bert', 30, bert],
        [NEW, 'Anna', 41, anna],
      ]);
    });

    it('keeps the row, until it was sent, from a later record of the new key', async () => {
      const other = org.put('Contact', { Email: NEW, LastName: 'Other', Age__c: 1 });
      await send([other, 9, NEW, 'Other', 1]);
      await stage.deliver();
      expect(org.record(anna)?.Email).toBe(NEW);
      await send([anna, 10, NEW, 'Anna', 40]);
      expect(await rows()).toEqual([
        [BERT, 'Bert', 30, bert],
        [NEW, 'Anna', 40, anna],
      ]);
      await remove(anna, 11, NEW);
      expect(await rows()).toEqual([
        [BERT, 'Bert', 30, bert],
        [NEW, 'Other', 1, other],
      ]);
    });
  });

  it('is sent to the record that has the row now, not to the one that it was linked to', async () => {
    await edit(BERT, "last_name = 'B1'");
    await stage.deliver();
    expect(inOrg(bert)).toEqual(['B1', 30]);
    await send([anna, 1, BERT, 'Anna', 40]);
    await edit(BERT, 'age = 45');
    await stage.deliver();
    expect([inOrg(anna), inOrg(bert), await waits()]).toEqual([['Anna', 45], ['B1', 30], 0]);
  });
});
