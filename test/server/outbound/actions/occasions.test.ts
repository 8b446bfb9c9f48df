import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../../support/consent.ts';
import { groundOf, secondConnection } from '../../support/delivery-scene.ts';
import { startEventStage, type EventStage, type ShownItem } from '../../support/event-stage.ts';
import { ImportCalls } from '../../support/imports.ts';
import { authorizeByPassword } from '../../support/salesforce.ts';
import {
  admin,
  authorizedToken,
  contactId,
  moment,
  postBatch,
  type Scene,
  createScene,
} from '../../support/test-server.ts';

const LEAD_MAPPING = [
  { field: 'Email', path: 'email' },
  { field: 'LastName', path: 'last_name' },
  { field: 'Company', constant: 'n/a' },
];
const CREATE_LEAD = {
  object: 'Lead',
  operation: 'create',
  mapping: LEAD_MAPPING,
  trigger: { on: 'contact-created' },
};
const BY_EMAIL = [{ field: 'Email', path: 'email' }];
const OPT_OUT_LEAD = {
  object: 'Lead',
  operation: 'update',
  matchers: BY_EMAIL,
  mapping: [{ field: 'HasOptedOutOfEmail', constant: true }],
  trigger: { on: 'opt-out' },
};

type Shown = ShownItem & { readonly occasion: string; readonly body: Readonly<Record<string, unknown>> };

