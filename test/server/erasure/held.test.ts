import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import { createSource, identify, postEvent } from '../support/event-stage.ts';
import { acquiringProject, ImportCalls } from '../support/imports.ts';
import { addRows, createTable, erase, exportOf, tablesWith } from '../support/persons.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

describe('what is held of a person', () => {
  let server: TestServer;
  let scene: Scene;
  let domain: string;
  let ann: { readonly email: string };
  let bob: { readonly email: string };
  let imports: ImportCalls;
  const logged: string[] = [];
  beforeAll(async () => {
    const sink = new Writable({
      write: (line, _encoding, done) => {
        logged.push(String(line));
        done();
      },
    });
    server = await startTestServer(null, {}, pino({ level: 'info' }, sink));
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    // Of each test its own, since the whole database is searched for them.
    domain = `${scene.project.toLowerCase()}.example.com`;
    ann = { email: `ann@${domain}` };
    bob = { email: `bob@${domain}` };
    await createOptIn(server, scene);
    const token = await authorizedToken(server, scene);
    const upserts = [
      [contactId(1), moment(0), ann.email, 'Ann'],
      [contactId(2), moment(0), bob.email, 'Bob'],
    ];
    await postBatch(server, token, { upserts }, { key: `first-${scene.project}` }).expect(200);
  });

  it('is exported whole, and is nobody else’s', async () => {
    await createTable(server, scene, 'Orders', [
      { name: 'number', type: 'integer' },
      { name: 'buyer', type: 'email', reference: { table: 'Contact', column: 'email' } },
      { name: 'sum', type: 'decimal', precision: 30, scale: 10 },
    ]);
    await addRows(
      server,
      scene,
      [
        { number: 1, buyer: ann.email, sum: '12345678901234567890.0123456789' },
        { number: 2, buyer: bob.email, sum: '2' },
      ],
      'Orders',
    );
    await changeConsent(server, scene, [
      { contact: ann, optIn: 'newsletter', status: 'granted' },
      { contact: bob, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    const source = await createSource(server, scene.connectionId);
    await postEvent(server, source, 'identify', identify({ email: `ANN@${domain}` })).expect(200);
    await postEvent(server, source, 'identify', identify(bob)).expect(200);
    const { answer, held } = await exportOf(server, scene, { email: `Ann@${domain}` });
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename=".*-person\.json"$/);
    expect(held).toMatchObject({
      rows: [
        { table: 'Contact', rows: [{ email: ann.email, last_name: 'Ann', _salesforce_id: contactId(1) }] },
        { table: 'Orders', rows: [{ number: 1, sum: '12345678901234567890.0123456789' }] },
      ],
      batches: [{ batch: `first-${scene.project}`, recordId: contactId(1), operation: 'upsert' }],
      events: [{ kind: 'source', body: { traits: { email: `ANN@${domain}` } } }],
      consent: { consents: [{ optIn: 'newsletter', status: 'granted' }], ledger: [{ contact: ann }] },
    });
    expect(answer.text.toLowerCase()).not.toContain(bob.email);
    const audit = await admin(server, 'get', '/v1/admin/audit-events?limit=1').expect(200);
    expect(audit.body).toMatchObject({
      events: [{ action: 'person.exported', subject: scene.project, detail: { contacts: 1 } }],
    });
    expect(audit.text).not.toContain(ann.email);
  });

  it('goes from events and items of actions', async () => {
    const source = await createSource(server, scene.connectionId);
    await postEvent(server, source, 'identify', identify(ann)).expect(200);
    await postEvent(server, source, 'identify', identify({ plan: 'x' }, { userId: `ANN@${domain}` })).expect(
      200,
    );
    await postEvent(server, source, 'identify', identify(bob)).expect(200);
    const { body } = await erase(server, scene, ann);
    expect(body.erased).toContainEqual({ place: 'events', table: null, count: 2 });
    expect(await tablesWith(server, scene, ann.email)).toEqual([]);
    expect(await tablesWith(server, scene, bob.email)).toContain('write_item');
  });

  it('is found in events however its letters are written, those of other alphabets too', async () => {
    const elea = { email: `élea@${domain}` };
    const source = await createSource(server, scene.connectionId);
    for (const [event, email] of [
      `ÉLEA@${domain}`,
      `élea@${domain.toUpperCase()}`,
      `elea@${domain}`,
    ].entries())
      await postEvent(
        server,
        source,
        'identify',
        identify({ other: email }, { userId: `user ${event}` }),
      ).expect(200);
    const { body } = await erase(server, scene, elea);
    expect(body.erased).toEqual([{ place: 'events', table: null, count: 2 }]);
  });

  it('goes from what its own row has asked of actions, which know it by its key', async () => {
    const source = await createSource(server, scene.connectionId);
    await server.database.pool.query(
      `INSERT INTO di.write_item (queue_id, key, person, occasion, body)
       SELECT $1::uuid, k.email, lower(jsonb_build_object('email', k.email)::text), 'contact-created', '{"age": 7}'
       FROM unnest($2::text[]) AS k (email)`,
      [source.id, [ann.email, bob.email]],
    );
    const { body } = await erase(server, scene, ann);
    expect(body.erased).toContainEqual({ place: 'events', table: null, count: 1 });
    expect(await tablesWith(server, scene, ann.email)).toEqual([]);
  });

  it('goes from results of imports and their files, whose first rows are not shown any more', async () => {
    const project = await acquiringProject(server, [
      { name: 'email', type: 'email' },
      { name: 'age', type: 'integer' },
    ]);
    const { id } = await imports.upload(project, `email,age\nAnn@${domain},old\n${bob.email},young\n`);
    await imports.run(id);
    await addRows(server, { project }, [ann]);
    expect(await exportOf(server, { project }, ann)).toMatchObject({
      held: { imports: [{ import: id, rows: [{ line: 2, cells: [`Ann@${domain}`, 'old'] }] }] },
    });
    const { body } = await erase(server, { project }, ann);
    expect(body.erased).toContainEqual({ place: 'import-results', table: null, count: 1 });
    expect(body.erased).toContainEqual({ place: 'import-files', table: null, count: 1 });
    expect(await tablesWith(server, { project }, ann.email)).toEqual([]);
    expect(await imports.results(id)).toContain(bob.email);
    expect(await imports.find(id)).toMatchObject({ status: 'done', counts: { rows: 2 } });
  });

  it('is not erased while a file waits that may hold it, and nothing is half done', async () => {
    const project = await acquiringProject(server, [{ name: 'email', type: 'email' }]);
    await addRows(server, { project }, [ann]);
    const { id } = await imports.upload(project, `email\n${ann.email}\n`);
    const { answer } = await erase(server, { project }, ann);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'imports-waiting',
      detail: expect.stringContaining('people.csv') as string,
    });
    expect(await exportOf(server, { project }, ann)).toMatchObject({
      held: { rows: [{ rows: [ann] }] },
    });
    await imports.step(id, 'cancel').expect(200);
    expect((await erase(server, { project }, ann)).answer.status).toBe(200);
  });

  it('stands in no line of the log', async () => {
    logged.length = 0;
    const key = encodeURIComponent(JSON.stringify(ann));
    await admin(server, 'get', `/v1/admin/projects/${scene.project}/consent/contact?key=${key}`).expect(200);
    await admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Contact/rows/${ann.email}`)
      .send({ last_name: 'A' })
      .expect((answer) => expect(answer.status).toBeLessThan(500));
    await exportOf(server, scene, ann);
    await erase(server, scene, ann);
    expect(logged.length).toBeGreaterThanOrEqual(4);
    expect(logged.join('').toLowerCase()).not.toMatch(/ann(@|%40)/);
  });
});
