import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const ANNA = 'anna@example.com';

/** A contact and a lead of one address, in one table: what waits of its row is for the one that has it. */
describe('what waits to be sent of a row that contacts and leads share', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let ofContacts: string;
  let ofLeads: string;
  let contact: string;
  let lead: string;
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
    contact = org.put('Contact', { Email: ANNA, LastName: 'Anna', Age__c: 40 });
    lead = org.put('Lead', { Email: ANNA, LastName: 'Lead', Age__c: 1, IsConverted: false });
    const made = await admin(stage.server, 'post', '/v1/admin/transfers')
      .send({
        ...{ connection: scene.connectionId, table: 'Contact', object: 'Lead' },
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
      })
      .expect(201);
    const { id } = made.body as { id: string };
    await admin(stage.server, 'post', `/v1/admin/transfers/${id}/activate`).expect(200);
    const mapping = [{ salesforceField: 'LastName', column: 'last_name' }];
    ofContacts = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['updated'],
      mapping,
    });
    ofLeads = await activeIntegration(stage.server, scene, 'Lead', { operations: ['updated'], mapping });
    await send('Contact', contact, 0, 'Anna');
  });

  const send = (object: string, id: string, second: number, name: string): Promise<unknown> =>
    Promise.resolve(
      postBatch(stage.server, token, {
        object,
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: [[id, moment(second), ANNA, name]],
      }).expect(200),
    );
  const edit = (): Promise<object[]> =>
    stage.sql(ground, `UPDATE CONTACT SET last_name = 'A1' WHERE email = '${ANNA}'`);
  const setStatus = (integration: string, status: string): Promise<object[]> =>
    stage.sql(ground, 'UPDATE di.integration SET status = $1 WHERE id = $2', [status, integration]);
  const names = (): unknown[] => [contact, lead].map((id) => org.record(id)?.LastName);
  const waiting = async (): Promise<number> =>
    (await outboxOf(stage.server, ofContacts)).length + (await outboxOf(stage.server, ofLeads)).length;

  it('is the lead’s where that has it, and the contact hears nothing', async () => {
    await send('Lead', lead, 9, 'Lead');
    await edit();
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    expect([names(), await waiting()]).toEqual([['Anna', 'A1'], 0]);
  });

  it('is the contact’s again where the row comes back before the lead was told', async () => {
    await edit();
    await setStatus(ofLeads, 'paused');
    await send('Lead', lead, 9, 'Lead');
    await stage.deliver();
    expect(await outboxOf(stage.server, ofContacts)).toMatchObject([
      { state: 'pending', code: 'record-of-another-object' },
    ]);
    await send('Contact', contact, 10, 'Anna');
    expect(await rowsOf(stage.server, scene)).toMatchObject([{ last_name: 'A1', _salesforce_id: contact }]);
    await setStatus(ofLeads, 'active');
    await stage.letTimePass();
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    expect([names(), await waiting()]).toEqual([['A1', 'Lead'], 0]);
  });
});