/** What happens in the project, done in the local org over HTTP. */
describe('an action bound to an occasion', () => {
  let stage: EventStage;
  let scene: Scene;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.orgUrl);
  });

  async function activated(definition: object, connection = scene.connectionId): Promise<string> {
    const made = await admin(stage.server, 'post', '/v1/admin/actions')
      .send({ connection, name: 'Action', ...definition })
      .expect(201);
    const { id } = made.body as { id: string };
    await admin(stage.server, 'post', `/v1/admin/actions/${id}/activate`).expect(204);
    return id;
  }

  async function itemsOf(action: string): Promise<Shown[]> {
    const answer = await admin(stage.server, 'get', `/v1/admin/actions/${action}/items?limit=500`).expect(
      200,
    );
    return (answer.body as { items: Shown[] }).items.reverse();
  }

  const writeRows = (...rows: object[]) =>
    admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .send({ rows, overridesSalesforce: true })
      .expect(200);

  const withdraw = (email: string, optIn = 'newsletter') =>
    changeConsent(stage.server, scene, [{ contact: { email }, optIn, status: 'withdrawn' }]);

  let people = 0;
  const newEmail = (): string => `occasion${people++}@example.com`;
  const leads = (email: string) =>
    stage.query(`SELECT Id, LastName, HasOptedOutOfEmail FROM Lead WHERE Email = '${email}'`);

  it('creates a lead of a contact that the API created, once, and of no contact that was changed', async () => {
    const action = await activated(CREATE_LEAD);
    const email = newEmail();
    await writeRows({ email, last_name: 'New' });
    await writeRows({ email, last_name: 'Changed' });
    await stage.work();
    expect(await leads(email)).toMatchObject([{ LastName: 'New' }]);
    expect(await itemsOf(action)).toMatchObject([
      { status: 'delivered', occasion: 'contact-created', outcomes: [{ code: 'created' }] },
    ]);
    expect(await stage.work()).toBe(0);
  });

  it('takes its values from the row, whole', async () => {
    const action = await activated(CREATE_LEAD);
    const email = newEmail();
    await writeRows({
      email,
      last_name: 'Row',
      age: 41,
      balance: '12345678.90',
      born: '1985-02-03',
      seen: '2026-11-20T10:00:00.000Z',
      active: true,
      topics: ['a', 'b'],
    });
    const [item] = await itemsOf(action);
    expect(item?.body).toMatchObject({
      email,
      last_name: 'Row',
      age: '41',
      balance: '12345678.90',
      born: '1985-02-03',
      active: true,
      topics: ['a', 'b'],
    });
    expect(Date.parse(String(item?.body.seen))).toBe(Date.parse('2026-11-20T10:00:00.000Z'));
    expect(Object.keys(item?.body ?? {}).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  it('notices contacts of an import', async () => {
    const action = await activated(CREATE_LEAD);
    const calls = new ImportCalls(stage.server);
    const [one, two] = [newEmail(), newEmail()];
    const { id } = await calls.upload(scene.project, `email,last_name\n${one},One\n${two},Two\nbad,Bad\n`);
    await calls.set(id, { overridesSalesforce: true });
    await calls.run(id);
    expect((await itemsOf(action)).map(({ body }) => body.email)).toEqual([one, two]);
  });

  it('notices contacts that one org pushed for another org, and never for the org they came from', async () => {
    const other = await secondConnection(stage.server, scene);
    const own = await activated(CREATE_LEAD);
    const foreign = await activated(CREATE_LEAD, await authorized(other));
    const token = await authorizedToken(stage.server, scene);
    const email = newEmail();
    await postBatch(stage.server, token, { upserts: [[contactId(1), moment(1), email, 'Pushed']] }).expect(
      200,
    );
    expect(await itemsOf(own)).toEqual([]);
    expect(await itemsOf(foreign)).toMatchObject([{ body: { email, last_name: 'Pushed' } }]);
    await stage.work();
    expect(await leads(email)).toHaveLength(1);
  });

  it('does not take a contact whose key changed for a new one', async () => {
    const foreign = await activated(
      CREATE_LEAD,
      await authorized(await secondConnection(stage.server, scene)),
    );
    const token = await authorizedToken(stage.server, scene);
    const [before, after] = [newEmail(), newEmail()];
    await postBatch(stage.server, token, { upserts: [[contactId(1), moment(1), before, 'Moves']] }).expect(
      200,
    );
    await postBatch(stage.server, token, {
      upserts: [
        [contactId(1), moment(2), after, 'Moves'],
        [contactId(2), moment(2), newEmail(), 'Comes'],
      ],
    }).expect(200);
    expect((await itemsOf(foreign)).map(({ body }) => body.last_name)).toEqual(['Moves', 'Comes']);
  });

  it('is not done for what was rolled back, and is done where it was begun and the server stopped', async () => {
    const action = await activated(CREATE_LEAD);
    await stage.work();
    const { table } = await groundOf(stage.server, scene);
    const client = await stage.server.database.pool.connect();
    const email = newEmail();
    await client.query('BEGIN');
    await client.query(`INSERT INTO ${table} (email, last_name) VALUES ($1, 'Never')`, [newEmail()]);
    await client.query('ROLLBACK');
    await client.query(`INSERT INTO ${table} (email, last_name) VALUES ($1, 'Kept')`, [email]);
    client.release();
    expect((await itemsOf(action)).map(({ body }) => body.email)).toEqual([email]);
    // A copy that took the queue, and came to its end before it did anything.
    await stage.server.database.pool.query(
      `UPDATE di.write_queue SET lease = gen_random_uuid(), leased_until = now() + interval '1 minute' WHERE id = $1`,
      [action],
    );
    expect(await stage.work()).toBe(0);
    await stage.server.database.pool.query('UPDATE di.write_queue SET leased_until = now() WHERE id = $1', [
      action,
    ]);
    await stage.work();
    expect(await leads(email)).toHaveLength(1);
  });

  it('goes with its table: it survives a build, and no trigger is left when it is paused', async () => {
    const action = await activated(CREATE_LEAD);
    const fields = `/v1/admin/projects/${scene.project}/tables/Contact/fields`;
    await admin(stage.server, 'post', fields).send({ name: 'city', type: 'text' }).expect(201);
    await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    const email = newEmail();
    await writeRows({ email, last_name: 'Built', city: 'Ghent' });
    expect(await itemsOf(action)).toMatchObject([{ body: { email, city: 'Ghent' } }]);
    expect(await triggersOf(scene)).toEqual(['di_occasion_insert']);
    await admin(stage.server, 'post', `/v1/admin/actions/${action}/pause`).expect(204);
    expect(await triggersOf(scene)).toEqual([]);
    await writeRows({ email: newEmail(), last_name: 'Unnoticed' });
    expect(await itemsOf(action)).toHaveLength(1);
    await admin(stage.server, 'post', `/v1/admin/actions/${action}/activate`).expect(204);
    await writeRows({ email: newEmail(), last_name: 'Noticed' });
    await admin(stage.server, 'delete', `/v1/admin/actions/${action}`).expect(204);
    expect(await triggersOf(scene)).toEqual([]);
  });

  it('sets a field of the lead after a click on an unsubscribe link, once', async () => {
    await createOptIn(stage.server, scene);
    const action = await activated(OPT_OUT_LEAD);
    const email = newEmail();
    await writeRows({ email, last_name: 'Clicks' });
    await stage.salesforce.create('Lead', { Email: email, LastName: 'Clicks', Company: 'n/a' });
    const made = await admin(stage.server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose: 'unsubscribe', contacts: [{ email }] })
      .expect(200);
    const { links } = made.body as { links: { url: string }[] };
    const path = new URL(links[0]?.url ?? '').pathname;
    for (let click = 0; click < 3; click++)
      await request(stage.server.app).post(path).type('form').send('List-Unsubscribe=One-Click').expect(200);
    await stage.work();
    expect(await leads(email)).toMatchObject([{ HasOptedOutOfEmail: true }]);
    expect(await itemsOf(action)).toMatchObject([
      {
        status: 'delivered',
        occasion: 'opt-out',
        body: { email, last_name: 'Clicks', _optIn: 'newsletter', _source: 'unsubscribe-link' },
      },
    ]);
    expect(await stage.work()).toBe(0);
  });

  it('is done again for whoever came back and withdrew again, and not for a grant', async () => {
    await createOptIn(stage.server, scene);
    const action = await activated(OPT_OUT_LEAD);
    const email = newEmail();
    await writeRows({ email, last_name: 'Wavers' });
    await withdraw(email);
    await changeConsent(stage.server, scene, [
      { contact: { email }, optIn: 'newsletter', status: 'granted' },
    ]);
    expect(await itemsOf(action)).toHaveLength(1);
    await withdraw(email);
    await withdraw(email);
    expect(await itemsOf(action)).toHaveLength(2);
  });

  it('waits for the opt-in that it names, and for all where it names none', async () => {
    await createOptIn(stage.server, scene, 'newsletter');
    await createOptIn(stage.server, scene, 'events');
    const any = await activated(OPT_OUT_LEAD);
    const events = await activated({ ...OPT_OUT_LEAD, trigger: { on: 'opt-out', optIn: 'events' } });
    const email = newEmail();
    await writeRows({ email, last_name: 'Leaves' });
    await withdraw(email, 'newsletter');
    await admin(stage.server, 'delete', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .send({ keys: [{ email }], overridesSalesforce: true })
      .expect(200);
    await withdraw(email, 'events');
    expect((await itemsOf(any)).map(({ body }) => body._optIn)).toEqual(['newsletter', 'events']);
    // The row is gone by then: the key is what is known.
    const [left] = await itemsOf(events);
    expect(left?.body).toMatchObject({ email, _optIn: 'events' });
    expect(left?.body).not.toHaveProperty('last_name');
  });

  it('leaves the org alone that told of the opt-out', async () => {
    await createOptIn(stage.server, scene);
    await admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/consent`)
      .send({ consent: [{ salesforceField: 'Active__c', optIn: 'newsletter', withdrawsWhen: true }] })
      .expect(200);
    const own = await activated(OPT_OUT_LEAD);
    const foreign = await activated(
      OPT_OUT_LEAD,
      await authorized(await secondConnection(stage.server, scene)),
    );
    const token = await authorizedToken(stage.server, scene);
    const email = newEmail();
    await postBatch(stage.server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'Active__c'],
      upserts: [[contactId(1), moment(1), email, true]],
    }).expect(200);
    expect(await itemsOf(own)).toEqual([]);
    expect(await itemsOf(foreign)).toMatchObject([{ body: { email, _source: 'salesforce' } }]);
  });

  async function authorized(connection: string): Promise<string> {
    await authorizeByPassword(stage.server, connection, stage.orgUrl);
    return connection;
  }

  async function triggersOf(of: Scene): Promise<string[]> {
    const { table } = await groundOf(stage.server, of);
    const found = await stage.server.database.pool.query<{ tgname: string }>(
      'SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal ORDER BY 1',
      [table],
    );
    return found.rows.map(({ tgname }) => tgname);
  }
});
