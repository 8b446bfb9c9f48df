import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createSource,
  eventsOf,
  identify,
  postEvent,
  startEventStage,
  type EventStage,
  type ShownItem,
  type TestSource,
} from '../../support/event-stage.ts';
import { admin } from '../../support/test-server.ts';

describe('events for Salesforce', () => {
  let stage: EventStage;
  let source: TestSource;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    source = await createSource(stage.server, stage.scene.connectionId);
  });

  async function deliver(...events: object[]): Promise<ShownItem[]> {
    await postEvent(stage.server, source, 'batch', { batch: events }).expect(200);
    await stage.work();
    return eventsOf(stage.server, source);
  }
  const external = (...externalId: object[]) => ({ context: { externalId } });

  /** Converts a lead; answers its contact. */
  async function convert(leadId: string): Promise<string> {
    await stage.salesforce.connection.tooling.executeAnonymous(
      `Database.LeadConvert c = new Database.LeadConvert(); c.setLeadId('${leadId}'); c.setDoNotCreateOpportunity(true); c.setConvertedStatus('Closed - Converted'); Database.convertLead(c);`,
    );
    const [lead] = await stage.query(`SELECT ConvertedContactId FROM Lead WHERE Id = '${leadId}'`);
    expect(lead?.ConvertedContactId).toBeTruthy();
    return String(lead?.ConvertedContactId);
  }

  it('with an externalId update the record it names, and create one where it has no id', async () => {
    const id = await stage.salesforce.create('Contact', { LastName: 'Before' });
    const traits = { FirstName: 'John', LastName: 'Gibbs', Email: 'john@peterson.com', newProp: 'x' };
    const shown = await deliver(
      identify(traits, external({ type: 'Salesforce-Contact', id })),
      identify({ Code__c: 'A', amount: 3 }, external({ type: 'Salesforce-Order_Line__c' })),
    );
    expect(shown).toMatchObject([
      { status: 'delivered', outcomes: [{ code: 'updated', object: 'Contact', ids: [id] }] },
      { status: 'delivered', outcomes: [{ code: 'created', object: 'Order_Line__c' }] },
    ]);
    expect(
      await stage.query(`SELECT FirstName, LastName, Email, newProp__c FROM Contact WHERE Id = '${id}'`),
    ).toMatchObject([{ FirstName: 'John', LastName: 'Gibbs', Email: 'john@peterson.com', newProp__c: 'x' }]);
    expect(await stage.query('SELECT Code__c, Amount__c FROM Order_Line__c')).toMatchObject([
      { Code__c: 'A', Amount__c: 3 },
    ]);
  });

  it('with traits that libraries add by themselves are written without those, and say so', async () => {
    const id = await stage.salesforce.create('Contact', { LastName: 'Before', External__c: 'common' });
    const traits = {
      LastName: 'After',
      anonymousId: 'a',
      age: 42,
      avatar: 'https://example.com/a.png',
      createdAt: '2026-01-01T00:00:00Z',
      address: { city: 'Ghent' },
      username: 'ann',
    };
    const upstream = { type: 'Salesforce-Contact', id: 'common', identifierType: 'External__c' };
    const shown = await deliver(
      identify(traits, external({ type: 'Salesforce-Contact', id })),
      identify(traits, { context: { mappedToDestination: true, externalId: [upstream] } }),
    );
    const { LastName: _written, ...others } = traits;
    const leftOut = Object.fromEntries(Object.keys(others).map((name) => [name, 'unknown']));
    expect(shown.map(({ status, outcomes }) => [status, outcomes[0]?.ids, outcomes[0]?.leftOut])).toEqual([
      ['delivered', [id], leftOut],
      ['delivered', [id], leftOut],
    ]);
    expect(await stage.query(`SELECT LastName FROM Contact WHERE Id = '${id}'`)).toMatchObject([
      { LastName: 'After' },
    ]);
  });

  it('for several objects write each, and each for itself', async () => {
    const id = await stage.salesforce.create('Contact', { LastName: 'Several' });
    const [event] = await deliver(
      identify(
        { FirstName: 'Ann', LastName: 'Bea', Name: 'Acme' },
        external({ type: 'Salesforce-Contact', id }, { type: 'Salesforce-Nothing__c' }),
      ),
    );
    expect(event).toMatchObject({
      status: 'failed',
      outcomes: [
        { status: 200, code: 'updated', leftOut: { Name: 'read-only' } },
        { status: 400, code: 'unknown-object', object: 'Nothing__c' },
      ],
    });
    source = await createSource(stage.server, stage.scene.connectionId, { unknownFields: 'leave-out' });
    const [again] = await deliver(
      identify(
        { LastName: 'Bea', Name: 'Acme' },
        external({ type: 'Salesforce-Contact', id }, { type: 'Salesforce-Account' }),
      ),
    );
    expect(again?.outcomes.map(({ object, code }) => `${object} ${code}`)).toEqual([
      'Contact updated',
      'Account created',
    ]);
  });

  it('with an id that is none, or leads nowhere, say so', async () => {
    const shown = await deliver(
      identify({ LastName: 'X' }, external({ type: 'Salesforce-Contact', id: 'sf-contact-id' })),
      identify({ LastName: 'X' }, external({ type: 'Salesforce-Contact', id: '003000000000999AAA' })),
      identify({ LastName: 'X' }, external({ type: 'Salesforce-Contact', id: '00Q000000000001EAA' })),
    );
    expect(shown.map(({ outcomes }) => [outcomes[0]?.status, outcomes[0]?.code])).toEqual([
      [400, 'invalid-id'],
      [404, 'no-match'],
      [400, 'invalid-id'],
    ]);
  });

  it('mapped upstream find the record by its identifier, and create it with the identifier', async () => {
    const mapped = (traits: object, id: string) =>
      identify(traits, {
        context: {
          mappedToDestination: true,
          externalId: [{ type: 'Salesforce-contact', id, identifierType: 'External__c' }],
        },
      });
    await deliver(
      mapped({ LastName: 'New', Id: 'not written' }, 'V-1'),
      mapped({ FirstName: 'Nameless' }, 'V-2'),
    );
    await deliver(mapped({ LastName: 'Newer' }, 'v-1'));
    const shown = await eventsOf(stage.server, source);
    expect(shown.map(({ outcomes }) => outcomes[0]?.code)).toEqual([
      'created',
      'required-field-missing',
      'updated',
    ]);
    expect(await stage.query(`SELECT LastName FROM Contact WHERE External__c = 'V-1'`)).toMatchObject([
      { LastName: 'Newer' },
    ]);
  });

  it('of a converted lead go to its contact where the source says so, and to the lead where not', async () => {
    const email = 'converted@example.com';
    const lead = await stage.salesforce.create('Lead', { Email: email, LastName: 'Was', Company: 'Acme' });
    const contact = await convert(lead);
    const withContact = await createSource(stage.server, stage.scene.connectionId, { useContactId: true });
    const [plain] = await deliver(identify({ email, title: 'Dr.' }));
    expect(plain?.outcomes).toMatchObject([{ object: 'Lead', ids: [lead] }]);
    source = withContact;
    const [event] = await deliver(identify({ email, title: 'Prof.' }));
    expect(event).toMatchObject({
      status: 'delivered',
      outcomes: [{ code: 'updated', object: 'Contact', ids: [contact] }],
    });
    expect(await stage.query(`SELECT Title FROM Contact WHERE Id = '${contact}'`)).toMatchObject([
      { Title: 'Prof.' },
    ]);
    await stage.salesforce.delete('Contact', contact);
    const [, gone] = await deliver(identify({ email, title: 'None' }));
    expect(gone).toMatchObject({ status: 'failed', outcomes: [{ status: 404 }] });
    expect(await stage.query(`SELECT Id FROM Contact WHERE Email = '${email}'`)).toEqual([]);
  });

  it('of a returning customer go to the lead that is open, and of several open ones to none', async () => {
    const email = 'returning@example.com';
    const lead = { Email: email, LastName: 'Returning', Company: 'Acme' };
    const was = await stage.salesforce.create('Lead', lead);
    await convert(was);
    const open = await stage.salesforce.create('Lead', lead);
    const [once] = await deliver(identify({ email, title: 'Dr.' }));
    expect(once).toMatchObject({ status: 'delivered', outcomes: [{ code: 'updated', ids: [open] }] });
    const another = await stage.salesforce.create('Lead', lead);
    const [, again] = await deliver(identify({ email, title: 'Prof.' }));
    expect(again).toMatchObject({ status: 'failed', outcomes: [{ status: 300 }] });
    expect(again?.outcomes[0]?.ids).toEqual(expect.arrayContaining([open, another]));
  });
});

