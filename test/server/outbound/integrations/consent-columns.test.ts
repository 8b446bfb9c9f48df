import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ann, OPT_OUT } from '../../support/ann.ts';
import { outboxOf } from '../../support/delivery-scene.ts';
import { startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { admin, rowsOf } from '../../support/test-server.ts';

describe('a column of a checkbox that DI writes', () => {
  let stage: DeliveryStage;
  let ann: Ann;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ann = await Ann.begin(stage);
  });

  describe('is said by the column of the same field', () => {
    it('at once, and stays so while the org does not know it yet', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.clickUnsubscribe();
      expect(await ann.column()).toBe(true);
      ann.save(id, { LastName: 'Ann B' });
      await ann.send(ann.read(id));
      expect(await ann.row()).toMatchObject({ last_name: 'Ann B', active: true });
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
      expect(await ann.column()).toBe(true);
    });

    it('against a batch that was read before, however late it comes', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      ann.save(id, { LastName: 'Ann B' });
      const old = ann.read(id);
      await ann.clickUnsubscribe();
      await ann.deliver();
      await ann.send(old);
      expect(await ann.row()).toMatchObject({ last_name: 'Ann B', active: true });
      expect((await ann.events()).filter(({ source }) => source === 'salesforce')).toEqual([]);
    });

    it('against a batch of the very second in which it was written', async () => {
      const integration = await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      ann.save(id, { LastName: 'Ann B' });
      const old = ann.read(id);
      await ann.clickUnsubscribe();
      await ann.stage.deliver();
      expect(ann.org.record(id)?.SystemModstamp).toBe(old[1]);
      await ann.send(old);
      expect(await ann.row()).toMatchObject({ last_name: 'Ann B', active: true });
      await ann.deliver();
      expect(ann.org.record(id)?.SystemModstamp).toBe(old[1]);
      expect(await outboxOf(ann.stage.server, integration)).toEqual([]);
    });

    it('and by the org again, where somebody there has undone it in that second', async () => {
      const integration = await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.clickUnsubscribe();
      await ann.deliver();
      Object.assign(ann.org.record(id) ?? {}, { Active__c: false });
      await ann.send(ann.read(id));
      await ann.deliver();
      expect([await ann.column(), ann.box(id)]).toEqual([true, true]);
      expect(await outboxOf(ann.stage.server, integration)).toEqual([]);
    });

    it('until a later version of the record says otherwise', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.clickUnsubscribe();
      await ann.deliver();
      ann.save(id, { LastName: 'Ann B' });
      await ann.send(ann.read(id));
      expect(await ann.row()).toMatchObject({ last_name: 'Ann B', active: true });
      ann.save(id, { Active__c: false });
      await ann.send(ann.read(id));
      expect(await ann.column()).toBe(false);
    });

    it('without being sent back', async () => {
      await ann.integrate([OPT_OUT]);
      const echo = await ann.integrate([], {
        operations: ['updated'],
        mapping: [{ salesforceField: 'Offers__c', column: 'active' }],
        matching: { by: 'record-id' },
      });
      await ann.known();
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(await ann.column()).toBe(true);
      expect(await outboxOf(ann.stage.server, echo)).toEqual([]);
      const counted = await ann.stage.sql(
        ann.ground,
        'SELECT * FROM di.delivery_count WHERE integration_id = $1',
        [echo],
      );
      expect(counted).toEqual([]);
    });

    it('and of an opt-in’s own field, both ways', async () => {
      await ann.integrate([{ optIn: 'news', field: 'Active__c', trueWhen: 'granted' }]);
      await ann.known();
      const states = [];
      for (const status of ['granted', 'withdrawn', 'granted']) {
        await ann.say(status, 'news');
        states.push(await ann.column());
        await ann.deliver();
        states.push(await ann.column());
      }
      expect(states).toEqual([true, true, false, false, true, true]);
    });

    it('as the org has it, where the person thought better of it before anything was sent', async () => {
      await ann.integrate([OPT_OUT], { settings: { schedule: { kind: 'daily', hour: 3, timeZone: 'UTC' } } });
      const id = await ann.known();
      await ann.clickUnsubscribe();
      expect(await ann.column()).toBe(true);
      await ann.say('granted', 'news');
      await ann.stage.letTimePass();
      await ann.deliver();
      expect(ann.box(id)).toBe(false);
      expect(await ann.column()).toBe(false);
    });

    it('as the person says last, where that comes while the first is being sent', async () => {
      await ann.integrate([{ optIn: 'news', field: 'Active__c', trueWhen: 'granted' }]);
      const id = await ann.known();
      await ann.say('granted', 'news');
      const seen: unknown[] = [];
      ann.org.afterWrite = async () => {
        ann.org.afterWrite = () => Promise.resolve();
        await ann.say('withdrawn', 'news');
        seen.push(await ann.column());
      };
      await ann.deliver();
      seen.push(ann.box(id), await ann.column());
      expect(seen).toEqual([false, false, false]);
    });

    it('of a row that comes when the person has spoken already', async () => {
      await ann.integrate([OPT_OUT]);
      await ann.known();
      await ann.say('granted', 'news');
      await ann.stage.sql(ann.ground, 'DELETE FROM CONTACT');
      await ann.stage.sql(ann.ground, 'DELETE FROM di.tombstone');
      await ann.say('withdrawn', 'news');
      const id = ann.put('Ann');
      await ann.send(ann.read(id));
      expect(await ann.column()).toBe(true);
    });

    it('of every row whose record was written, where an address is no key', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      const other = ann.put('Ann again');
      await ann.stage.sql(
        ann.ground,
        "INSERT INTO CONTACT (email, active, _salesforce_id) VALUES ('other-key@example.com', false, $1)",
        [other],
      );
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([id, other].map((each) => ann.box(each))).toEqual([true, true]);
      expect((await rowsOf(ann.stage.server, ann.scene)).map(({ active }) => active)).toEqual([true, true]);
    });

    describe.each([
      ['before both were read', true],
      ['after one of them was read', false],
    ])('of several records of her address, where DI wrote %s', (_when, isBefore) => {
      it('whichever of them has the row in the end', async () => {
        await ann.integrate([OPT_OUT]);
        const first = ann.put('Ann');
        const second = ann.put('Ann again');
        ann.save(second, { LastName: 'Ann later' });
        const [asRead, later] = [ann.read(first), ann.read(second)];
        await ann.send(later, ...(isBefore ? [asRead] : []));
        await ann.clickUnsubscribe();
        await ann.deliver();
        expect([first, second].map((each) => ann.box(each))).toEqual([true, true]);
        if (!isBefore) await ann.send(asRead);
        expect(await ann.row()).toMatchObject({ _salesforce_id: second, active: true });
        await ann.sendDeleted(second);
        expect(await ann.row()).toMatchObject({ _salesforce_id: first, active: true });
      });
    });

    it('in the words of its mapping', async () => {
      const mapping = [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
        {
          salesforceField: 'Active__c',
          column: 'tier',
          transforms: [{ type: 'map', values: { true: 'gold', false: 'silver' } }],
        },
      ];
      await admin(ann.stage.server, 'put', `/v1/admin/transfers/${ann.scene.transferId}/mapping`)
        .send({ mapping })
        .expect(200);
      await ann.integrate([OPT_OUT]);
      await ann.known();
      expect(await ann.row()).toMatchObject({ tier: 'silver' });
      await ann.clickUnsubscribe();
      expect(await ann.row()).toMatchObject({ tier: 'gold' });
    });
  });

  it('is given up, and said to be, where the org does not keep it', async () => {
    const integration = await ann.integrate([OPT_OUT]);
    const id = await ann.known();
    ann.org.afterWrite = () =>
      Promise.resolve(void Object.assign(ann.org.record(id) ?? {}, { Active__c: false }));
    await ann.clickUnsubscribe();
    await ann.deliver();
    const [dead] = await outboxOf(ann.stage.server, integration);
    expect(dead).toMatchObject({ state: 'dead', code: 'value-not-kept' });
    expect(dead?.message).toContain('Active__c is false again');
    expect(await ann.column()).toBe(true);
    ann.save(id, { LastName: 'Ann B' });
    await ann.send(ann.read(id));
    expect(await ann.row()).toMatchObject({ last_name: 'Ann B', active: true });
  });
});
