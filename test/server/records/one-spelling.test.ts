import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import { acquiringProject, ImportCalls } from '../support/imports.ts';
import { addRows, erase, find } from '../support/persons.ts';
import {
  admin,
  authorizedToken,
  createScene,
  FIELDS,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const SHORT = '0035g00000LkXaB';
const WHOLE = '0035g00000LkXaBAAV';
/** One mailbox, as people, spreadsheets and copied text have it. */
const SPELLINGS = [
  'Nora.Lind@Example.COM',
  'NORA.LIND@EXAMPLE.COM',
  '  nora.lind@example.com\u00a0',
  'nora.lind\u200b@example.com',
  'mailto:Nora.Lind@example.com',
];

describe('one mailbox', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    await createOptIn(server, scene);
    await postBatch(server, token, {
      upserts: [[SHORT, moment(0), 'Nora.Lind@Example.COM', 'Lind']],
    }).expect(200);
  });

  const rowsAt = (): string => `/v1/admin/projects/${scene.project}/tables/Contact/rows`;
  const write = (written: object[]) =>
    admin(server, 'post', rowsAt()).send({ rows: written, overridesSalesforce: true }).expect(200);
  const emails = async (): Promise<unknown[]> => (await rowsOf(server, scene)).map(({ email }) => email);

  it('is one row, whichever way it comes', async () => {
    for (const [place, email] of SPELLINGS.entries()) {
      await postBatch(server, token, {
        upserts: [[WHOLE, moment(place + 1), email, `Batch ${place}`]],
      }).expect(200);
      const written = await write([{ email, last_name: `Row ${place}` }]);
      expect(written.body).toMatchObject({ created: 0, updated: 1 });
    }
    expect(await rowsOf(server, scene)).toMatchObject([
      { email: 'nora.lind@example.com', last_name: 'Row 4', _salesforce_id: WHOLE },
    ]);
  });

  it('is one row of a file, whose other spellings are written one after the other', async () => {
    const project = await acquiringProject(server, FIELDS);
    const csv = `email,last_name\n${SPELLINGS.map((email, place) => `${email},Row ${place}`).join('\n')}\n`;
    const { id } = await imports.upload(project, csv);
    const done = await imports.run(id);
    expect(done.counts).toMatchObject({ created: 1, updated: 4, rejected: 0 });
    expect(await rowsOf(server, { ...scene, project })).toMatchObject([
      { email: 'nora.lind@example.com', last_name: 'Row 4' },
    ]);
  });

  it.each(SPELLINGS)('is found as %j by path, filter, key and address', async (spelled) => {
    const changed = await admin(
      server,
      'patch',
      `${rowsAt()}/${encodeURIComponent(spelled)}?overridesSalesforce=true`,
    )
      .send({ age: 44 })
      .expect(200);
    expect(changed.body).toMatchObject({ row: { email: 'nora.lind@example.com', age: 44 } });
    for (const filter of [{ email: spelled }, { email: { in: [spelled] } }, { email: { eq: spelled } }]) {
      const query = `?filter=${encodeURIComponent(JSON.stringify(filter))}`;
      const found = await admin(server, 'get', `${rowsAt()}${query}`).expect(200);
      expect(found.body).toMatchObject({ rows: [{ age: 44 }] });
    }
    const by = { contacts: [{ key: { email: 'nora.lind@example.com' }, hasRow: true }] };
    expect(await find(server, scene, { keys: [{ email: spelled }] })).toMatchObject(by);
    expect(await find(server, scene, { email: spelled })).toMatchObject(by);
    const removed = await admin(server, 'delete', rowsAt())
      .send({ keys: [{ email: spelled }], overridesSalesforce: true })
      .expect(200);
    expect(removed.body).toMatchObject({ deleted: 1 });
  });

  it.each(SPELLINGS)('has one consent, asked for as %j', async (spelled) => {
    await changeConsent(server, scene, [
      { contact: { email: spelled }, optIn: 'newsletter', status: 'granted' },
    ]);
    expect(await statusOf(server, scene, 'nora.lind@example.com')).toBe('granted');
    const links = await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose: 'unsubscribe', contacts: [{ email: spelled }] })
      .expect(200);
    expect(links.body).toMatchObject({ links: [{ code: null }] });
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/imports`)
      .set('Content-Type', 'text/csv')
      .send(`address\n"${spelled}"\n`)
      .expect(200);
    expect(await statusOf(server, scene, spelled)).toBe('withdrawn');
    const ledger = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/consent/ledger.csv?address=${encodeURIComponent(spelled)}`,
    ).expect(200);
    expect(ledger.text.trim().split('\r\n')).toHaveLength(3);
  });

  it('is one for whoever withdraws before there is a row', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/imports`)
      .set('Content-Type', 'text/csv')
      .send('address\nPAUL@Example.com\n')
      .expect(200);
    await postBatch(server, token, { upserts: [[WHOLE, moment(9), 'paul@example.com', 'Paul']] }).expect(200);
    expect(await statusOf(server, scene, 'paul@example.com')).toBe('withdrawn');
  });

  it('stays withdrawn when it comes back after an erasure', async () => {
    await changeConsent(server, scene, [
      { contact: { email: 'nora.lind@example.com' }, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    await erase(server, scene, { email: 'NORA.lind@example.com' });
    expect(await emails()).toEqual([]);
    await write([{ email: 'nora.Lind\u200b@Example.com' }]);
    expect((await consentOf(server, scene, { email: 'nora.lind@example.com' })).consents).toMatchObject([
      { status: 'withdrawn' },
    ]);
  });

  it('is refused where Salesforce would refuse it, and empty where nothing is to be seen', async () => {
    const answer = await postBatch(server, token, {
      upserts: [
        ['003000000000002', moment(0), 'nora@localhost', 'No dot'],
        ['003000000000003', moment(0), 'a@example.com;b@example.com', 'Two'],
        ['003000000000004', moment(0), '\u200b', 'Nothing'],
      ],
    }).expect(200);
    expect(answer.body).toMatchObject({
      rejected: [
        { id: '003000000000002AAA', code: 'invalid-email' },
        { id: '003000000000003AAA', code: 'invalid-email' },
      ],
      leftOut: 1,
    });
  });
});

describe('one record', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });

  const upsert = (id: string, seconds: number, email = 'nora@example.com') =>
    postBatch(server, token, { upserts: [[id, moment(seconds), email, 'Lind']] }).expect(200);

  it.each([SHORT, WHOLE, WHOLE.toLowerCase(), WHOLE.toUpperCase()])(
    'is the same whether a batch calls it %s or by its 18 characters',
    async (id) => {
      await upsert(id, 0);
      expect(await rowsOf(server, scene)).toMatchObject([{ _salesforce_id: WHOLE }]);
      const record = await admin(
        server,
        'get',
        `/v1/admin/projects/${scene.project}/tables/Contact/records/${id}`,
      ).expect(200);
      expect(record.body).toMatchObject({
        row: { email: 'nora@example.com' },
        history: [{ operation: 'upsert' }],
      });
      const filter = encodeURIComponent(JSON.stringify({ _salesforce_id: id }));
      const found = await admin(
        server,
        'get',
        `/v1/admin/projects/${scene.project}/tables/Contact/rows?filter=${filter}`,
      ).expect(200);
      expect(found.body).toMatchObject({ rows: [{ _salesforce_id: WHOLE }] });
      await postBatch(server, token, { deletes: [{ id, at: moment(5), key: {} }] }).expect(200);
      await upsert(WHOLE, 3);
      expect(await rowsOf(server, scene)).toEqual([]);
    },
  );

  it('is one row of a table that is known by ids', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
      .send({
        code: 'Segment',
        name: 'Segment',
        primaryKey: ['contact_id'],
        fields: [
          { name: 'contact_id', type: 'salesforce_id', required: true },
          { name: 'segment', type: 'text' },
        ],
      })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await addRows(server, scene, [{ contact_id: SHORT, segment: 'of a report' }], 'Segment');
    await addRows(server, scene, [{ contact_id: WHOLE, segment: 'of the plugin' }], 'Segment');
    const found = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Segment/rows`,
    ).expect(200);
    expect(found.body).toMatchObject({ rows: [{ contact_id: WHOLE, segment: 'of the plugin' }] });
  });

  it('is none with a suffix that no id has', async () => {
    const answer = await upsert('003000000000001AAB', 0);
    expect(answer.body).toMatchObject({ rejected: [{ id: null, code: 'invalid-id' }] });
  });
});