describe('the endpoints of events', () => {
  let stage: EventStage;
  let source: TestSource;
  beforeAll(async () => {
    stage = await startEventStage();
    source = await createSource(stage.server, stage.scene.connectionId);
  });
  afterAll(() => stage.close());
  const app = () => stage.server.app;

  it('take a write key as the user name of Basic authorization, and nothing else', async () => {
    const event = identify({ email: 'a@example.com' });
    await postEvent(stage.server, source, 'identify', event).expect(200);
    await request(app()).post('/v1/identify').auth(source.writeKey, '""').send(event).expect(200);
    for (const attempt of [
      request(app()).post('/v1/identify'),
      request(app()).post('/v1/identify').auth('', source.writeKey),
      request(app()).post('/v1/identify').auth(`${source.writeKey}x`, ''),
      request(app()).post('/v1/identify').set('Authorization', `Bearer ${source.writeKey}`),
      request(app()).post('/v1/identify').set('Authorization', 'Basic ???'),
    ]) {
      const answer = await attempt.send(event).expect(401);
      expect(answer.body).toMatchObject({ code: 'invalid-write-key' });
      expect(answer.get('WWW-Authenticate')).toMatch(/^Basic/);
    }
  });

  it('keep no write key that could be read, and take a revoked one no longer', async () => {
    const { rows } = await stage.server.database.knex.raw<{ rows: unknown[] }>(
      'SELECT k.*, s.* FROM di.write_key k JOIN di.event_source s ON s.id = k.source_id',
    );
    expect(JSON.stringify(rows)).not.toContain(source.writeKey.split('_').slice(2).join('_'));
    const path = `/v1/admin/sources/${source.id}/keys`;
    const added = (await admin(stage.server, 'post', path).expect(201)).body as TestSource;
    await postEvent(stage.server, added, 'identify', identify({ email: 'b@example.com' })).expect(200);
    await admin(stage.server, 'delete', `${path}/${added.id}`).expect(204);
    await postEvent(stage.server, added, 'identify', identify({ email: 'b@example.com' })).expect(401);
    await postEvent(stage.server, source, 'identify', identify({ email: 'b@example.com' })).expect(200);
  });

  it('take each event of a batch for itself, and name those refused', async () => {
    const good = identify({ email: 'c@example.com' });
    const answer = await postEvent(stage.server, source, 'batch', {
      batch: [
        good,
        'text',
        null,
        { userId: 'u' },
        identify({ email: 'c@example.com' }, { userId: undefined, anonymousId: '' }),
        identify({ email: 'c@example.com', text: 'x'.repeat(40_000) }),
        identify({ email: 'c@example.com', text: 'a\u0000b' }),
        identify({ email: 'c@example.com', text: '\ud800' }),
        { type: 'page', userId: 'u' },
        { type: 'track', userId: 'u', event: 'Nobody listens' },
        identify({ email: 'd@example.com' }, { userId: undefined, anonymousId: 'a' }),
        identify({ email: 'e@example.com', text: '\\u0000 is no NUL' }, { userId: 7 }),
      ],
    }).expect(200);
    const { refused, ...counts } = answer.body as { refused: { index: number; code: string }[] };
    expect(counts).toEqual({ accepted: 3, ignored: 2, duplicates: 0 });
    expect(refused.map(({ index, code }) => `${index} ${code}`)).toEqual([
      '1 invalid-event',
      '2 invalid-event',
      '3 no-type',
      '4 no-user',
      '5 event-too-large',
      '6 unstorable-text',
      '7 unstorable-text',
    ]);
  });

  it('refuse a single event with what is wrong with it', async () => {
    const refuse = async (path: 'identify' | 'track' | 'batch', body: object, code: string) => {
      const answer = await postEvent(stage.server, source, path, body).expect(400);
      expect(answer.body).toMatchObject({ code });
    };
    await refuse('identify', { traits: { email: 'a@example.com' } }, 'no-user');
    await refuse('identify', identify({}, { type: 'track' }), 'wrong-type');
    await refuse('identify', { userId: 'u', traits: 'text' }, 'invalid-body');
    await refuse('batch', { batch: [] }, 'invalid-body');
    await refuse('batch', {}, 'invalid-body');
  });

  it('let the batch say once what its events do not say', async () => {
    const { integrations: _own, ...event } = identify({ email: 'f@example.com' });
    const answer = await postEvent(stage.server, source, 'batch', {
      batch: [event, { ...event, messageId: 'own', integrations: {} }],
      integrations: { Salesforce: true },
    }).expect(200);
    expect(answer.body).toMatchObject({ accepted: 1, ignored: 1 });
  });

  it('store events of a paused source and write none until it is active again', async () => {
    const paused = await createSource(stage.server, stage.scene.connectionId);
    const change = (status: string) =>
      admin(stage.server, 'patch', `/v1/admin/sources/${paused.id}`).send({ status }).expect(200);
    await change('paused');
    await postEvent(stage.server, paused, 'identify', identify({ email: 'paused@example.com' })).expect(200);
    await stage.work();
    expect(await eventsOf(stage.server, paused)).toMatchObject([{ status: 'waiting' }]);
    await change('active');
    await stage.work();
    expect(await eventsOf(stage.server, paused, '&status=delivered')).toHaveLength(1);
    await admin(stage.server, 'delete', `/v1/admin/sources/${paused.id}`).expect(204);
    await postEvent(stage.server, paused, 'identify', identify({ email: 'paused@example.com' })).expect(401);
  });
});
