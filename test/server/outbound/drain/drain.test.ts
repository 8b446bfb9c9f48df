import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { SalesforceFault } from '../../../../server/src/salesforce/org.ts';
import {
  activeIntegration,
  createOptIn,
  outboxOf,
  secondConnection,
  setConsent,
  type Ground,
} from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { authorizedToken, contactId, moment, postBatch, type Scene } from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];
const ROWS = { operations: ['created', 'updated', 'deleted'], mapping: MAPPING };
const BY_EXTERNAL_ID = { ...ROWS, matching: { by: 'external-id', field: 'DI_Id__c' } };
const BY_EMAIL = { ...ROWS, matching: { by: 'lookup', field: 'Email', column: 'email' } };

describe('deliveries', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ({ scene, ground, org } = await setStage(stage));
    stage.orgs.fault = null;
    stage.incidents.length = 0;
  });

  const sql = (text: string, values: unknown[] = []): Promise<object[]> => stage.sql(ground, text, values);
  const integrate = (definition: object, object = 'Contact'): Promise<string> =>
    activeIntegration(stage.server, scene, object, definition);
  const contacts = (): unknown[] =>
    org
      .records('Contact')
      .map(({ Email, LastName }) => `${String(Email)} ${String(LastName)}`)
      .sort();

  describe('of rows', () => {
    it('create records by an external id, and know them from then on', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      await sql(
        "INSERT INTO CONTACT (email, last_name, age) VALUES ('a@example.com', 'A', 40), ('b@example.com', 'B', NULL)",
      );
      await stage.deliver();
      expect(contacts()).toEqual(['a@example.com A', 'b@example.com B']);
      expect(org.records('Contact').find((record) => record.Email === 'a@example.com')).toMatchObject({
        Age__c: 40,
      });
      expect(await outboxOf(stage.server, id)).toEqual([]);
      await sql("UPDATE CONTACT SET last_name = 'A2' WHERE email = 'a@example.com'");
      await sql("DELETE FROM CONTACT WHERE email = 'b@example.com'");
      await stage.deliver();
      expect(contacts()).toEqual(['a@example.com A2']);
      expect(org.calls).toMatchObject({ query: 0, write: 3 });
    });

    it('write the created record’s id into its row', async () => {
      await integrate(BY_EXTERNAL_ID);
      await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'A')");
      await stage.deliver();
      const [record] = org.records('Contact');
      expect(await sql('SELECT _salesforce_id FROM CONTACT')).toEqual([{ _salesforce_id: record?.Id }]);
    });

    it('look for the record first where there is no external id, and update the one that is there', async () => {
      await integrate(BY_EMAIL);
      const there = org.put('Contact', { Email: 'There@Example.com', LastName: 'Old' });
      await sql(
        "INSERT INTO CONTACT (email, last_name) VALUES ('there@example.com', 'New'), ('new@example.com', 'N')",
      );
      await stage.deliver();
      expect(contacts()).toEqual(['new@example.com N', 'there@example.com New']);
      expect(org.record(there)).toMatchObject({ LastName: 'New' });
    });

    it('look for records in shorter queries where the org takes no long ones', async () => {
      const id = await integrate(BY_EMAIL);
      const emails = Array.from({ length: 600 }, (_, index) => `somebody.with.a.name.${index}@example.com`);
      for (const Email of emails) org.put('Contact', { Email, LastName: 'Old' });
      await sql("INSERT INTO CONTACT (email, last_name) SELECT email, 'New' FROM unnest($1::text[]) email", [
        emails,
      ]);
      org.longestQuery = 16_000;
      await stage.deliver();
      expect(await outboxOf(stage.server, id)).toEqual([]);
      expect(new Set(contacts())).toEqual(new Set(emails.map((email) => `${email} New`)));
      // The long one that was refused, and one call for its parts.
      expect(org.calls.query).toBe(2);
    });

    it('write nothing where several records answer to the value, and say so', async () => {
      const id = await integrate(BY_EMAIL);
      for (const name of ['One', 'Two']) org.put('Contact', { Email: 'twice@example.com', LastName: name });
      await sql(
        "INSERT INTO CONTACT (email, last_name) VALUES ('twice@example.com', 'X'), ('fine@example.com', 'F')",
      );
      await stage.deliver();
      expect(contacts()).toEqual(['fine@example.com F', 'twice@example.com One', 'twice@example.com Two']);
      expect(await outboxOf(stage.server, id)).toMatchObject([
        { email: 'twice@example.com', state: 'dead', code: 'several-records' },
      ]);
    });

    it('update the record that the row came from', async () => {
      await integrate({ ...ROWS, operations: ['updated', 'deleted'] });
      const id = org.put('Contact', { Email: 'other@example.com', LastName: 'Old' });
      await sql(
        "INSERT INTO CONTACT (email, last_name, _salesforce_id) VALUES ('a@example.com', 'Old', $1)",
        [id],
      );
      await sql("UPDATE CONTACT SET last_name = 'New'");
      await stage.deliver();
      expect(org.record(id)).toMatchObject({ Email: 'other@example.com', LastName: 'New' });
      await sql('DELETE FROM CONTACT');
      await stage.deliver();
      expect(org.records('Contact')).toEqual([]);
    });

    it('never tell of a row that came and went in between', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'A')");
      await sql('DELETE FROM CONTACT');
      await stage.deliver();
      expect(org.calls).toEqual({ describe: 2, query: 0, write: 0, bulk: 0 });
      expect(await outboxOf(stage.server, id)).toEqual([]);
    });

    it('send a thousand edits as one', async () => {
      await integrate(BY_EXTERNAL_ID);
      await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', '0')");
      for (let edit = 1; edit <= 20; edit++) await sql('UPDATE CONTACT SET last_name = $1', [String(edit)]);
      await stage.deliver();
      expect(contacts()).toEqual(['a@example.com 20']);
      expect(org.calls.write).toBe(1);
    });

    it('send again what changes while it is being sent', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      await sql(
        "INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'first'), ('b@example.com', 'first')",
      );
      org.beforeWrite = async () => {
        org.beforeWrite = () => Promise.resolve();
        await sql("UPDATE CONTACT SET last_name = 'second' WHERE email = 'a@example.com'");
        await sql("DELETE FROM CONTACT WHERE email = 'b@example.com'");
      };
      await stage.deliver();
      expect(contacts()).toEqual(['a@example.com second']);
      expect(await outboxOf(stage.server, id)).toEqual([]);
    });

    it('delete nothing that another row stands for by now', async () => {
      await integrate({ ...BY_EXTERNAL_ID, operations: ['created', 'updated', 'deleted'] });
      const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A' });
      await sql("INSERT INTO CONTACT (email, last_name, _salesforce_id) VALUES ('a@example.com', 'A', $1)", [
        id,
      ]);
      await sql('DELETE FROM CONTACT');
      await sql("INSERT INTO CONTACT (email, last_name, _salesforce_id) VALUES ('b@example.com', 'A', $1)", [
        id,
      ]);
      await stage.deliver();
      expect(contacts()).toEqual(['b@example.com A']);
    });

    it('follow a row to its new key, in the other orgs too', async () => {
      const other = await secondConnection(stage.server, scene);
      const second = stage.orgs.of(other);
      await keepObject(stage.server.database.knex, other, await second.describe('Contact'));
      await activeIntegration(stage.server, { ...scene, connectionId: other }, 'Contact', BY_EXTERNAL_ID);
      const token = await authorizedToken(stage.server, scene);
      const send = (email: string, at: number) =>
        postBatch(stage.server, token, { upserts: [[contactId(1), moment(at), email, 'A']] }).expect(200);
      await send('first@example.com', 0);
      await stage.deliver();
      const [before] = second.records('Contact');
      await send('second@example.com', 1);
      await stage.deliver();
      expect(second.records('Contact')).toMatchObject([{ Id: before?.Id, Email: 'second@example.com' }]);
    });

    it('make one record of two rows that are looked for by the same value', async () => {
      await integrate({ ...ROWS, matching: { by: 'lookup', field: 'LastName', column: 'last_name' } });
      await sql(
        "INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'Same'), ('b@example.com', 'same')",
      );
      await stage.deliver();
      expect(org.records('Contact')).toHaveLength(1);
    });
  });

  describe('of consent', () => {
    it('set Email Opt Out on every contact and lead of the address, and nothing else', async () => {
      const news = await createOptIn(stage.server, ground, 'news');
      const optOut = {
        operations: ['consent'],
        optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
        matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
      };
      await integrate(optOut);
      await integrate(optOut, 'Lead');
      const ids = [
        org.put('Contact', { Email: 'a@example.com', LastName: 'One' }),
        org.put('Contact', { Email: 'A@example.com', LastName: 'Two' }),
        org.put('Lead', { Email: 'a@example.com', LastName: 'Three', IsConverted: false }),
      ];
      const other = org.put('Contact', { Email: 'b@example.com', LastName: 'Other' });
      await setConsent(stage.server, ground, news, ['a@example.com', 'unknown@example.com'], 'withdrawn');
      await stage.deliver();
      for (const [index, name] of ['One', 'Two', 'Three'].entries())
        expect(org.record(ids[index] ?? '')).toMatchObject({ HasOptedOutOfEmail: true, LastName: name });
      expect(org.record(other)).toMatchObject({ HasOptedOutOfEmail: false });
      const before = org.calls.write;
      await setConsent(stage.server, ground, news, ['a@example.com'], 'granted');
      await stage.deliver();
      expect(org.calls.write).toBe(before);
      expect(org.record(ids[0] ?? '')).toMatchObject({ HasOptedOutOfEmail: true });
    });

    it('keep a checkbox as the opt-in is, both ways', async () => {
      const news = await createOptIn(stage.server, ground, 'news');
      await integrate({
        operations: ['consent'],
        optInFields: [{ optIn: 'news', field: 'News__c', trueWhen: 'granted' }],
        matching: { by: 'lookup', field: 'Email', column: 'email' },
      });
      const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A' });
      const states = [];
      for (const status of ['pending', 'granted', 'withdrawn', 'granted'] as const) {
        await setConsent(stage.server, ground, news, ['a@example.com'], status);
        await stage.deliver();
        states.push(org.record(id)?.News__c);
      }
      expect(states).toEqual([false, true, false, true]);
    });

    it('go with a record that is created', async () => {
      const news = await createOptIn(stage.server, ground, 'news');
      await integrate({
        ...BY_EXTERNAL_ID,
        operations: ['created', 'consent'],
        optInFields: [{ optIn: 'news', field: 'News__c', trueWhen: 'granted' }],
      });
      await setConsent(stage.server, ground, news, ['a@example.com', 'nobody@example.com'], 'granted');
      await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'A')");
      await stage.deliver();
      expect(org.records('Contact')).toMatchObject([{ Email: 'a@example.com', News__c: true }]);
    });
  });

  describe('that fail', () => {
    const refusing = (code: string, email: string, fields: string[] = []): void => {
      org.refuse = (_operation, record) =>
        record.Email === email ? { code, message: `${code} said`, fields } : null;
    };
    const two = (): Promise<object[]> =>
      sql(
        "INSERT INTO CONTACT (email, last_name) VALUES ('bad@example.com', 'Bad'), ('good@example.com', 'Good')",
      );

    it.each([
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'STRING_TOO_LONG',
      'REQUIRED_FIELD_MISSING',
      'DUPLICATES_DETECTED',
    ])('with %s are given up with a reason, and their neighbours go', async (code) => {
      const id = await integrate(BY_EXTERNAL_ID);
      refusing(code, 'bad@example.com', ['LastName']);
      await two();
      await stage.deliver();
      expect(contacts()).toEqual(['good@example.com Good']);
      const [dead] = await outboxOf(stage.server, id);
      expect(dead).toMatchObject({ email: 'bad@example.com', state: 'dead', code });
      expect(dead?.message).toContain('Salesforce: ');
      // A dead one lives again when its row is mended.
      org.refuse = () => null;
      await sql("UPDATE CONTACT SET last_name = 'Mended' WHERE email = 'bad@example.com'");
      await stage.deliver();
      expect(contacts()).toEqual(['bad@example.com Mended', 'good@example.com Good']);
      expect(await outboxOf(stage.server, id)).toEqual([]);
    });

    it('by a lock are tried again, and given up when it never ends', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      refusing('UNABLE_TO_LOCK_ROW', 'bad@example.com');
      await two();
      await stage.deliver();
      expect(await outboxOf(stage.server, id)).toMatchObject([
        { state: 'pending', code: 'UNABLE_TO_LOCK_ROW' },
      ]);
      for (let attempt = 2; attempt <= 10; attempt++) {
        await stage.letTimePass();
        await stage.deliver();
      }
      expect(await outboxOf(stage.server, id)).toMatchObject([{ state: 'dead', code: 'UNABLE_TO_LOCK_ROW' }]);
      await stage.letTimePass();
      expect(await stage.deliver()).toBe(0);
    });

    it('as a whole call are parted until the one stands alone that it fails for', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      const plain = org.write.bind(org);
      org.write = (operation, object, records, options) =>
        records.some((record) => record.Email === 'bad@example.com')
          ? Promise.reject(new SalesforceFault('give-up', 'JSON_PARSER_ERROR', 'Cannot deserialize'))
          : plain(operation, object, records, options);
      await sql(
        "INSERT INTO CONTACT (email, last_name) SELECT 'p' || n || '@example.com', 'P' FROM generate_series(1, 20) n",
      );
      await two();
      await stage.deliver();
      expect(org.records('Contact')).toHaveLength(21);
      expect(await outboxOf(stage.server, id)).toMatchObject([
        { email: 'bad@example.com', state: 'dead', code: 'JSON_PARSER_ERROR' },
      ]);
    });

    it('for a field that was deleted in the org stop the integration, name it, and wait', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      const contact = await org.describe('Contact');
      org.objects.set('contact', {
        ...contact,
        fields: contact.fields.filter((field) => field.name !== 'Age__c'),
      });
      await two();
      await stage.deliver();
      expect(org.calls.write).toBe(1);
      expect(
        await sql('SELECT stopped_code, stopped_message FROM di.integration WHERE id = $1', [id]),
      ).toMatchObject([
        { stopped_code: 'INVALID_FIELD', stopped_message: expect.stringContaining('Age__c') as string },
      ]);
      expect((await outboxOf(stage.server, id)).map((each) => each.state)).toEqual(['pending', 'pending']);
      expect(stage.incidents.filter((each) => each.isOpen)).toMatchObject([{ kind: 'integration-stopped' }]);
      expect(await stage.deliver()).toBe(0);
    });

    it('for an object that is another one each time it is looked at wait, and are sent when it stays', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      const describe = org.describe.bind(org);
      let looks = 0;
      org.describe = async (object) => ({ ...(await describe(object)), label: `Contact ${++looks}` });
      org.refuse = () => ({ code: 'INVALID_FIELD_FOR_INSERT_UPDATE', message: 'No.', fields: ['Age__c'] });
      await two();
      await stage.deliver();
      expect(looks).toBe(3);
      expect((await outboxOf(stage.server, id)).map((each) => each.state)).toEqual(['pending', 'pending']);
      expect(await stage.deliver()).toBe(0);
      const [channel] = await sql('SELECT code FROM di.delivery_channel WHERE connection_id = $1', [
        scene.connectionId,
      ]);
      expect(channel).toEqual({ code: 'object-changing' });
      org.describe = describe;
      org.refuse = () => null;
      await stage.letTimePass();
      await stage.deliver();
      expect(await outboxOf(stage.server, id)).toEqual([]);
    });

    it('for want of an authorization are held, told of, and sent when there is one again', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      stage.orgs.fault = new SalesforceFault('stop', 'not-authorized', 'Authorize the connection.');
      await two();
      await stage.deliver();
      expect((await outboxOf(stage.server, id)).map((each) => each.state)).toEqual(['pending', 'pending']);
      expect(await stage.deliver()).toBe(0);
      expect(stage.incidents).toMatchObject([{ kind: 'authorization-lost', isOpen: true }]);
      stage.orgs.fault = null;
      await stage.letTimePass();
      await stage.deliver();
      expect(contacts()).toEqual(['bad@example.com Bad', 'good@example.com Good']);
      expect(stage.incidents).toContainEqual(
        expect.objectContaining({ kind: 'authorization-lost', isOpen: false }),
      );
    });

    it('by an org that is away wait as they are', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      org.faults.push(new SalesforceFault('retry', 'SERVER_UNAVAILABLE', 'try later'));
      await two();
      await stage.deliver();
      expect((await outboxOf(stage.server, id)).map((each) => each.code)).toEqual([null, null]);
      expect(stage.incidents.filter((each) => each.isOpen)).toEqual([]);
      await stage.letTimePass();
      await stage.deliver();
      expect(org.records('Contact')).toHaveLength(2);
    });

    it('for a record that was deleted in the org end by name, and create it again only when asked', async () => {
      const id = await integrate(BY_EXTERNAL_ID);
      await two();
      await stage.deliver();
      for (const record of org.records('Contact')) org.remove(String(record.Id));
      await sql("UPDATE CONTACT SET last_name = 'Again' WHERE email = 'good@example.com'");
      await sql("DELETE FROM CONTACT WHERE email = 'bad@example.com'");
      await stage.deliver();
      expect(await outboxOf(stage.server, id)).toMatchObject([
        { email: 'good@example.com', state: 'dead', code: 'ENTITY_IS_DELETED' },
      ]);
      await sql("UPDATE CONTACT SET last_name = 'Once more'");
      await stage.deliver();
      expect(org.records('Contact')).toEqual([]);
    });
  });
});
