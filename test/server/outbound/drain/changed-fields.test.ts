import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, type Scene } from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
  { salesforceField: 'Tier__c', column: 'tier' },
];
const UPDATES = { operations: ['updated'], mapping: MAPPING };
const BY_EMAIL = {
  operations: ['created', 'updated'],
  mapping: MAPPING,
  matching: { by: 'lookup', field: 'Email', column: 'email' },
};

/** Somebody in Salesforce may have changed any field that DI has not. */
describe('an update of a record', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let id: string;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ({ scene, ground, org } = await setStage(stage));
    id = org.put('Contact', { Email: 'a@example.com', LastName: 'A', Age__c: 40, Tier__c: 'gold' });
    await sql(
      "INSERT INTO CONTACT (email, last_name, age, tier, _salesforce_id) VALUES ('a@example.com', 'A', 40, 'gold', $1)",
      [id],
    );
  });

  const sql = (text: string, values: unknown[] = []): Promise<object[]> => stage.sql(ground, text, values);
  const integrate = (definition: object): Promise<string> =>
    activeIntegration(stage.server, scene, 'Contact', definition);

  it('sends the fields that changed, and leaves alone what somebody in Salesforce has changed', async () => {
    await integrate(UPDATES);
    Object.assign(org.record(id) ?? {}, { Age__c: 41 });
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await sql("UPDATE CONTACT SET tier = 'silver'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B', Tier__c: 'silver', Age__c: 41 });
  });

  it('sends nothing of what is as it was', async () => {
    const integration = await integrate(UPDATES);
    await sql("UPDATE CONTACT SET last_name = 'B', age = NULL");
    await sql("UPDATE CONTACT SET last_name = 'A', age = 40");
    await stage.deliver();
    expect(org.calls.write).toBe(0);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('sends what changes while it is being sent, and no more of it', async () => {
    const integration = await integrate(UPDATES);
    const names = ['C', 'B'];
    org.beforeWrite = async () => {
      const name = names.shift();
      if (name === undefined) return;
      Object.assign(org.record(id) ?? {}, { Age__c: 41 });
      await sql('UPDATE CONTACT SET last_name = $1', [name]);
    };
    await sql("UPDATE CONTACT SET last_name = 'B', age = 50");
    await stage.deliver();
    // B was sent, C while B was being sent, and B again while C was.
    expect(org.record(id)).toMatchObject({ LastName: 'B', Age__c: 41 });
    expect(org.calls.write).toBe(3);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('sends what a record lacks, and not what it has beyond, where the record of a new row is there', async () => {
    await integrate(BY_EMAIL);
    const there = org.put('Contact', { Email: 'there@example.com', LastName: 'Old', Age__c: 7 });
    await sql("INSERT INTO CONTACT (email, last_name) VALUES ('there@example.com', 'New')");
    await stage.deliver();
    expect(org.record(there)).toMatchObject({ LastName: 'New', Age__c: 7 });
  });

  it('sends the new key of a row, and nothing else of it', async () => {
    await integrate(UPDATES);
    Object.assign(org.record(id) ?? {}, { Age__c: 41 });
    await admin(
      stage.server,
      'patch',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows/a@example.com?overridesSalesforce=true`,
    )
      .send({ email: 'b@example.com' })
      .expect(200);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Email: 'b@example.com', Age__c: 41 });
  });

  it('sends a number whose digits a float would lose', async () => {
    await sql('UPDATE CONTACT SET age = 9007199254740992');
    await integrate({ ...UPDATES, mapping: [{ salesforceField: 'LastName', column: 'age' }] });
    await sql('UPDATE CONTACT SET age = 9007199254740993');
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: '9007199254740993' });
  });

  it('knows what changed by whatever name the column has at the end', async () => {
    await integrate(UPDATES);
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await stage.server.database.pool.query(
      `UPDATE di.table_field SET name = 'family_name' WHERE table_id = $1 AND name = 'last_name'`,
      [ground.tableId],
    );
    await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B' });
  });
});
