import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SalesforceFault } from '../../../../server/src/salesforce/org.ts';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { authorizedToken, postBatch, type Scene } from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];
const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
const MINUTES = 60_000;
const fromNow = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

/** Changes of both sides that meet while something else goes on. */
describe('a change that goes both ways', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
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
    org.clock = () => fromNow(-60 * MINUTES);
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    stage.sql<T>(ground, text, values);
  const integrate = (more: object = {}): Promise<string> =>
    activeIntegration(stage.server, scene, 'Contact', { operations: ['updated'], mapping: MAPPING, ...more });
  /** How many changes go by a job of the Bulk API. */
  const threshold = (count: number): Promise<object[]> =>
    sql(
      `UPDATE di.integration SET settings = settings || jsonb_build_object('bulkThreshold', $1::int) WHERE status = 'active'`,
      [count],
    );
  const email = (number: number): string => `p${number}@example.com`;
  const ofRecord = (id: string): unknown[] => {
    const { Id, SystemModstamp, Email, LastName, Age__c } = org.record(id) ?? {};
    return [Id, SystemModstamp, Email, LastName, Age__c];
  };
  /** Records that the org has sent as they are. */
  const send = (ids: readonly string[]): Promise<unknown> =>
    postBatch(stage.server, token, { fields: FIELDS, upserts: ids.map(ofRecord) }).expect(200);
  async function people(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, number) =>
      org.put('Contact', { Email: email(number), LastName: 'A', Age__c: 40 }),
    );
    for (let from = 0; from < count; from += 2000) await send(ids.slice(from, from + 2000));
    return ids;
  }
  const inSalesforce = (id: string, change: object): void =>
    void Object.assign(org.record(id) ?? {}, { SystemModstamp: org.clock() }, change);
  const names = (): Promise<object[]> => sql('SELECT DISTINCT last_name, age FROM CONTACT ORDER BY 1, 2');
  const conflicts = (): Promise<object[]> =>
    sql(
      `SELECT column_name AS column, project_value AS project, salesforce_value AS salesforce, winner
       FROM di.conflict WHERE table_id = $1 ORDER BY id`,
      [ground.tableId],
    );
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) {
      await stage.letTimePass();
      await stage.deliver();
    }
  };

  it('is written once by two workers that want it at once', async () => {
    const integration = await integrate();
    const ids = await people(450);
    await sql("UPDATE CONTACT SET last_name = 'B'");
    const before = org.calls.write;
    await Promise.all([stage.deliver(), stage.deliver(), stage.deliver()]);
    await stage.deliver();
    expect(org.calls.write - before).toBe(3);
    expect(new Set(ids.map((id) => org.record(id)?.LastName))).toEqual(new Set(['B']));
    expect(await outboxOf(stage.server, integration)).toEqual([]);
    expect(await conflicts()).toEqual([]);
  });

  it.each([
    { what: 'ahead', skew: 5 * MINUTES, isEditLater: true, winner: 'salesforce' },
    { what: 'behind', skew: -5 * MINUTES, isEditLater: false, winner: 'project' },
  ])(
    'is on record where the org’s clock is five minutes $what and takes the other one for the later',
    async ({ skew, isEditLater, winner }) => {
      const integration = await integrate();
      const [id = ''] = await people(1);
      org.clock = () => fromNow(skew);
      const theirs = (): void => {
        inSalesforce(id, { LastName: 'S' });
      };
      const ours = (): Promise<object[]> => sql("UPDATE CONTACT SET last_name = 'B'");
      if (isEditLater) theirs();
      await ours();
      if (!isEditLater) theirs();
      await stage.deliver();
      await send([id]);
      await settle();
      const value = winner === 'project' ? 'B' : 'S';
      expect(org.record(id)).toMatchObject({ LastName: value });
      expect(await names()).toEqual([{ last_name: value, age: 40 }]);
      expect(await conflicts()).toEqual([{ column: 'last_name', project: 'B', salesforce: 'S', winner }]);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    },
  );

  it.each([
    ['a column that is gone', { salesforceField: 'LastName', column: 'was_here', onConflict: 'project' }],
    ['a field that is gone', { salesforceField: 'Gone__c', column: 'last_name', onConflict: 'project' }],
  ])('meets a rule of %s, which decides nothing', async (_what, gone) => {
    const integration = await integrate();
    const [id = ''] = await people(1);
    await sql("UPDATE CONTACT SET last_name = 'B', age = 50");
    const mapping = [MAPPING[0], MAPPING[2], gone].map((entry) => ({ on: 'always', ...entry }));
    await sql('UPDATE di.integration SET mapping = $2, version = version + 1 WHERE id = $1', [
      integration,
      JSON.stringify(mapping),
    ]);
    await sql(`UPDATE di.delivery SET base = base || '{"was_here": "x"}'`);
    org.clock = () => fromNow(60 * MINUTES);
    inSalesforce(id, { Age__c: 41 });
    await send([id]);
    expect(await conflicts()).toEqual([{ column: 'age', project: 50, salesforce: 41, winner: 'salesforce' }]);
    expect(await sql('SELECT age FROM CONTACT')).toEqual([{ age: 41 }]);
  });

  describe('while a job of the Bulk API runs', () => {
    let id: string;
    let integration: string;
    beforeEach(async () => {
      integration = await integrate();
      await threshold(1);
      [id = ''] = await people(1);
      org.clock = () => fromNow(60 * MINUTES);
      await sql("UPDATE CONTACT SET last_name = 'B'");
    });
    const once = (work: () => Promise<unknown>): (() => Promise<void>) => {
      let isDone = false;
      return async () => {
        if (isDone) return;
        isDone = true;
        await work();
      };
    };
    const isDone = async (): Promise<void> => {
      await settle();
      expect(org.calls.bulk).toBeGreaterThan(0);
      expect(org.calls.write).toBe(0);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
      expect(await sql('SELECT FROM CONTACT WHERE _edited_at IS NOT NULL')).toEqual([]);
      const [row] = await sql<{ last_name: string; age: number }>('SELECT last_name, age FROM CONTACT');
      expect(org.record(id)).toMatchObject({ LastName: row?.last_name, Age__c: row?.age });
    };

    it('meets what both sides change of it before the org has begun', async () => {
      org.beforeWrite = once(async () => {
        inSalesforce(id, { Age__c: 41 });
        await sql("UPDATE CONTACT SET last_name = 'C'");
        await send([id]);
      });
      await stage.deliver();
      await isDone();
      expect(await names()).toEqual([{ last_name: 'C', age: 41 }]);
      expect(await conflicts()).toEqual([]);
    });

    it('meets what both sides change of it before anybody has asked what became of it', async () => {
      org.afterWrite = once(async () => {
        inSalesforce(id, { LastName: 'S', Age__c: 41 });
        await sql('UPDATE CONTACT SET age = 50');
        await send([id]);
      });
      await stage.deliver();
      await isDone();
      const kept = await conflicts();
      const lost = kept.filter((each) => 'column' in each && each.column === 'age');
      expect(lost).toMatchObject([{ project: 50, salesforce: 41 }]);
    });

    it('is the same where the job was lost after the org had done it', async () => {
      org.afterWrite = once(async () => {
        inSalesforce(id, { Age__c: 41 });
        await sql('UPDATE CONTACT SET age = 50');
        throw new SalesforceFault('retry', 'unreachable', 'The connection broke.');
      });
      await stage.deliver();
      await isDone();
      expect(org.record(id)).toMatchObject({ LastName: 'B' });
      expect(await conflicts()).toMatchObject([{ column: 'age', project: 50, salesforce: 41 }]);
    });
  });

  it('costs 70 calls at most where ten thousand are written by collections', async () => {
    const integration = await integrate();
    await threshold(1_000_000);
    await people(10_000);
    await sql("UPDATE CONTACT SET last_name = 'B'");
    const before = org.callsMade;
    await stage.deliver();
    expect(org.callsMade - before).toBeLessThanOrEqual(70);
    expect(org.calls.bulk).toBe(0);
    expect(org.records('Contact').filter(({ LastName }) => LastName === 'B')).toHaveLength(10_000);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  }, 240_000);
});
