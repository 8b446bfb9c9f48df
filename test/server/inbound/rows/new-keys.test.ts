import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
const OLD = 'old@example.com';
const BETWEEN = 'between@example.com';
const NEW = 'new@example.com';

/** Rows that are sent whole, both ways, and that the project gives other addresses. */
describe('a row that gets another key before anything of it was sent', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let integration: string;
  let id: string;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, ground, org } = await setStage(stage));
    token = await authorizedToken(stage.server, scene);
    org.clock = () => moment(0);
    id = org.put('Contact', { Email: OLD, LastName: 'A', Age__c: 40 });
    await take([id, moment(0), OLD, 'A', 40]);
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['updated'],
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
    });
  });

  const take = async (record: readonly unknown[]): Promise<void> => {
    await postBatch(stage.server, token, { fields: FIELDS, upserts: [record] }).expect(200);
  };
  const change = async (key: string, values: object): Promise<void> => {
    await admin(
      stage.server,
      'patch',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows/${key}?overridesSalesforce=true`,
    )
      .send(values)
      .expect(200);
  };
  const conflicts = (): Promise<object[]> =>
    stage.sql(
      ground,
      `SELECT column_name AS column, base, edited_at >= $2::timestamptz AS is_late FROM di.conflict
       WHERE table_id = $1 ORDER BY column_name`,
      [ground.tableId, moment(5)],
    );

  it('is in no conflict with somebody who changes something else, however often it does', async () => {
    await change(OLD, { last_name: 'B' });
    await change(OLD, { email: BETWEEN, last_name: 'C' });
    await change(BETWEEN, { email: NEW, last_name: 'D' });
    await take([id, moment(1), OLD, 'A', 41]);
    expect(await conflicts()).toEqual([]);
    expect(await rowsOf(stage.server, scene)).toMatchObject([{ email: NEW, last_name: 'D', age: 41 }]);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Email: NEW, LastName: 'D' });
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it.each([
    { by: 'lookup', field: 'Email', column: 'email' },
    { by: 'external-id', field: 'DI_Id__c' },
  ])('has one record, that of a creation which was on its way: $by', async (matching) => {
    const creating = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created', 'updated'],
      matching,
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
    });
    await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .send({ rows: [{ email: BETWEEN, last_name: 'B' }], overridesSalesforce: true })
      .expect(200);
    org.afterWrite = async () => {
      org.afterWrite = () => Promise.resolve();
      await change(BETWEEN, { email: NEW });
    };
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    const made = org.records('Contact').filter((record) => record.Email !== OLD);
    expect(made).toMatchObject([{ Email: NEW, LastName: 'B' }]);
    expect(await rowsOf(stage.server, scene)).toMatchObject([
      { email: NEW, _salesforce_id: made[0]?.Id },
      { email: OLD, _salesforce_id: id },
    ]);
    expect(await conflicts()).toEqual([]);
    expect(await outboxOf(stage.server, creating)).toEqual([]);
  });

  it('has changed when it was changed last, where both sides have changed it', async () => {
    await change(OLD, { last_name: 'B' });
    await stage.sql(
      ground,
      `UPDATE di.delivery SET edited_at = jsonb_build_object('last_name', $2::text) WHERE integration_id = $1`,
      [integration, moment(0)],
    );
    await change(OLD, { email: NEW, last_name: 'C' });
    await take([id, moment(5), OLD, 'S', 40]);
    expect(await conflicts()).toEqual([{ column: 'last_name', base: 'A', is_late: true }]);
    expect(await rowsOf(stage.server, scene)).toMatchObject([{ email: NEW, last_name: 'C' }]);
  });
});
