import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ann, BY_EMAIL, EMAIL, OPT_OUT } from '../../support/ann.ts';
import { changeConsent, consentOf } from '../../support/consent.ts';
import { outboxOf } from '../../support/delivery-scene.ts';
import { startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { admin } from '../../support/test-server.ts';

const ANY = { ...OPT_OUT, optIns: 'any' };

describe('consent on its way to an org', () => {
  let stage: DeliveryStage;
  let ann: Ann;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ann = await Ann.begin(stage);
  });

  describe('reaches', () => {
    it('every record of the address, of which nobody said otherwise', async () => {
      await ann.integrate([OPT_OUT]);
      await ann.integrate([OPT_OUT], {}, 'Lead');
      const own = await ann.known();
      const others = [ann.put('Ann again'), ann.put('Ann as well'), ann.put('Ann', 'Lead')];
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([own, ...others].map((each) => ann.box(each))).toEqual([true, true, true, true]);
    });

    it('the row’s own record only where that is chosen', async () => {
      await ann.integrate([OPT_OUT], { matching: { ...BY_EMAIL, several: 'refuse' } });
      const own = await ann.known();
      const other = ann.put('Ann again');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect([own, other].map((each) => ann.box(each))).toEqual([true, false]);
    });

    it('the other records where the one that is known was deleted', async () => {
      await ann.integrate([OPT_OUT]);
      await ann.integrate([], {
        operations: ['updated'],
        mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      });
      const own = await ann.known();
      const other = ann.put('Ann again');
      ann.org.remove(own);
      await ann.stage.sql(ann.ground, "UPDATE CONTACT SET last_name = 'New'");
      await ann.deliver();
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(other)).toBe(true);
    });

    it('all of them beside rows that go to their own record', async () => {
      const id = await ann.integrate([OPT_OUT], {
        operations: ['updated', 'consent'],
        mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      });
      const own = await ann.known();
      const other = ann.put('Namesake');
      await ann.stage.sql(ann.ground, "UPDATE CONTACT SET last_name = 'New'");
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.org.record(own)).toMatchObject({ LastName: 'New', Active__c: true });
      expect(ann.org.record(other)).toMatchObject({ LastName: 'Namesake', Active__c: true });
      expect(await outboxOf(ann.stage.server, id)).toEqual([]);
    });

    it('all of them though none is known to be the row’s, which is said', async () => {
      const id = await ann.integrate([OPT_OUT], {
        operations: ['created', 'updated', 'consent'],
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
      });
      const records = [ann.put('One'), ann.put('Two')];
      await ann.stage.sql(ann.ground, "INSERT INTO CONTACT (email, last_name) VALUES ($1, 'New')", [EMAIL]);
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(records.map((each) => ann.box(each))).toEqual([true, true]);
      expect(records.map((each) => ann.org.record(each)?.LastName)).toEqual(['One', 'Two']);
      expect(await outboxOf(ann.stage.server, id)).toMatchObject([
        { state: 'dead', code: 'several-records' },
      ]);
    });
  });

  describe('of no e-mail at all', () => {
    it('waits until nothing is left that the person was asked for', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.say('granted', 'news');
      await ann.say('granted', 'offers');
      await ann.say('withdrawn', 'news');
      await ann.deliver();
      expect(ann.box(id)).toBe(false);
      await ann.say('withdrawn', 'offers');
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
    });

    it('is said by who unsubscribes from everything that there ever was', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      for (const code of ['news', 'offers'])
        await admin(
          ann.stage.server,
          'post',
          `/v1/admin/projects/${ann.scene.project}/opt-ins/${code}/archive`,
        ).expect(200);
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
    });

    it('is said at once by who unsubscribes from everything', async () => {
      await ann.integrate([OPT_OUT]);
      const id = await ann.known();
      await ann.say('granted', 'news');
      await ann.clickUnsubscribe();
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
    });
  });

  describe('that somebody in Salesforce has undone', () => {
    /** Ann wants nothing any more, and Salesforce knows; somebody there clears the checkbox. */
    const undone = async (optIn: object): Promise<string> => {
      await ann.integrate([optIn]);
      const id = await ann.known();
      await ann.say('granted', 'news');
      await ann.clickUnsubscribe('news');
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
      ann.save(id, { Active__c: false });
      return id;
    };

    it.each([
      ['all', OPT_OUT],
      ['any', ANY],
    ])('stays so when the person agrees to something else (%s)', async (_name, optIn) => {
      const id = await undone(optIn);
      await ann.say('granted', 'offers');
      await ann.deliver();
      expect(ann.box(id)).toBe(false);
    });

    it('is known to the ledger, and raises nothing here', async () => {
      const id = await undone(OPT_OUT);
      const before = await ann.events();
      await ann.send(ann.read(id));
      expect(await ann.column()).toBe(false);
      const { consents, events: after } = await consentOf(ann.stage.server, ann.scene, { email: EMAIL });
      expect(consents).toMatchObject([{ optIn: 'news', status: 'withdrawn' }, { status: null }]);
      expect(after.slice(before.length)).toMatchObject([
        {
          optIn: 'news',
          asked: 'granted',
          outcome: 'overruled',
          reason: 'withdrawn-before',
          status: 'withdrawn',
          source: 'salesforce',
          proof: { object: 'Contact', recordId: id, field: 'Active__c', value: false },
        },
      ]);
      // What has been seen once is not told with every change of the record.
      ann.save(id, { LastName: 'Ann B' });
      await ann.send(ann.read(id));
      expect(await ann.events()).toHaveLength(before.length + 1);
      await ann.deliver();
      expect(ann.box(id)).toBe(false);
    });

    it('is set again when the person says no again, with proof', async () => {
      const id = await undone(OPT_OUT);
      await ann.send(ann.read(id));
      await ann.clickUnsubscribe('news');
      expect(await ann.column()).toBe(true);
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
      expect((await ann.events()).at(-1)).toMatchObject({
        optIn: 'news',
        asked: 'withdrawn',
        outcome: 'unchanged',
        source: 'unsubscribe-link',
      });
      const { length } = await ann.events();
      await ann.clickUnsubscribe('news');
      expect(await ann.events()).toHaveLength(length);
    });

    it('is set again by a click even where nobody has told DI of it', async () => {
      const id = await undone(OPT_OUT);
      await ann.clickUnsubscribe('news');
      await ann.deliver();
      expect(ann.box(id)).toBe(true);
      expect(await ann.column()).toBe(true);
    });

    it('is not set again by a list that says the old no once more', async () => {
      const id = await undone(OPT_OUT);
      await ann.send(ann.read(id));
      await changeConsent(ann.stage.server, ann.scene, [
        { contact: { email: EMAIL }, optIn: 'news', status: 'withdrawn', occurredAt: '2026-01-01T00:00:00Z' },
        { contact: { email: EMAIL }, optIn: 'news', status: 'withdrawn', source: 'import' },
      ]);
      await ann.deliver();
      expect(ann.box(id)).toBe(false);
    });

    it('is offered to be said again on the link’s page', async () => {
      const id = await undone(OPT_OUT);
      await ann.send(ann.read(id));
      const page = await request(ann.stage.server.app).get(await ann.link('news'));
      expect(page.text).toContain('value="unsubscribe"');
    });
  });
});
