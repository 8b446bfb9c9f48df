import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import type { Scene } from '../../support/test-server.ts';

const PEOPLE = 10_000;

describe('API calls for 10,000 opt-in changes', { timeout: 180_000 }, () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let emails: string[];
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, ground, org } = await setStage(stage));
    emails = Array.from({ length: PEOPLE }, (_, index) => `person${index}@example.com`);
    const ids = emails.map((Email) => org.put('Contact', { Email, LastName: 'P' }));
    await stage.sql(
      ground,
      'INSERT INTO CONTACT (email, _salesforce_id) SELECT * FROM unnest($1::text[], $2::text[])',
      [emails, ids],
    );
  });

  async function optOut(definition: object): Promise<number> {
    const id = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['consent'],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      ...definition,
    });
    const news = await createOptIn(stage.server, ground, 'news');
    await setConsent(stage.server, ground, news, emails, 'withdrawn');
    await stage.deliver();
    expect(await outboxOf(stage.server, id)).toEqual([]);
    expect(org.records('Contact').filter((record) => record.HasOptedOutOfEmail !== true)).toEqual([]);
    const [row] = await stage.sql<{ api_calls: number }>(
      ground,
      'SELECT api_calls FROM di.integration WHERE id = $1',
      [id],
    );
    return row?.api_calls ?? -1;
  }

  it('are 50 by collections, where the records are known', async () => {
    const calls = await optOut({ settings: { bulkThreshold: 1_000_000 } });
    expect(calls).toBe(50);
    expect(org.calls).toMatchObject({ query: 0, write: 50, bulk: 0 });
  });

  it('are five more where a column follows the checkbox, which is read back', async () => {
    const described = await org.describe('Contact');
    const withField = { ...described, fields: [...described.fields, orgField('Active__c')] };
    org.objects.set('contact', withField);
    await keepObject(stage.server.database.knex, scene.connectionId, withField);
    const calls = await optOut({
      optInFields: ['HasOptedOutOfEmail', 'Active__c'].map((field) => ({
        ...{ optIn: null, field, trueWhen: 'withdrawn' },
      })),
      settings: { bulkThreshold: 1_000_000 },
    });
    expect(calls).toBe(55);
    expect(org.calls).toMatchObject({ query: 5, write: 50, bulk: 0 });
    const rows = await stage.sql(ground, 'SELECT FROM CONTACT WHERE active');
    expect(rows).toHaveLength(PEOPLE);
  });

  it('are one job of the Bulk API from the threshold', async () => {
    expect(await optOut({})).toBeLessThanOrEqual(10);
    expect(org.calls).toMatchObject({ query: 0, write: 0, bulk: 1 });
  });

  it('are few more where every record of an address is looked for', async () => {
    await optOut({ matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' } });
    expect(org.calls.write).toBe(0);
    expect(org.calls.bulk).toBe(1);
    expect(org.calls.query).toBeLessThanOrEqual(3);
  });
});
