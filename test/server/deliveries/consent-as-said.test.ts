import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepObject } from '../../../server/src/deliveries/org-objects.ts';
import { changeConsent, consentOf, createOptIn } from '../support/consent.ts';
import { activeIntegration, outboxOf, type Ground } from '../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../support/delivery-stage.ts';
import { orgField, type OrgDouble } from '../support/org-double.ts';
import { admin, authorizedToken, postBatch, rowsOf, type Scene } from '../support/test-server.ts';

const EMAIL = 'ann@example.com';
const BY_EMAIL = { by: 'lookup', field: 'Email', column: 'email' };
/** `Active__c` stands for HasOptedOutOfEmail: the scene's transfer maps it to a column, and the integration writes it. */
const OPT_OUT = { optIn: null, field: 'Active__c', trueWhen: 'withdrawn', goesBack: false };
const ANY = { ...OPT_OUT, optIns: 'any' };

describe('consent on its way to an org', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let now: number;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, ground, org } = await setStage(stage));
    for (const object of ['Contact', 'Lead']) {
      const described = await org.describe(object);
      const more = ['Active__c', 'Offers__c'].map((name) =>
        orgField(name, { type: 'boolean', isNillable: false, isDefaultedOnCreate: true }),
      );
      const wider = { ...described, fields: [...described.fields, ...more] };
      org.objects.set(object.toLowerCase(), wider);
      await keepObject(stage.server.database.knex, scene.connectionId, wider);
    }
    for (const code of ['news', 'offers']) await createOptIn(stage.server, scene, code);
    token = await authorizedToken(stage.server, scene);
    // As Salesforce does, the org counts its versions in whole seconds.
    now = Math.floor(Date.now() / 1000) - 3600;
    org.clock = () => new Date(now * 1000).toISOString();
  });

  const integrate = (optInFields: object[], more: object = {}, object = 'Contact'): Promise<string> =>
    activeIntegration(stage.server, scene, object, {
      operations: ['consent'],
      optInFields,
      matching: BY_EMAIL,
      ...more,
    });
  const put = (name: string, object = 'Contact'): string =>
    org.put(object, { Email: EMAIL, LastName: name, Active__c: false, Offers__c: false, IsConverted: false });
  const say = (status: string, optIn: string | null): Promise<unknown> =>
    changeConsent(stage.server, scene, [{ contact: { email: EMAIL }, optIn, status }]);
  const box = (id: string): unknown => org.record(id)?.Active__c;
  /** Somebody in Salesforce saves the record. */
  const save = (id: string, fields: object): void => {
    now += 1;
    Object.assign(org.record(id) ?? {}, fields, { SystemModstamp: org.clock() });
  };
  /** The record as it is read now, for a batch that is sent now or later. */
  const read = (id: string): unknown[] => {
    const { SystemModstamp, Email, LastName, Active__c } = org.record(id) ?? {};
    return [id, SystemModstamp, Email, LastName, Active__c];
  };
  const send = async (...records: unknown[][]): Promise<void> => {
    const fields = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Active__c'];
    await postBatch(stage.server, token, { fields, upserts: records }).expect(200);
  };
  const row = async (): Promise<Record<string, unknown> | undefined> =>
    (await rowsOf(stage.server, scene)).find(({ email }) => email === EMAIL);
  const column = async (): Promise<unknown> => (await row())?.active;
  const deliver = async (): Promise<void> => {
    now += 1;
    await stage.deliver();
  };
  /** A contact of Salesforce that has a row. */
  const known = async (): Promise<string> => {
    const id = put('Ann');
    await send(read(id));
    return id;
  };
  const clickUnsubscribe = async (optIn: string | null = null): Promise<void> => {
    const made = await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose: 'unsubscribe', optIn, contacts: [{ email: EMAIL }] })
      .expect(200);
    const { links } = made.body as { links: { url: string }[] };
    await request(stage.server.app)
      .post(new URL(links[0]?.url ?? '').pathname)
      .type('form')
      .send('List-Unsubscribe=One-Click')
      .expect(200);
  };
  const events = async (): Promise<readonly Record<string, unknown>[]> =>
    (await consentOf(stage.server, scene, { email: EMAIL })).events;

  describe('reaches', () => {
    it('every record of the address, of which nobody said otherwise', async () => {
      await integrate([OPT_OUT]);
      await integrate([OPT_OUT], {}, 'Lead');
      const own = await known();
      const others = [put('Ann again'), put('Ann as well'), put('Ann', 'Lead')];
      await clickUnsubscribe();
      await deliver();
      expect([own, ...others].map(box)).toEqual([true, true, true, true]);
    });

    it('the row’s own record only where that is chosen', async () => {
      await integrate([OPT_OUT], { matching: { ...BY_EMAIL, several: 'refuse' } });
      const own = await known();
      const other = put('Ann again');
      await clickUnsubscribe();
      await deliver();
      expect([own, other].map(box)).toEqual([true, false]);
    });

    it('the other records where the one that is known was deleted', async () => {
      await integrate([OPT_OUT]);
      await integrate([], {
        operations: ['updated'],
        mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      });
      const own = await known();
      const other = put('Ann again');
      org.remove(own);
      await stage.sql(ground, "UPDATE CONTACT SET last_name = 'New'");
      await deliver();
      await clickUnsubscribe();
      await deliver();
      expect(box(other)).toBe(true);
    });

    it('all of them beside rows that go to their own record', async () => {
      const id = await integrate([OPT_OUT], {
        operations: ['updated', 'consent'],
        mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
      });
      const own = await known();
      const other = put('Namesake');
      await stage.sql(ground, "UPDATE CONTACT SET last_name = 'New'");
      await clickUnsubscribe();
      await deliver();
      expect(org.record(own)).toMatchObject({ LastName: 'New', Active__c: true });
      expect(org.record(other)).toMatchObject({ LastName: 'Namesake', Active__c: true });
      expect(await outboxOf(stage.server, id)).toEqual([]);
    });

    it('all of them though none is known to be the row’s, which is said', async () => {
      const id = await integrate([OPT_OUT], {
        operations: ['created', 'updated', 'consent'],
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
      });
      const records = [put('One'), put('Two')];
      await stage.sql(ground, "INSERT INTO CONTACT (email, last_name) VALUES ($1, 'New')", [EMAIL]);
      await clickUnsubscribe();
      await deliver();
      expect(records.map(box)).toEqual([true, true]);
      expect(records.map((each) => org.record(each)?.LastName)).toEqual(['One', 'Two']);
      expect(await outboxOf(stage.server, id)).toMatchObject([{ state: 'dead', code: 'several-records' }]);
    });
  });

  describe('of no e-mail at all', () => {
    it('waits until nothing is left that the person was asked for', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      await say('granted', 'news');
      await say('granted', 'offers');
      await say('withdrawn', 'news');
      await deliver();
      expect(box(id)).toBe(false);
      await say('withdrawn', 'offers');
      await deliver();
      expect(box(id)).toBe(true);
    });

    it('is said by who unsubscribes from everything that there ever was', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      for (const code of ['news', 'offers'])
        await admin(
          stage.server,
          'post',
          `/v1/admin/projects/${scene.project}/opt-ins/${code}/archive`,
        ).expect(200);
      await clickUnsubscribe();
      await deliver();
      expect(box(id)).toBe(true);
    });

    it('is said at once by who unsubscribes from everything', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      await say('granted', 'news');
      await clickUnsubscribe();
      await deliver();
      expect(box(id)).toBe(true);
    });
  });

  describe('that somebody in Salesforce has undone', () => {
    /** Ann wants nothing any more, and Salesforce knows; somebody there clears the checkbox. */
    const undone = async (optIn: object): Promise<string> => {
      await integrate([optIn]);
      const id = await known();
      await say('granted', 'news');
      await clickUnsubscribe('news');
      await deliver();
      expect(box(id)).toBe(true);
      save(id, { Active__c: false });
      return id;
    };

    it.each([
      ['all', OPT_OUT],
      ['any', ANY],
    ])('stays so when the person agrees to something else (%s)', async (_name, optIn) => {
      const id = await undone(optIn);
      await say('granted', 'offers');
      await deliver();
      expect(box(id)).toBe(false);
    });

    it('is known to the ledger, and raises nothing here', async () => {
      const id = await undone(OPT_OUT);
      const before = await events();
      await send(read(id));
      expect(await column()).toBe(false);
      const { consents, events: after } = await consentOf(stage.server, scene, { email: EMAIL });
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
      save(id, { LastName: 'Ann B' });
      await send(read(id));
      expect(await events()).toHaveLength(before.length + 1);
      await deliver();
      expect(box(id)).toBe(false);
    });

    it('is set again when the person says no again, with proof', async () => {
      const id = await undone(OPT_OUT);
      await send(read(id));
      await clickUnsubscribe('news');
      expect(await column()).toBe(true);
      await deliver();
      expect(box(id)).toBe(true);
      expect((await events()).at(-1)).toMatchObject({
        optIn: 'news',
        asked: 'withdrawn',
        outcome: 'unchanged',
        source: 'unsubscribe-link',
      });
      const { length } = await events();
      await clickUnsubscribe('news');
      expect(await events()).toHaveLength(length);
    });

    it('is set again by a click even where nobody has told DI of it', async () => {
      const id = await undone(OPT_OUT);
      await clickUnsubscribe('news');
      await deliver();
      expect(box(id)).toBe(true);
      expect(await column()).toBe(true);
    });

    it('is not set again by a list that says the old no once more', async () => {
      const id = await undone(OPT_OUT);
      await send(read(id));
      await changeConsent(stage.server, scene, [
        { contact: { email: EMAIL }, optIn: 'news', status: 'withdrawn', occurredAt: '2026-01-01T00:00:00Z' },
        { contact: { email: EMAIL }, optIn: 'news', status: 'withdrawn', source: 'import' },
      ]);
      await deliver();
      expect(box(id)).toBe(false);
    });

    it('is offered to be said again on the link’s page', async () => {
      const id = await undone(OPT_OUT);
      await send(read(id));
      const made = await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
        .send({ purpose: 'unsubscribe', optIn: 'news', contacts: [{ email: EMAIL }] })
        .expect(200);
      const { links } = made.body as { links: { url: string }[] };
      const page = await request(stage.server.app).get(new URL(links[0]?.url ?? '').pathname);
      expect(page.text).toContain('value="unsubscribe"');
    });
  });

  describe('is said by the column of the same field', () => {
    it('at once, and stays so while the org does not know it yet', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      await clickUnsubscribe();
      expect(await column()).toBe(true);
      save(id, { LastName: 'Ann B' });
      await send(read(id));
      expect(await row()).toMatchObject({ last_name: 'Ann B', active: true });
      await deliver();
      expect(box(id)).toBe(true);
      expect(await column()).toBe(true);
    });

    it('against a batch that was read before, however late it comes', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      save(id, { LastName: 'Ann B' });
      const old = read(id);
      await clickUnsubscribe();
      await deliver();
      await send(old);
      expect(await row()).toMatchObject({ last_name: 'Ann B', active: true });
      expect((await events()).filter(({ source }) => source === 'salesforce')).toEqual([]);
    });

    it('against a batch of the very second in which it was written', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      save(id, { LastName: 'Ann B' });
      const old = read(id);
      await clickUnsubscribe();
      await stage.deliver();
      expect(org.record(id)?.SystemModstamp).toBe(old[1]);
      await send(old);
      expect(await row()).toMatchObject({ last_name: 'Ann B', active: true });
    });

    it('until a later version of the record says otherwise', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      await clickUnsubscribe();
      await deliver();
      save(id, { LastName: 'Ann B' });
      await send(read(id));
      expect(await row()).toMatchObject({ last_name: 'Ann B', active: true });
      save(id, { Active__c: false });
      await send(read(id));
      expect(await column()).toBe(false);
    });

    it('without being sent back', async () => {
      await integrate([OPT_OUT]);
      const echo = await integrate([], {
        operations: ['updated'],
        mapping: [{ salesforceField: 'Offers__c', column: 'active' }],
        matching: { by: 'record-id' },
      });
      await known();
      await clickUnsubscribe();
      await deliver();
      expect(await column()).toBe(true);
      expect(await outboxOf(stage.server, echo)).toEqual([]);
      const counted = await stage.sql(ground, 'SELECT * FROM di.delivery_count WHERE integration_id = $1', [
        echo,
      ]);
      expect(counted).toEqual([]);
    });

    it('and of an opt-in’s own field, both ways', async () => {
      await integrate([{ optIn: 'news', field: 'Active__c', trueWhen: 'granted' }]);
      await known();
      const states = [];
      for (const status of ['granted', 'withdrawn', 'granted']) {
        await say(status, 'news');
        states.push(await column());
        await deliver();
        states.push(await column());
      }
      expect(states).toEqual([true, true, false, false, true, true]);
    });

    it('as the org has it, where the person thought better of it before anything was sent', async () => {
      await integrate([OPT_OUT], { settings: { schedule: { kind: 'daily', hour: 3, timeZone: 'UTC' } } });
      const id = await known();
      await clickUnsubscribe();
      expect(await column()).toBe(true);
      await say('granted', 'news');
      await stage.letTimePass();
      await deliver();
      expect(box(id)).toBe(false);
      expect(await column()).toBe(false);
    });

    it('as the person says last, where that comes while the first is being sent', async () => {
      await integrate([{ optIn: 'news', field: 'Active__c', trueWhen: 'granted' }]);
      const id = await known();
      await say('granted', 'news');
      const seen: unknown[] = [];
      org.afterWrite = async () => {
        org.afterWrite = () => Promise.resolve();
        await say('withdrawn', 'news');
        seen.push(await column());
      };
      now += 1;
      await stage.server.database.pool.query("UPDATE di.delivery SET due_at = now() WHERE state = 'pending'");
      await stage.deliver();
      seen.push(box(id), await column());
      expect(seen).toEqual([false, false, false]);
    });

    it('of a row that comes when the person has spoken already', async () => {
      await integrate([OPT_OUT]);
      await known();
      await say('granted', 'news');
      await stage.sql(ground, 'DELETE FROM CONTACT');
      await stage.sql(ground, 'DELETE FROM di.tombstone');
      await say('withdrawn', 'news');
      const id = put('Ann');
      await send(read(id));
      expect(await column()).toBe(true);
    });

    it('of every row whose record was written, where an address is no key', async () => {
      await integrate([OPT_OUT]);
      const id = await known();
      const other = put('Ann again');
      await stage.sql(
        ground,
        "INSERT INTO CONTACT (email, active, _salesforce_id) VALUES ('other-key@example.com', false, $1)",
        [other],
      );
      await clickUnsubscribe();
      await deliver();
      expect([id, other].map(box)).toEqual([true, true]);
      expect((await rowsOf(stage.server, scene)).map(({ active }) => active)).toEqual([true, true]);
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
      await admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
        .send({ mapping })
        .expect(200);
      await integrate([OPT_OUT]);
      await known();
      expect(await row()).toMatchObject({ tier: 'silver' });
      await clickUnsubscribe();
      expect(await row()).toMatchObject({ tier: 'gold' });
    });
  });

  it('is given up, and said to be, where the org does not keep it', async () => {
    const integration = await integrate([OPT_OUT]);
    const id = await known();
    org.afterWrite = () => Promise.resolve(void Object.assign(org.record(id) ?? {}, { Active__c: false }));
    await clickUnsubscribe();
    await deliver();
    const [dead] = await outboxOf(stage.server, integration);
    expect(dead).toMatchObject({ state: 'dead', code: 'value-not-kept' });
    expect(dead?.message).toContain('Active__c is false again');
    expect(await column()).toBe(true);
    save(id, { LastName: 'Ann B' });
    await send(read(id));
    expect(await row()).toMatchObject({ last_name: 'Ann B', active: true });
  });
});
