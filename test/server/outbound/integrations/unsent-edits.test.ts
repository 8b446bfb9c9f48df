import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const NAME = { salesforceField: 'LastName', column: 'last_name' };
const AGE = { salesforceField: 'Age__c', column: 'age' };
const EMAIL = { salesforceField: 'Email', column: 'email' };
const ADDRESS = 'a@example.com';
const WHOLE = { name: 'Test', operations: ['updated'], mapping: [EMAIL, NAME, AGE] };

/** Somebody changes what is sent while edits of both ways' columns wait; then Salesforce says something. */
describe('an edit that will not be sent any more', () => {
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
    id = org.put('Contact', { Email: ADDRESS, LastName: 'A', Age__c: 40 });
    await take('A', 40, 0);
    integration = await activeIntegration(stage.server, scene, 'Contact', WHOLE);
    await sql("UPDATE CONTACT SET last_name = 'B', age = 50");
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    stage.sql<T>(ground, text, values);
  const take = async (name: string, age: number, seconds: number): Promise<void> => {
    const fields = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
    const upserts = [[id, moment(seconds), ADDRESS, name, age]];
    await postBatch(stage.server, token, { fields, upserts }).expect(200);
  };
  const conflicts = async (): Promise<object[]> => {
    const path = `/v1/admin/projects/${scene.project}/conflicts`;
    const listed = await admin(stage.server, 'get', path).expect(200);
    return (listed.body as { conflicts: object[] }).conflicts;
  };
  const row = async (): Promise<object | undefined> => (await rowsOf(stage.server, scene))[0];
  const lost = (column: string, base: unknown, projectValue: unknown): object => ({
    ...{ column, base, projectValue, salesforceValue: base },
    ...{ recordId: id, winner: 'salesforce', rule: 'not-sent', key: { email: ADDRESS }, integration },
  });
  /** Changes an integration that is paused: no org is asked. */
  const redefine = async (change: object): Promise<void> => {
    await sql("UPDATE di.integration SET status = 'paused' WHERE id = $1", [integration]);
    await admin(stage.server, 'put', `/v1/admin/integrations/${integration}`)
      .send({ ...WHOLE, ...change })
      .expect(200);
    await sql("UPDATE di.integration SET status = 'active' WHERE id = $1", [integration]);
  };

  it('since its column was taken out is kept as a conflict, and the others are sent', async () => {
    await redefine({ mapping: [EMAIL, AGE] });
    expect(await conflicts()).toMatchObject([lost('last_name', 'A', 'B')]);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'A', Age__c: 50 });
    expect(await outboxOf(stage.server, integration)).toEqual([]);
    await take('C', 50, 2);
    expect(await row()).toMatchObject({ last_name: 'C', age: 50 });
    expect(await conflicts()).toHaveLength(1);
  });

  it('is not sent either where its column comes back later', async () => {
    await redefine({ mapping: [EMAIL, AGE] });
    await redefine({ mapping: [EMAIL, NAME, AGE] });
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'A', Age__c: 50 });
  });

  it.each([
    ['its field is another one', { mapping: [EMAIL, { ...NAME, salesforceField: 'FirstName' }, AGE] }],
    ['its field is filled of new records only', { mapping: [EMAIL, { ...NAME, on: 'create' }, AGE] }],
  ])('since %s is kept as a conflict', async (_why, change) => {
    await redefine(change);
    expect(await conflicts()).toMatchObject([lost('last_name', 'A', 'B')]);
  });

  it.each([
    [
      'changes are not sent any more',
      () => redefine({ operations: ['created'], matching: { by: 'external-id', field: 'DI_Id__c' } }),
    ],
    [
      'the integration is archived',
      () => admin(stage.server, 'post', `/v1/admin/integrations/${integration}/archive`).expect(200),
    ],
    [
      'it was given up, and is discarded',
      async () => {
        await sql("UPDATE di.delivery SET state = 'dead', last_code = 'REFUSED'");
        await admin(stage.server, 'post', '/v1/admin/deliveries/discard').send({ integration }).expect(200);
      },
    ],
  ])('since %s is kept as a conflict, whatever of it there was', async (_why, end) => {
    await end();
    const all = [lost('age', 40, 50), lost('last_name', 'A', 'B')];
    expect((await conflicts()).reverse()).toMatchObject(all);
    await stage.deliver();
    await take('C', 41, 2);
    expect(await row()).toMatchObject({ last_name: 'C', age: 41 });
    expect(await conflicts()).toHaveLength(2);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('is none where its column does not come from Salesforce: it stays, and is sent', async () => {
    const without = (seconds: number) =>
      postBatch(stage.server, token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'Age__c'],
        upserts: [[id, moment(seconds), ADDRESS, 40]],
      }).expect(200);
    // The plugin stops sending the field first.
    await without(2);
    await admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping: [EMAIL, AGE] })
      .expect(200);
    await without(3);
    expect(await row()).toMatchObject({ last_name: 'B', age: 50 });
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B', Age__c: 50 });
    expect(await conflicts()).toEqual([]);
  });
});
