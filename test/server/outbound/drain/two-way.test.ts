import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definitionSchema } from '../../../../server/src/outbound/integrations/integration-schema.ts';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];
const EMAIL = 'a@example.com';
const LATER = new Date(Date.now() + 3_600_000).toISOString();

/** What Salesforce has changed has not come yet when the project's change is sent. */
describe('a change of what comes and goes both ways', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let id: string;
  let integration: string;
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
    org.clock = () => moment(1);
    id = org.put('Contact', { Email: EMAIL, LastName: 'A', Age__c: 40 });
    await take([[id, moment(0), EMAIL, 'A', 40]]);
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['updated'],
      mapping: MAPPING,
    });
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    stage.sql<T>(ground, text, values);
  const take = async (upserts: readonly unknown[][]): Promise<void> => {
    const fields = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
    await postBatch(stage.server, token, { fields, upserts }).expect(200);
  };
  const archive = async (): Promise<void> => {
    await postBatch(stage.server, token, { archives: [[id, moment(2)]] }).expect(200);
  };
  const inSalesforce = (change: object): object => Object.assign(org.record(id) ?? {}, change);
  const row = async (): Promise<Record<string, unknown> | undefined> =>
    (await rowsOf(stage.server, scene)).find((each) => each.email === EMAIL);
  const conflicts = (): Promise<object[]> =>
    sql(
      `SELECT column_name AS column, project_value AS project, salesforce_value AS salesforce, winner
       FROM di.conflict WHERE table_id = $1 ORDER BY id`,
      [ground.tableId],
    );
  const isDone = async (): Promise<void> => {
    expect(await outboxOf(stage.server, integration)).toEqual([]);
    expect(await sql('SELECT FROM CONTACT WHERE _edited_at IS NOT NULL')).toEqual([]);
  };

  it('takes along what somebody in Salesforce has changed of the record', async () => {
    await sql("UPDATE CONTACT SET last_name = 'B'");
    inSalesforce({ Age__c: 41, SystemModstamp: moment(2) });
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B', Age__c: 41 });
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it('is not written over a later one of the same field', async () => {
    await sql("UPDATE CONTACT SET last_name = 'B', age = 50");
    inSalesforce({ LastName: 'S', SystemModstamp: LATER });
    org.clock = () => LATER;
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'S', Age__c: 50 });
    expect(await row()).toMatchObject({ last_name: 'S', age: 50 });
    expect(await conflicts()).toEqual([
      { column: 'last_name', project: 'B', salesforce: 'S', winner: 'salesforce' },
    ]);
    await isDone();
  });

  it.each([
    { onConflict: 'project', modstamp: LATER, winner: 'B' },
    { onConflict: 'salesforce', modstamp: moment(2), winner: 'S' },
  ])('wins or not as the field says: $onConflict', async ({ onConflict, modstamp, winner }) => {
    await stage.server.database.pool.query('UPDATE di.integration SET mapping = $2 WHERE id = $1', [
      integration,
      JSON.stringify(
        definitionSchema.parse({
          name: 'Test',
          operations: ['updated'],
          mapping: [{ salesforceField: 'LastName', column: 'last_name', onConflict }],
        }).mapping,
      ),
    ]);
    await sql("UPDATE CONTACT SET last_name = 'B'");
    inSalesforce({ LastName: 'S', SystemModstamp: modstamp });
    org.clock = () => LATER;
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: winner });
    expect(await row()).toMatchObject({ last_name: winner });
    expect(await conflicts()).toMatchObject([{ column: 'last_name', project: 'B', salesforce: 'S' }]);
    const listed = await admin(
      stage.server,
      'get',
      `/v1/admin/projects/${scene.project}/conflicts?recordId=${id.slice(0, 15)}`,
    ).expect(200);
    expect(listed.body).toMatchObject({
      conflicts: [{ recordId: id, key: { email: EMAIL }, base: 'A', rule: onConflict }],
      next: null,
    });
    await isDone();
  });

  it('of a record that was deleted before it was sent is on record when the record comes back', async () => {
    await sql("UPDATE CONTACT SET last_name = 'B', age = 40");
    await archive();
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'A' });
    const lost = { column: 'last_name', project: 'B', salesforce: null, winner: 'salesforce' };
    expect(await conflicts()).toEqual([lost]);
    await take([[id, moment(3), EMAIL, 'A', 40]]);
    expect(await row()).toMatchObject({ last_name: 'A' });
    expect(await conflicts()).toEqual([lost]);
    const listed = await admin(
      stage.server,
      'get',
      `/v1/admin/projects/${scene.project}/conflicts?recordId=${id}`,
    ).expect(200);
    expect(listed.body).toMatchObject({ conflicts: [{ base: 'A', field: 'LastName', rule: 'archived' }] });
    await isDone();
  });

  it('is sent where the record comes back before', async () => {
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await archive();
    await take([[id, moment(3), EMAIL, 'A', 40]]);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B' });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it('becomes in the table what the org makes of it', async () => {
    await sql("UPDATE CONTACT SET last_name = 'b'");
    org.afterWrite = () => Promise.resolve(void inSalesforce({ LastName: 'B', Age__c: 41 }));
    await stage.deliver();
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
    expect(org.calls).toMatchObject({ query: 2, write: 1 });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it('stays, where it is made while an earlier one is on its way', async () => {
    const names = ['C'];
    org.beforeWrite = async () => {
      const name = names.shift();
      if (name !== undefined) await sql('UPDATE CONTACT SET last_name = $1', [name]);
    };
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'C' });
    expect(await row()).toMatchObject({ last_name: 'C' });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it('stays, where the org makes something else of the earlier one', async () => {
    const names = ['C'];
    org.clock = () => LATER;
    org.afterWrite = async () => {
      const name = names.shift();
      if (name === undefined) return;
      inSalesforce({ LastName: 'B.' });
      await sql('UPDATE CONTACT SET last_name = $1', [name]);
    };
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'C' });
    expect(await row()).toMatchObject({ last_name: 'C' });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it('comes to the same where the answer to its writing was lost', async () => {
    await sql("UPDATE CONTACT SET last_name = 'B'");
    let isLost = true;
    org.afterWrite = () => {
      const wasLost = isLost;
      isLost = false;
      return wasLost ? Promise.reject(new Error('The connection broke.')) : Promise.resolve();
    };
    await expect(stage.deliver()).rejects.toThrow('broke');
    await stage.letTimePass();
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B' });
    expect(org.calls.write).toBe(1);
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it.each([
    { when: 'before it is written', event: 'beforeRead' as const, writes: 0 },
    { when: 'after it was written', event: 'afterWrite' as const, writes: 1 },
  ])('waits where the transfer is being changed $when', async ({ event, writes }) => {
    const change = (): Promise<object[]> => sql('UPDATE di.transfer SET version = version + 1');
    const find = stage.targets.find.bind(stage.targets);
    const changing: typeof find = async (...wanted) => {
      const target = await find(...wanted);
      await change();
      return target;
    };
    const begin = (): void => void (stage.targets.find = changing);
    if (event === 'beforeRead') begin();
    org.clock = () => LATER;
    org.afterWrite = () => {
      inSalesforce({ LastName: 'B.' });
      if (event === 'afterWrite') begin();
      return Promise.resolve();
    };
    await sql("UPDATE CONTACT SET last_name = 'B'");
    inSalesforce({ Age__c: 41, SystemModstamp: moment(2) });
    await expect(stage.deliver()).rejects.toThrow('being changed');
    expect(org.calls.write).toBe(writes);
    stage.targets.find = find;
    await stage.letTimePass();
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B.', Age__c: 41 });
    expect(await row()).toMatchObject({ last_name: 'B.', age: 41 });
    expect(await conflicts()).toEqual([]);
    await isDone();
  });

  it.each([
    { what: 'archived before it is sent', event: 'beforeRead' as const, archives: true, left: [false] },
    { what: 'archived while it is sent', event: 'afterWrite' as const, archives: true, left: [false] },
    { what: 'deleted while it is sent', event: 'afterWrite' as const, archives: false, left: [] },
  ])('brings no row back that is $what', async ({ event, archives, left }) => {
    const leave = async (): Promise<void> => {
      if (archives) await archive();
      else await sql('DELETE FROM CONTACT');
    };
    org.clock = () => LATER;
    await sql("UPDATE CONTACT SET last_name = 'B'");
    inSalesforce({ Age__c: 41, SystemModstamp: moment(2) });
    if (event === 'beforeRead') await leave();
    else org.afterWrite = leave;
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    expect(await sql('SELECT _archived_at IS NULL AS live FROM CONTACT')).toEqual(
      left.map((live) => ({ live })),
    );
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('costs a look before and one after for two thousand, beside the writing', async () => {
    const people = Array.from({ length: 2000 }, (_, number) => `p${number}@example.com`);
    const upserts = people.map((Email) => [
      org.put('Contact', { Email, LastName: 'A', Age__c: 40 }),
      moment(0),
      Email,
      'A',
      40,
    ]);
    await take(upserts);
    await stage.server.database.pool.query(
      `UPDATE di.integration SET settings = settings || '{"bulkThreshold": 1000000}' WHERE id = $1`,
      [integration],
    );
    const before = org.callsMade;
    await sql("UPDATE CONTACT SET last_name = 'B' WHERE email <> $1", [EMAIL]);
    await stage.deliver();
    expect(org.callsMade - before).toBe(12);
    await isDone();
  });
});
