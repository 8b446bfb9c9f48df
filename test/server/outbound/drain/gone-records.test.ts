import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ann, BY_EMAIL, EMAIL, OPT_OUT } from '../../support/ann.ts';
import { outboxOf } from '../../support/delivery-scene.ts';
import { startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { admin } from '../../support/test-server.ts';

/** Opt-outs go to the row's own record, which is known by its link. */
const TO_OWN = { matching: { ...BY_EMAIL, several: 'refuse' } };
const NAMES = {
  operations: ['updated', 'consent'],
  mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
};

const BOB = { Email: 'bob@example.com', LastName: 'Bob', Active__c: false };

describe('a record that is gone when it is written', () => {
  let stage: DeliveryStage;
  let ann: Ann;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ann = await Ann.begin(stage);
  });

  const rename = (name: string): Promise<object[]> =>
    ann.stage.sql(ann.ground, 'UPDATE CONTACT SET last_name = $1 WHERE email = $2', [name, EMAIL]);
  const name = (id: string): unknown => ann.org.record(id)?.LastName;
  /** The record of another row. */
  const other = (): string => {
    const known = ann.org.records('Contact').find(({ LastName }) => LastName === 'Bob')?.Id;
    return typeof known === 'string' ? known : ann.org.put('Contact', BOB);
  };
  /** Ann's row is linked to her contact by what was sent once. */
  const linked = async (definition: object = {}): Promise<{ integration: string; own: string }> => {
    const integration = await ann.integrate([OPT_OUT], { ...NAMES, ...TO_OWN, ...definition });
    const own = await ann.known();
    await rename('First');
    await ann.deliver();
    expect(name(own)).toBe('First');
    return { integration, own };
  };

  describe('is followed to the one that it was merged into', () => {
    it('in the same drain, and is known by that one from then on', async () => {
      const { integration, own } = await linked();
      const winner = ann.put('Winner');
      ann.org.merge(own, winner);
      await rename('Second');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([name(winner), ann.box(winner)]).toEqual(['Second', true]);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
      await rename('Third');
      const before = ann.org.calls.query;
      await ann.deliver();
      expect(name(winner)).toBe('Third');
      // One to merge with what the record says before it is written, one to see what it says afterwards.
      expect(ann.org.calls.query).toBe(before + 2);
    });

    it('whatever its address, and over several merges', async () => {
      const { own } = await linked();
      const middle = ann.org.put('Contact', { Email: 'middle@example.com', LastName: 'M', Active__c: false });
      const last = ann.org.put('Contact', { Email: 'last@example.com', LastName: 'L', Active__c: false });
      ann.org.merge(own, middle);
      ann.org.merge(middle, last);
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(last)).toBe(true);
    });

    it('by a job of the Bulk API that meets the merge', async () => {
      const integration = await ann.integrate([], {
        operations: ['updated'],
        mapping: NAMES.mapping,
        settings: { bulkThreshold: 200 },
      });
      await ann.stage.sql(
        ann.ground,
        "INSERT INTO CONTACT (email, last_name) SELECT 'p' || n || '@example.com', 'Old' FROM generate_series(1, 300) n",
      );
      const ids = Array.from({ length: 300 }, (_none, n) =>
        ann.org.put('Contact', { Email: `p${n + 1}@example.com`, LastName: 'Old' }),
      );
      await ann.stage.sql(ann.ground, "UPDATE CONTACT SET last_name = 'New'");
      // Between the search and the job's own work somebody merges ten of them.
      ann.org.beforeWrite = () => {
        ann.org.beforeWrite = () => Promise.resolve();
        for (let n = 0; n < 20; n += 2) ann.org.merge(ids[n] ?? '', ids[n + 1] ?? '');
        return Promise.resolve();
      };
      await ann.deliver();
      expect(ann.org.calls.bulk).toBe(1);
      expect(ann.org.records('Contact').filter(({ LastName }) => LastName === 'New')).toHaveLength(290);
      const kept = await outboxOf(stage.server, integration);
      expect(new Set(kept.map(({ code }) => code))).toEqual(new Set(['merged-with-another-row']));
      expect(kept).toHaveLength(10);
    });

    it('but never overwrites the record of another row, which hears of opt-outs alone', async () => {
      const { integration, own } = await linked();
      const other = ann.org.put('Contact', {
        ...{ Email: 'bob@example.com', LastName: 'Bob', Active__c: false },
      });
      await ann.send([other, ann.org.clock(), 'bob@example.com', 'Bob', false]);
      ann.org.merge(own, other);
      await rename('Second');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([name(other), ann.box(other)]).toEqual(['Bob', true]);
      expect(await outboxOf(stage.server, integration)).toMatchObject([
        { email: EMAIL, state: 'dead', code: 'merged-with-another-row' },
      ]);
    });
  });

  describe('is looked for once more by the matching', () => {
    it('in the same drain, where somebody has made it again', async () => {
      const { integration, own } = await linked();
      ann.org.remove(own);
      const again = ann.put('Again');
      await rename('Second');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([name(again), ann.box(again)]).toEqual(['Second', true]);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('where it is no longer in the recycle bin', async () => {
      const { own } = await linked();
      ann.org.remove(own);
      ann.org.purge(own);
      const again = ann.put('Again');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(again)).toBe(true);
    });

    it('later too, when the first look found nobody', async () => {
      const { integration, own } = await linked();
      ann.org.remove(own);
      await rename('Second');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([
        { state: 'dead', code: 'ENTITY_IS_DELETED' },
      ]);
      const again = ann.put('Again');
      await rename('Third');
      await ann.deliver();
      expect(name(again)).toBe('Third');
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('and stays a failure as long as nobody is found, however often the row changes', async () => {
      const { integration, own } = await linked();
      ann.org.remove(own);
      for (const each of ['Second', 'Third']) {
        await rename(each);
        await ann.deliver();
        expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
      }
    });

    it.each([
      ['deleted', (own: string) => ann.org.remove(own)],
      ['merged into the one of another row', (own: string) => ann.org.merge(own, other())],
    ])('and undeleted, before anybody has heard that it was %s', async (_what, leave) => {
      const { integration, own } = await linked();
      await ann.send([other(), ann.org.clock(), 'bob@example.com', 'Bob', false]);
      leave(own);
      await rename('Second');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
      ann.org.restore(own);
      ann.save(own, { FirstName: 'Ann' });
      await ann.send(ann.read(own));
      await ann.deliver();
      expect(name(own)).toBe('Second');
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('and undeleted, where rows are known by their ids alone', async () => {
      const { integration, own } = await linked({ matching: { by: 'record-id' } });
      ann.org.remove(own);
      await rename('Second');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
      ann.org.restore(own);
      await rename('Third');
      await ann.deliver();
      expect(name(own)).toBe('Third');
    });
  });

  describe('whose row goes too', () => {
    const dead = async (more: object = {}): Promise<{ integration: string; own: string }> => {
      const { integration, own } = await linked(more);
      ann.org.remove(own);
      await rename('Second');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
      return { integration, own };
    };

    it('leaves nothing to be sent, where the org brings the deletion', async () => {
      const { integration, own } = await dead();
      await ann.sendDeleted(own);
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('leaves nothing to be sent, where the row is deleted', async () => {
      const { integration } = await dead();
      await ann.stage.sql(ann.ground, 'DELETE FROM CONTACT WHERE email = $1', [EMAIL]);
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('leaves nothing to be sent, where the deletion comes before the change is sent', async () => {
      const { integration, own } = await linked();
      await rename('Second');
      ann.org.remove(own);
      await ann.sendDeleted(own);
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('leaves nothing to be sent, where a lead of the address takes the row', async () => {
      const { integration } = await dead();
      const lead = ann.put('Lead', 'Lead');
      await ann.stage.sql(ann.ground, 'UPDATE CONTACT SET _salesforce_id = $1', [lead]);
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });

    it('leaves nothing to be sent of a change that was refused for another reason', async () => {
      const { integration, own } = await linked();
      ann.org.refuse = () => ({ code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'no', fields: [] });
      await rename('Second');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
      ann.org.remove(own);
      await ann.sendDeleted(own);
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });
  });

  describe('an opt-out that reaches nobody', () => {
    const failures = async (): Promise<unknown[]> => {
      const answer = await admin(stage.server, 'get', '/v1/admin/failures').expect(200);
      return (answer.body as { failures: { kind: string; project: string }[] }).failures.filter(
        ({ kind, project }) => kind === 'opt-out' && project === ann.scene.project,
      );
    };
    const unreached = async (definition: object = TO_OWN): Promise<string> => {
      const integration = await ann.integrate([OPT_OUT], definition);
      const own = await ann.known();
      ann.org.remove(own);
      await ann.clickUnsubscribe();
      await ann.deliver();
      return integration;
    };

    it.each([
      ['its own record', TO_OWN],
      ['all records of the address', {}],
    ])('is kept, listed and a failure, where it goes to %s', async (_name, definition) => {
      const integration = await unreached(definition);
      expect(await outboxOf(stage.server, integration)).toMatchObject([
        { email: EMAIL, state: 'unreached', code: 'no-record' },
      ]);
      expect(await failures()).toMatchObject([{ kind: 'opt-out', subject: integration, count: 1 }]);
      const health = await admin(stage.server, 'get', `/v1/admin/integrations/${integration}/health`);
      expect(health.body).toMatchObject({ unreached: 1, reasons: [{ code: 'no-record', count: 1 }] });
    });

    it('is sent when the record is brought again', async () => {
      const integration = await unreached();
      const again = ann.put('Again');
      await ann.send(ann.read(again));
      await ann.deliver();
      expect(ann.box(again)).toBe(true);
      expect(await outboxOf(stage.server, integration)).toEqual([]);
      expect(await failures()).toEqual([]);
    });

    it.each([
      ['before the opt-out is sent', false],
      ['afterwards', true],
    ])(
      'is no failure where the row is deleted as well, %s, and sent when the record comes back',
      async (_when, isLate) => {
        const integration = await ann.integrate([OPT_OUT], TO_OWN);
        const own = await ann.known();
        ann.org.remove(own);
        await ann.clickUnsubscribe();
        if (isLate) await ann.deliver();
        await ann.sendDeleted(own);
        await ann.deliver();
        expect(await outboxOf(stage.server, integration)).toMatchObject([
          { email: EMAIL, state: 'unreached', code: 'nobody-left' },
        ]);
        expect(await failures()).toEqual([]);
        ann.org.restore(own);
        ann.save(own, {});
        await ann.send(ann.read(own));
        await ann.deliver();
        expect(ann.box(own)).toBe(true);
        expect(await outboxOf(stage.server, integration)).toEqual([]);
      },
    );

    it('of somebody whom Salesforce never knew is sent when it does', async () => {
      const integration = await ann.integrate([OPT_OUT]);
      await ann.stage.sql(ann.ground, "INSERT INTO CONTACT (email, last_name) VALUES ($1, 'Ann')", [EMAIL]);
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'unreached' }]);
      const id = await ann.known();
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
    });

    it('is no failure where another integration has reached the person', async () => {
      await ann.integrate([OPT_OUT], {}, 'Lead');
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
      expect(await failures()).toEqual([]);
    });

    it('counts no longer once it is acknowledged, and is sent all the same', async () => {
      const integration = await unreached();
      await admin(stage.server, 'post', '/v1/admin/failures/discard')
        .send({ kind: 'opt-out', subject: integration })
        .expect(204);
      expect(await failures()).toEqual([]);
      const again = ann.put('Again');
      await ann.send(ann.read(again));
      await ann.deliver();
      expect(ann.box(again)).toBe(true);
    });

    it('is not discarded along with everything else', async () => {
      const integration = await unreached();
      const discard = async (meant: object): Promise<unknown> => {
        const answer = await admin(stage.server, 'post', '/v1/admin/deliveries/discard').send({
          integration,
          ...meant,
        });
        return (answer.body as { count: number }).count;
      };
      expect(await discard({})).toBe(0);
      expect(await discard({ code: 'no-record' })).toBe(1);
      expect(await failures()).toEqual([]);
    });

    it('ends when the person agrees again', async () => {
      const integration = await unreached();
      await ann.say('granted', 'news');
      await ann.say('granted', 'offers');
      await ann.deliver();
      expect(await outboxOf(stage.server, integration)).toEqual([]);
    });
  });
});
