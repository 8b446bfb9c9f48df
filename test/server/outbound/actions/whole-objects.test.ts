import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRESETS } from '../../../../server/src/outbound/actions/presets.ts';
import {
  activeAction,
  createSource,
  identify,
  postEvent,
  startEventStage,
  type EventStage,
  type ShownItem,
} from '../../support/event-stage.ts';
import { admin } from '../../support/test-server.ts';

describe('an action', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterAll(() => stage.close());

  const activated = (definition: object): Promise<string> => activeAction(stage, definition);

  async function done(action: string, item: object): Promise<ShownItem['outcomes'][number] | undefined> {
    await admin(stage.server, 'post', `/v1/actions/${action}`)
      .send({ items: [item] })
      .expect(202);
    await stage.work();
    const answer = await admin(stage.server, 'get', `/v1/admin/actions/${action}/items?limit=1`).expect(200);
    return (answer.body as { items: ShownItem[] }).items[0]?.outcomes[0];
  }

  const LEAD = 'Company, LastName, Phone, External__c, newProp__c, score__c, HasOptedOutOfEmail';
  const lead = async (email: string) =>
    (await stage.query(`SELECT ${LEAD} FROM Lead WHERE Email = '${email}'`))[0];

  describe('of a whole object', () => {
    const WHOLE = {
      object: 'Lead',
      operation: 'upsert',
      matchers: [{ field: 'Email', path: 'properties.email' }],
      mapping: [
        { field: 'Email', path: 'properties.email' },
        { field: 'Company', constant: 'Mapped' },
        { field: '*', path: 'properties' },
      ],
    };

    it('gives each member to the field of its name, and the fields that are mapped what they are mapped to', async () => {
      const action = await activated(WHOLE);
      const properties = {
        email: 'whole@example.com',
        LastName: 'Ann',
        External__c: 'x',
        newProp: 'n',
        score: 7,
      };
      expect(await done(action, { properties: { ...properties, company: 'Of the event' } })).toMatchObject({
        code: 'created',
      });
      expect(await lead(properties.email)).toMatchObject({
        ...{ LastName: 'Ann', External__c: 'x', newProp__c: 'n', score__c: 7, Company: 'Mapped' },
      });
    });

    it('leaves out what the org has no field for and no field can hold, and says so', async () => {
      const action = await activated(WHOLE);
      const properties = {
        email: 'left@example.com',
        LastName: 'Ann',
        Phone: { home: 1 },
        colour: 'red',
        gone: null,
      };
      expect(await done(action, { properties })).toMatchObject({
        code: 'created',
        leftOut: { Phone: 'object', colour: 'unknown' },
      });
    });

    it('takes no opt-out back', async () => {
      const action = await activated(WHOLE);
      const email = 'out@example.com';
      await done(action, { properties: { email, LastName: 'Ann', HasOptedOutOfEmail: true } });
      expect(
        await done(action, { properties: { email, LastName: 'Bea', HasOptedOutOfEmail: false } }),
      ).toMatchObject({ code: 'updated', leftOut: { HasOptedOutOfEmail: 'undoes-opt-out' } });
      expect(await lead(email)).toMatchObject({ LastName: 'Bea', HasOptedOutOfEmail: true });
    });

    it.each([1, '1', 'True', ' yes'])('takes an opt-out that is written %j', async (said) => {
      const action = await activated(WHOLE);
      const email = `said-${typeof said}-${String(said).trim()}@example.com`;
      const outcome = await done(action, {
        properties: { email, LastName: 'Ann', HasOptedOutOfEmail: said },
      });
      expect(outcome).toMatchObject({ code: 'created' });
      expect(outcome).not.toHaveProperty('leftOut');
      expect(await lead(email)).toMatchObject({ HasOptedOutOfEmail: true });
    });

    it('says of each item what a new record would need', async () => {
      const action = await activated(WHOLE);
      expect(await done(action, { properties: { email: 'nameless@example.com' } })).toMatchObject({
        code: 'required-field-missing',
        message: expect.stringContaining('LastName') as string,
      });
    });

    it('is taken in Segment’s spelling, and kept in the one that there is', async () => {
      const mapping = [
        { field: 'LastName', '@path': '$.traits.last_name || $.properties.last_name' },
        { field: '*', '@path': '$.properties' },
      ];
      const id = await activated({ ...WHOLE, mapping });
      const answer = await admin(stage.server, 'get', `/v1/admin/actions/${id}`).expect(200);
      expect(answer.body).toMatchObject({
        definition: {
          mapping: [
            { field: 'LastName', path: 'traits.last_name || properties.last_name' },
            { field: '*', path: 'properties' },
          ],
        },
      });
    });
  });

  it('takes the first place of a path that holds something', async () => {
    const action = await activated({
      object: 'Lead',
      operation: 'upsert',
      matchers: [{ field: 'Email', path: 'email' }],
      mapping: [
        { field: 'Email', path: 'email' },
        { field: 'Company', constant: 'C' },
        { field: 'LastName', path: 'traits.last || $.last' },
        { field: 'Phone', path: 'a || b' },
      ],
    });
    const email = 'places@example.com';
    await done(action, { email, traits: { last: null }, last: 'Second', a: '1', b: '2' });
    expect(await lead(email)).toMatchObject({ LastName: 'Second', Phone: '1' });
    await done(action, { email, traits: { last: 'First' }, last: 'Second', 'a || b': 'Whole' });
    expect(await lead(email)).toMatchObject({ LastName: 'First', Phone: 'Whole' });
    // Nothing in the first place, and null in the last one: the field is emptied.
    await done(action, { email, last: 'Second', b: null });
    expect(await lead(email)).toMatchObject({ LastName: 'Second', Phone: null });
  });

  describe('that begins with a preset', () => {
    const presetOf = async (code: string): Promise<object> => {
      const answer = await admin(stage.server, 'get', '/v1/admin/action-presets').expect(200);
      const { presets } = answer.body as { presets: { code: string; definition: object }[] };
      return presets.find((preset) => preset.code === code)?.definition ?? {};
    };

    it.each(PRESETS)('is put to work as it is: $code', async ({ definition }) => {
      await activated(definition);
    });

    it('makes of who somebody is a lead, or a contact', async () => {
      const source = await createSource(stage.server, stage.scene.connectionId);
      const trigger = { on: 'event', type: 'identify', source: source.id };
      await activated({ ...(await presetOf('lead')), trigger });
      await activated({ ...(await presetOf('contact')), trigger });
      const email = 'preset@example.com';
      const address = { city: 'Paris', postal_code: '75001', country: 'France', street: 'Rue', state: 'IDF' };
      const traits = { email, first_name: 'Ann', last_name: 'Bea', company: 'Acme', address };
      await postEvent(stage.server, source, 'identify', identify(traits, { integrations: {} })).expect(200);
      await stage.work();
      const person = { FirstName: 'Ann', LastName: 'Bea' };
      expect(
        await stage.query(
          `SELECT FirstName, LastName, Company, City, PostalCode, Country, Street, State FROM Lead WHERE Email = '${email}'`,
        ),
      ).toMatchObject([
        {
          ...person,
          ...{
            Company: 'Acme',
            City: 'Paris',
            PostalCode: '75001',
            Country: 'France',
            Street: 'Rue',
            State: 'IDF',
          },
        },
      ]);
      expect(
        await stage.query(
          `SELECT FirstName, LastName, MailingCity, MailingState FROM Contact WHERE Email = '${email}'`,
        ),
      ).toMatchObject([{ ...person, MailingCity: 'Paris', MailingState: 'IDF' }]);
    });

    it('makes of a group an account, and of no other event', async () => {
      const source = await createSource(stage.server, stage.scene.connectionId);
      await activated({
        ...(await presetOf('account')),
        trigger: { on: 'event', type: 'group', source: source.id },
      });
      const group = (name: string) => ({
        type: 'group',
        userId: 'u',
        groupId: 'acme-1',
        traits: { name, employees: 12, website: 'https://acme.example', address: { city: 'Paris' } },
      });
      for (const name of ['Acme', 'Acme Inc.']) {
        const answer = await postEvent(stage.server, source, 'batch', {
          batch: [group(name), { type: 'page', userId: 'u' }],
        }).expect(200);
        expect(answer.body).toMatchObject({ accepted: 1, ignored: 1 });
      }
      await stage.work();
      expect(
        await stage.query('SELECT Name, AccountNumber, NumberOfEmployees, BillingCity FROM Account'),
      ).toMatchObject([
        { Name: 'Acme Inc.', AccountNumber: 'acme-1', NumberOfEmployees: 12, BillingCity: 'Paris' },
      ]);
    });
  });
});
