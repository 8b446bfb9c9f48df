import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import {
  activeIntegration,
  createOptIn,
  outboxOf,
  setConsent,
  type Ground,
} from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { orgField, type OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, postBatch, type Scene } from '../../support/test-server.ts';

const EMAIL = 'out@example.com';

/** `Active__c` stands for HasOptedOutOfEmail: the transfer brings it, and the integration writes it. */
describe('what an org says', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let integration: string;
  let contact: string;
  beforeAll(async () => {
    stage = await startDeliveryStage();
    ({ scene, ground, org } = await setStage(stage));
    const described = await org.describe('Contact');
    const withField = { ...described, fields: [...described.fields, orgField('Active__c')] };
    org.objects.set('contact', withField);
    await keepObject(stage.server.database.knex, scene.connectionId, withField);
    await admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/consent`)
      .send({ consent: [{ salesforceField: 'Active__c', optIn: null, withdrawsWhen: true }] })
      .expect(200);
    const news = await createOptIn(stage.server, ground, 'news');
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['consent'],
      optInFields: [
        { optIn: null, field: 'Active__c', trueWhen: 'withdrawn' },
        { optIn: 'news', field: 'News__c', trueWhen: 'granted' },
      ],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    contact = org.put('Contact', { Email: EMAIL, LastName: 'Out', Active__c: false });
    await setConsent(stage.server, ground, news, [EMAIL], 'granted');
    await stage.deliver();
  });
  afterAll(() => stage.server.close());

  it('of an opt-out in one field reaches its other fields by one write, and then there is silence', async () => {
    expect(org.record(contact)).toMatchObject({ Active__c: false, News__c: true });
    Object.assign(org.record(contact) ?? {}, { Active__c: true });
    const token = await authorizedToken(stage.server, scene);
    const said = (at: Date) =>
      postBatch(stage.server, token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'Active__c'],
        upserts: [[contact, at.toISOString(), EMAIL, true]],
      }).expect(200);
    const before = org.calls.write;
    await said(new Date());
    await stage.deliver();
    expect(org.record(contact)).toMatchObject({ Active__c: true, News__c: false });
    expect(org.calls.write).toBe(before + 1);
    // The org tells of the record again, since another of its fields has changed.
    await said(new Date());
    await stage.deliver();
    expect(org.calls.write).toBe(before + 1);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('of a refusal is kept, whatever characters it is said in', async () => {
    const people = ['bad@example.com', 'good@example.com'];
    const offers = await createOptIn(stage.server, ground, 'offers');
    for (const Email of people) org.put('Contact', { Email, LastName: 'P', Active__c: false });
    org.refuse = (_operation, { Id }) =>
      org.record(String(Id))?.Email === 'bad@example.com'
        ? { code: 'CUSTOM\0CODE', message: 'not \0 this \ud800', fields: [] }
        : null;
    await setConsent(stage.server, ground, offers, people, 'withdrawn');
    await stage.deliver();
    expect(await outboxOf(stage.server, integration)).toMatchObject([
      {
        email: 'bad@example.com',
        state: 'dead',
        code: 'CUSTOM\uFFFDCODE',
        message: 'not \uFFFD this \uFFFD',
      },
    ]);
  });
});
