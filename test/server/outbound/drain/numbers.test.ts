import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { orgField, type OrgDouble } from '../../support/org-double.ts';
import { admin, type Scene } from '../../support/test-server.ts';

/** Amounts of the project on their way to fields that show fewer digits, or hold more than a float does. */
describe('a number on its way to an org', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ({ scene, ground, org } = await setStage(stage));
    for (const field of [
      { name: 'amount', type: 'decimal', precision: 30, scale: 10 },
      { name: 'points', type: 'integer' },
    ])
      await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
        .send(field)
        .expect(201);
    await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    const contact = await org.describe('Contact');
    const wider = {
      ...contact,
      fields: [
        ...contact.fields,
        orgField('Amount__c', { type: 'currency', precision: 18, scale: 2 }),
        orgField('Points__c', { type: 'double', precision: 18, scale: 0 }),
        orgField('AmountText__c'),
      ],
    };
    org.objects.set('contact', wider);
    await keepObject(stage.server.database.knex, scene.connectionId, wider);
  });

  const integrate = (decimals?: 'round' | 'refuse'): Promise<string> =>
    activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created'],
      matching: { by: 'external-id', field: 'DI_Id__c' },
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
        { salesforceField: 'Amount__c', column: 'amount', ...(decimals && { decimals }) },
        { salesforceField: 'Points__c', column: 'points' },
        { salesforceField: 'AmountText__c', column: 'amount' },
      ],
    });
  const insert = (amount: string, points = '1'): Promise<object[]> =>
    stage.sql(
      ground,
      "INSERT INTO CONTACT (email, last_name, amount, points) VALUES ('a@example.com', 'A', $1::numeric, $2::bigint)",
      [amount, points],
    );

  it.each([
    ['33.333333333', 33.33],
    ['0.005', 0.01],
    ['-2.345', -2.35],
    ['12.5', 12.5],
    ['1234567890123456.78', '1234567890123456.78'],
    ['1234567890123456.785', '1234567890123456.79'],
  ])('is written as its field shows it: %s', async (amount, written) => {
    await integrate();
    await insert(amount);
    await stage.deliver();
    expect(org.records('Contact')).toMatchObject([{ Amount__c: written }]);
  });

  it('keeps every digit that its field takes, of a whole number and of text too', async () => {
    await integrate();
    await insert('1234567890123456.7812345678', '999999999999999999');
    await stage.deliver();
    expect(org.records('Contact')).toMatchObject([
      { Points__c: '999999999999999999', AmountText__c: '1234567890123456.7812345678' },
    ]);
  });

  it('is given up by name where the mapping has it refused, and goes where it fits', async () => {
    const id = await integrate('refuse');
    await insert('33.333');
    await stage.deliver();
    expect(await outboxOf(stage.server, id)).toMatchObject([
      {
        state: 'dead',
        code: 'invalid-value',
        message: expect.stringContaining('Amount__c shows 2 digits after the point') as string,
      },
    ]);
    await stage.sql(ground, 'UPDATE CONTACT SET amount = 33.33');
    await stage.sql(
      ground,
      "UPDATE di.delivery SET state = 'pending', due_at = now() WHERE integration_id = $1",
      [id],
    );
    await stage.deliver();
    expect(org.records('Contact')).toMatchObject([{ Amount__c: 33.33 }]);
  });
});
