import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const EMAIL = 'a@example.com';
const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Tier__c'];
const KEY = { salesforceField: 'Email', column: 'email' };
const NAME = { salesforceField: 'LastName', column: 'last_name' };
const TIER = { salesforceField: 'Tier__c', column: 'tier' };
const FILLS = { ...TIER, onlyWhenEmpty: true };

describe('a value that is written only where there is none', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
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
    token = await authorizedToken(stage.server, scene);
    org.clock = () => moment(1);
    id = org.put('Contact', { Email: EMAIL, LastName: 'A', Tier__c: null });
  });

  const sql = (text: string): Promise<object[]> => stage.sql(ground, text);
  const take = async (seconds: number, tier: string | null): Promise<object> =>
    (
      await postBatch(stage.server, token, {
        fields: FIELDS,
        upserts: [[id, moment(seconds), EMAIL, 'A', tier]],
      }).expect(200)
    ).body as object;
  const remap = (mapping: readonly object[]) =>
    admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`).send({ mapping });
  const tier = async (): Promise<unknown> =>
    (await rowsOf(stage.server, scene)).find(({ email }) => email === EMAIL)?.tier;
  const integrate = (mapping: readonly object[]): Promise<string> =>
    activeIntegration(stage.server, scene, 'Contact', { operations: ['updated'], mapping });

  it('fills a column of a new row and of one that has none, and leaves what is there', async () => {
    await remap([KEY, NAME, FILLS]).expect(200);
    await take(0, null);
    expect(await take(1, 'gold')).toMatchObject({ applied: 1 });
    expect(await tier()).toBe('gold');
    await take(2, 'silver');
    expect(await tier()).toBe('gold');
    // Of the same version nothing differs that would be written.
    expect(await take(2, 'silver')).toMatchObject({ applied: 0, unchanged: 1 });
  });

  it('fills a field of a record that has none, and leaves what is there', async () => {
    await remap([KEY, NAME]).expect(200);
    await postBatch(stage.server, token, { upserts: [[id, moment(0), EMAIL, 'A']] }).expect(200);
    const integration = await integrate([FILLS]);
    await sql("UPDATE CONTACT SET tier = 'gold'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Tier__c: 'gold' });
    await sql("UPDATE CONTACT SET tier = 'silver'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Tier__c: 'gold' });
    expect(org.calls.write).toBe(1);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('writes the other fields of a record whose field is left', async () => {
    await remap([KEY]).expect(200);
    await postBatch(stage.server, token, {
      fields: FIELDS.slice(0, 3),
      upserts: [[id, moment(0), EMAIL]],
    }).expect(200);
    await integrate([NAME, FILLS]);
    Object.assign(org.record(id) ?? {}, { Tier__c: 'gold' });
    await sql("UPDATE CONTACT SET tier = 'silver', last_name = 'B'");
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Tier__c: 'gold', LastName: 'B' });
  });

  const BOTH_WAYS = [
    { way: 'out only', into: TIER, back: FILLS, ours: 'silver', theirs: 'gold', ends: ['gold', 'gold'] },
    {
      way: 'out only, into nothing',
      into: TIER,
      back: FILLS,
      ours: 'silver',
      theirs: null,
      ends: ['silver', 'silver'],
    },
    { way: 'in only', into: FILLS, back: TIER, ours: 'silver', theirs: 'gold', ends: ['silver', 'silver'] },
    {
      way: 'in only, out of nothing',
      into: FILLS,
      back: TIER,
      ours: null,
      theirs: 'gold',
      ends: ['gold', 'gold'],
    },
    { way: 'both', into: FILLS, back: FILLS, ours: 'silver', theirs: 'gold', ends: ['silver', 'gold'] },
  ];
  it.each(BOTH_WAYS)(
    'meets what the other side has changed: $way',
    async ({ into, back, ours, theirs, ends }) => {
      await remap([KEY, NAME, into]).expect(200);
      await take(0, null);
      const integration = await integrate([back]);
      await sql(`UPDATE CONTACT SET tier = ${ours === null ? "'gold'" : `'${ours}'`}`);
      if (ours === null) await sql('UPDATE CONTACT SET tier = NULL');
      Object.assign(org.record(id) ?? {}, { Tier__c: theirs, SystemModstamp: moment(5) });
      org.clock = () => moment(6);
      await stage.deliver();
      await take(7, ends[1] ?? null);
      expect([await tier(), org.record(id)?.Tier__c]).toEqual(ends);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
      expect(
        await sql(
          'SELECT FROM di.conflict k JOIN di.project_table t ON t.id = k.table_id JOIN CONTACT c ON true WHERE k.salesforce_id = c._salesforce_id',
        ),
      ).toEqual([]);
    },
  );

  it('is refused where it would mean nothing', async () => {
    await remap([{ ...KEY, onlyWhenEmpty: true }]).expect(422);
    for (const rule of [{ onConflict: 'project' }, { on: 'create' }]) {
      const answer = await admin(stage.server, 'post', '/v1/admin/integrations').send({
        ...{ connection: scene.connectionId, table: 'Contact', object: 'Contact', name: 'Back' },
        ...{ operations: ['updated'], mapping: [{ ...FILLS, ...rule }] },
      });
      expect(answer.status, answer.text).toBe(422);
      expect(answer.body).toMatchObject({ code: 'rules-contradict' });
    }
  });
});
