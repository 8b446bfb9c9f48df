import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import { activeIntegration, outboxOf } from '../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../support/delivery-stage.ts';
import type { OrgDouble } from '../support/org-double.ts';
import { addRows, createTable, erase } from '../support/persons.ts';
import { authorizedToken, postBatch, type Scene } from '../support/test-server.ts';

const ANN = { email: 'ann@example.com' };
const BOB = { email: 'bob@example.com' };

describe('toward Salesforce, a person who is erased', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let org: OrgDouble;
  let integration: string;
  let ids: { readonly ann: string; readonly bob: string };
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, org } = await setStage(stage));
    await createOptIn(stage.server, scene);
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created', 'updated', 'deleted', 'consent'],
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
      optInFields: [{ optIn: 'newsletter', field: 'News__c', trueWhen: 'granted' }],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'refuse' },
    });
    ids = {
      ann: org.put('Contact', { Email: ANN.email, LastName: 'Ann', News__c: true }),
      bob: org.put('Contact', { Email: BOB.email, LastName: 'Bob', News__c: true }),
    };
    await arrive(ids.ann, ANN.email);
    await arrive(ids.bob, BOB.email);
  });

  const arrive = async (id: string, email: string): Promise<void> => {
    const token = await authorizedToken(stage.server, scene);
    const upserts = [[id, new Date(Date.now() + 1000).toISOString(), email, email]];
    await postBatch(stage.server, token, { upserts }).expect(200);
  };
  const say = (contact: object, status: string): Promise<unknown> =>
    changeConsent(stage.server, scene, [{ contact, optIn: 'newsletter', status }]);

  it('has nothing waiting any more, and the record of the org stays as it is', async () => {
    await say(ANN, 'withdrawn');
    await say(BOB, 'withdrawn');
    const { body } = await erase(stage.server, scene, ANN);
    expect(body.erased).toContainEqual({ place: 'deliveries', table: null, count: 1 });
    expect((await outboxOf(stage.server, integration)).map(({ email }) => email)).toEqual([BOB.email]);
    await stage.deliver();
    expect(org.record(ids.ann)).toMatchObject({ Email: ANN.email, News__c: true });
    expect(org.record(ids.bob)).toMatchObject({ News__c: false });
  });

  it('is tied to no record any more', async () => {
    await say(ANN, 'withdrawn');
    await stage.deliver();
    const { body } = await erase(stage.server, scene, ANN);
    expect(body.erased).toContainEqual({ place: 'record-links', table: null, count: 1 });
    const links = await stage.server.database.pool.query(
      'SELECT FROM di.record_link WHERE salesforce_id = $1',
      [ids.ann],
    );
    expect(links.rows).toEqual([]);
  });

  it('is told to the org as withdrawn when the org brings them back, never as granted', async () => {
    await say(ANN, 'granted');
    await say(ANN, 'withdrawn');
    await erase(stage.server, scene, ANN);
    await arrive(ids.ann, ANN.email);
    await stage.deliver();
    expect(org.record(ids.ann)).toMatchObject({ Email: ANN.email, News__c: false });
    expect(org.record(ids.bob)).toMatchObject({ News__c: true });
  });

  it('has rows of other tables blanked without the org being told', async () => {
    await createTable(stage.server, scene, 'Visits', [
      { name: 'number', type: 'text' },
      { name: 'visitor', type: 'email' },
    ]);
    await addRows(stage.server, scene, [{ number: 'a', visitor: ANN.email }], 'Visits');
    const before = org.calls.write;
    await erase(stage.server, scene, { ...ANN, otherTables: 'blank' });
    await stage.deliver();
    expect(org.calls.write).toBe(before);
  });
});
