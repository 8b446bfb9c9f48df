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

/** Identify calls over HTTP, worked off into the local org over HTTP. */
describe('an identify call', () => {
  let stage: EventStage;
  let source: TestSource;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    source = await createSource(stage.server, stage.scene.connectionId);
  });

  /** Posts events, works them off, and answers what became of them. */
  async function deliver(...events: object[]): Promise<ShownItem[]> {
    await postEvent(stage.server, source, 'batch', { batch: events }).expect(200);
    await stage.work();
    return eventsOf(stage.server, source);
  }

  let people = 0;
  const newEmail = (): string => `person${people++}@example.com`;
  const lead = (email: string) =>
    stage.query(
      `SELECT Id, FirstName, LastName, Company, City, Title, Phone, newProp__c, score__c, wantsCall__c FROM Lead WHERE Email = '${email}' ORDER BY CreatedDate, Id`,
    );

  it('creates a lead where there is none, and updates it the next time', async () => {
    const email = newEmail();
    const created = await deliver(identify({ email, name: 'Ann Mary Bea', company: 'Acme', city: 'Ghent' }));
    expect(created).toMatchObject([
      { status: 'delivered', outcomes: [{ status: 201, code: 'created', object: 'Lead' }] },
    ]);
    expect(await lead(email)).toMatchObject([
      { FirstName: 'Ann Mary', LastName: 'Bea', Company: 'Acme', City: 'Ghent' },
    ]);
    const [, updated] = await deliver(identify({ email: email.toUpperCase(), city: 'Bruges' }));
    expect(updated).toMatchObject({ status: 'delivered', outcomes: [{ status: 200, code: 'updated' }] });
    const leads = await lead(email);
    expect(leads).toMatchObject([{ LastName: 'Bea', Company: 'Acme', City: 'Bruges' }]);
    expect(updated?.outcomes[0]?.ids).toEqual([leads[0]?.Id]);
  });

  it('gives n/a to a new lead without last name and company, and never to one that is there', async () => {
    const email = newEmail();
    await deliver(identify({ email }));
    expect(await lead(email)).toMatchObject([{ LastName: 'n/a', Company: 'n/a' }]);
    await deliver(identify({ email, name: 'Ann Bea', company: 'Acme' }));
    await deliver(identify({ email, title: 'Dr.' }));
    expect(await lead(email)).toMatchObject([{ LastName: 'Bea', Company: 'Acme', Title: 'Dr.' }]);
  });

  it('writes custom fields in their types, keeps false and nought, and empties a field with an empty text', async () => {
    const email = newEmail();
    await deliver(identify({ email, newProp: 'x', score: '12.5', wantsCall: true, phone: '555' }));
    expect(await lead(email)).toMatchObject([{ newProp__c: 'x', score__c: 12.5, wantsCall__c: true }]);
    await deliver(identify({ email, newProp: 7, score: 0, wantsCall: false, phone: '' }));
    expect(await lead(email)).toMatchObject([
      { newProp__c: '7', score__c: 0, wantsCall__c: false, Phone: null },
    ]);
  });

  it('without Salesforce: true is ignored and counted, whatever else it asks for', async () => {
    const email = newEmail();
    for (const integrations of [
      undefined,
      {},
      { All: true },
      { Salesforce: false },
      { Salesforce: 'true' },
    ]) {
      const answer = await postEvent(stage.server, source, 'identify', identify({ email }, { integrations }));
      expect(answer.body).toEqual({ accepted: 0, ignored: 1, duplicates: 0, refused: [] });
    }
    await postEvent(
      stage.server,
      source,
      'identify',
      identify({ email }, { integrations: { All: false, Salesforce: true } }),
    ).expect(200);
    expect(await stage.work()).toBeGreaterThan(0);
    expect(await lead(email)).toHaveLength(1);
    const shown = await admin(stage.server, 'get', `/v1/admin/sources/${source.id}`).expect(200);
    expect((shown.body as { counts: unknown }).counts).toEqual([
      { outcome: 'accepted', reason: '', count: 1 },
      { outcome: 'delivered', reason: '', count: 1 },
      { outcome: 'ignored', reason: 'not-for-salesforce', count: 5 },
    ]);
  });

  it('of two hundred people costs a handful of API calls', async () => {
    const known = Array.from({ length: 100 }, newEmail);
    const unknown = Array.from({ length: 100 }, newEmail);
    await stage.salesforce.createAll(
      'Lead',
      known.map((Email) => ({ Email, LastName: 'Known', Company: 'Acme' })),
    );
    await deliver(identify({ email: newEmail() }));
    const events = [...known, ...unknown].map((email) => identify({ email, city: 'Ghent' }));
    await postEvent(stage.server, source, 'batch', { batch: events }).expect(200);
    const calls = await stage.work();
    // Leads by address, contacts by address, one update, one insert; and a description of the object may be due.
    expect(calls).toBeLessThanOrEqual(6);
    const statuses = (await eventsOf(stage.server, source)).map(({ outcomes }) => outcomes[0]?.code);
    expect(statuses.filter((code) => code === 'updated')).toHaveLength(100);
    expect(statuses.filter((code) => code === 'created')).toHaveLength(101);
  });

  it('finds leads whose address has quotes, backslashes and unicode in it, and nobody else', async () => {
    const emails = [
      `o'brien@example.com`,
      `a+b@example.com`,
      `') OR Email LIKE '%@example.com`,
      'back\\slash@example.com',
      'jörg@example.com',
    ];
    await stage.salesforce.createAll('Lead', [{ Email: emails[0], LastName: `O'Brien`, Company: 'Acme' }]);
    const before = await stage.query('SELECT Id FROM Lead');
    const results = await deliver(...emails.map((email) => identify({ email, city: 'Cork' })));
    expect(results[0]).toMatchObject({ outcomes: [{ code: 'updated' }] });
    expect(await stage.query(`SELECT City FROM Lead WHERE LastName = 'O\\'Brien'`)).toMatchObject([
      { City: 'Cork' },
    ]);
    const after = await stage.query('SELECT Id FROM Lead');
    // Each of the others became one new lead, or was refused as no address; nobody else was touched.
    const created = results.slice(1).filter(({ status }) => status === 'delivered');
    expect(after.length - before.length).toBe(created.length);
    expect(await stage.query(`SELECT Id FROM Lead WHERE City = 'Cork'`)).toHaveLength(created.length + 1);
  });

  it('that finds two leads does nothing, names both and is never tried again', async () => {
    const email = newEmail();
    const ids = await stage.salesforce.createAll('Lead', [
      { Email: email, LastName: 'One', Company: 'Acme' },
      { Email: email, LastName: 'Two', Company: 'Acme' },
    ]);
    const [event] = await deliver(identify({ email, city: 'Ghent' }));
    expect(event).toMatchObject({
      status: 'failed',
      attempts: 0,
      nextAttemptAt: null,
      outcomes: [{ status: 300, code: 'several-matches' }],
    });
    expect([...(event?.outcomes[0]?.ids ?? [])].sort()).toEqual([...ids].sort());
    expect(await lead(email)).toMatchObject([{ City: null }, { City: null }]);
    expect(await stage.work()).toBe(0);
  });

  it('of a deleted lead says so, and creates none', async () => {
    const email = newEmail();
    const id = await stage.salesforce.create('Lead', { Email: email, LastName: 'Gone', Company: 'Acme' });
    await stage.salesforce.delete('Lead', id);
    expect(await deliver(identify({ email }))).toMatchObject([
      { status: 'failed', outcomes: [{ status: 410, code: 'lead-deleted', ids: [id] }] },
    ]);
    expect(await lead(email)).toEqual([]);
  });

  it('of a contact who is no lead updates the contact, unless the source does not look there', async () => {
    const email = newEmail();
    const id = await stage.salesforce.create('Contact', { Email: email, LastName: 'Contact' });
    const [event] = await deliver(identify({ email, city: 'Ghent', newProp: 'x', company: 'Acme' }));
    expect(event).toMatchObject({
      status: 'delivered',
      outcomes: [{ code: 'updated', object: 'Contact', ids: [id], leftOut: { Company: 'unknown' } }],
    });
    expect(await stage.query(`SELECT MailingCity, newProp__c FROM Contact WHERE Id = '${id}'`)).toMatchObject(
      [{ MailingCity: 'Ghent', newProp__c: 'x' }],
    );
    source = await createSource(stage.server, stage.scene.connectionId, { lookUpContacts: false });
    expect(await deliver(identify({ email }))).toMatchObject([
      { outcomes: [{ code: 'created', object: 'Lead' }] },
    ]);
  });

  it('makes a contact of somebody new where the source says so', async () => {
    source = await createSource(stage.server, stage.scene.connectionId, { object: 'Contact' });
    const email = newEmail();
    await deliver(identify({ email, city: 'Ghent' }));
    await deliver(identify({ email, firstName: 'Ann' }));
    expect(
      await stage.query(`SELECT FirstName, LastName, MailingCity FROM Contact WHERE Email = '${email}'`),
    ).toMatchObject([{ FirstName: 'Ann', LastName: 'n/a', MailingCity: 'Ghent' }]);
    expect(await lead(email)).toEqual([]);
  });

  it('with a trait the org has no field for is refused with its name, or goes without it', async () => {
    const email = newEmail();
    const [refused, neighbour] = await deliver(
      identify({ email, unheardOf: 1 }),
      identify({ email: newEmail(), newProp: 'fine' }),
    );
    expect(refused).toMatchObject({ status: 'failed', outcomes: [{ status: 400, code: 'unknown-field' }] });
    expect(refused?.outcomes[0]?.message).toContain('unheardOf__c');
    expect(neighbour).toMatchObject({ status: 'delivered' });
    source = await createSource(stage.server, stage.scene.connectionId, { unknownFields: 'leave-out' });
    expect(await deliver(identify({ email, unheardOf: 1 }))).toMatchObject([
      { status: 'delivered', outcomes: [{ leftOut: { unheardOf__c: 'unknown' } }] },
    ]);
  });

  it('leaves out what only the org writes, and traits that come by themselves', async () => {
    const email = newEmail();
    const [event] = await deliver(identify({ email, createdAt: '2020-01-01', age: 5, accuracy: 'x' }));
    expect(event).toMatchObject({
      status: 'delivered',
      outcomes: [{ leftOut: { CreatedDate: 'read-only', age__c: 'unknown' } }],
    });
  });

  it('with a value its field does not take is refused alone', async () => {
    const [bad, good] = await deliver(
      identify({ email: newEmail(), score: 'many' }),
      identify({ email: newEmail(), score: 3 }),
    );
    expect(bad).toMatchObject({ status: 'failed', outcomes: [{ status: 400, code: 'invalid-value' }] });
    expect(good).toMatchObject({ status: 'delivered' });
  });

  it('that Salesforce refuses keeps its reason, and its neighbours are written', async () => {
    const [bad, good] = await deliver(
      identify({ email: newEmail(), lastName: 'x'.repeat(100) }),
      identify({ email: newEmail() }),
    );
    expect(bad).toMatchObject({ status: 'failed', outcomes: [{ code: 'STRING_TOO_LONG' }] });
    expect(good).toMatchObject({ status: 'delivered' });
  });

  it('merges what concerns one person into one write, in order', async () => {
    const email = newEmail();
    const before = (await stage.query('SELECT Id FROM Lead')).length;
    const events = [
      identify({ email, city: 'Ghent', title: 'Dr.' }),
      identify({ email: email.toUpperCase(), city: 'Bruges' }),
      identify({ email, phone: '555' }),
    ];
    const shown = await deliver(...events);
    expect(shown.map(({ outcomes }) => outcomes[0]?.code)).toEqual(['created', 'created', 'created']);
    expect((await stage.query('SELECT Id FROM Lead')).length).toBe(before + 1);
    expect(await lead(email)).toMatchObject([{ City: 'Bruges', Title: 'Dr.', Phone: '555' }]);
  });

  it('is taken once for a message, however often it comes', async () => {
    const event = identify({ email: newEmail() });
    const first = await postEvent(stage.server, source, 'batch', { batch: [event, event] }).expect(200);
    expect(first.body).toEqual({ accepted: 1, ignored: 0, duplicates: 1, refused: [] });
    const again = await postEvent(stage.server, source, 'identify', event).expect(200);
    expect(again.body).toEqual({ accepted: 0, ignored: 0, duplicates: 1, refused: [] });
    await stage.work();
    expect(await eventsOf(stage.server, source)).toHaveLength(1);
    const other = await createSource(stage.server, stage.scene.connectionId);
    const elsewhere = await postEvent(stage.server, other, 'identify', event).expect(200);
    expect(elsewhere.body).toMatchObject({ accepted: 1 });
  });
});
