import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { normalizeTables, settleDuplicates } from '../../../server/src/records/normalize-tables.ts';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import { addRows, createTable, erase } from '../support/persons.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const SHORT = '0035g00000LkXaB';
const WHOLE = '0035g00000LkXaBAAV';

/** Tables whose rows are from before addresses and ids had one spelling. */
describe('an upgrade', () => {
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
    await createOptIn(server, scene);
  });

  const sql = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);
  const table = (code = 'Contact'): string => `p_${scene.project.toLowerCase()}."${code}"`;
  const upgrade = async (): Promise<void> => {
    await sql(
      `UPDATE di.project_table SET is_normalized = false WHERE project_id = (SELECT id FROM di.project WHERE code = $1)`,
      [scene.project],
    );
    await normalizeTables(server.database, pino({ level: 'silent' }));
  };
  /** A row, and who it is, as an earlier server wrote them. */
  const storeOld = async (email: string, name: string, more: Record<string, unknown> = {}): Promise<void> => {
    const row = { email, last_name: name, ...more };
    const columns = Object.keys(row);
    await sql(
      `INSERT INTO ${table()} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map((_column, place) => `$${place + 1}`).join(', ')})`,
      Object.values(row),
    );
    await storeIdentity({ email });
  };
  const storeIdentity = (key: object, code = 'Contact') =>
    sql(
      `INSERT INTO di.record_identity (table_id, record_key)
       SELECT t.id, $2::jsonb FROM di.project_table t JOIN di.project p ON p.id = t.project_id WHERE p.code = $1 AND t.code = $3`,
      [scene.project, JSON.stringify(key), code],
    );
  const say = async (email: string, status: string): Promise<void> => {
    const answer = await changeConsent(server, scene, [{ contact: { email }, optIn: 'newsletter', status }]);
    expect(answer.results).toMatchObject([{ status }]);
  };
  const duplicates = async (): Promise<Record<string, unknown>> =>
    (await admin(server, 'get', `/v1/admin/projects/${scene.project}/duplicates`).expect(200)).body as Record<
      string,
      unknown
    >;
  const names = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await rowsOf(server, scene)).map(({ email, last_name: name }) => [String(email), name] as const),
    );

  it('writes rows as they are stored now, with who they are, and what comes finds them', async () => {
    await storeOld('Nora.Lind@Example.COM', 'Nora', { _salesforce_id: SHORT });
    await storeOld('\u200bpaul@example.com ', 'Paul');
    await storeOld('plain@example.com', 'Plain');
    await storeOld('ÉLODIE@exemple.fr', 'Élodie');
    // The earlier server knew the person by the key as it was written.
    await sql(
      `UPDATE di.record_identity SET record_key = '{"email":"nora.lind@example.com"}' WHERE record_key = '{"email":"Nora.Lind@Example.COM"}'`,
    );
    await say('nora.lind@example.com', 'withdrawn');
    await sql(
      `UPDATE di.record_identity SET record_key = '{"email":"Nora.Lind@Example.COM"}' WHERE record_key = '{"email":"nora.lind@example.com"}'`,
    );
    await upgrade();
    expect(await names()).toEqual({
      'nora.lind@example.com': 'Nora',
      'paul@example.com': 'Paul',
      'plain@example.com': 'Plain',
      'élodie@exemple.fr': 'Élodie',
    });
    expect(await duplicates()).toEqual({ count: 0, duplicates: [], next: null });
    expect(await statusOf(server, scene, 'Nora.Lind@Example.COM')).toBe('withdrawn');
    await postBatch(server, token, {
      upserts: [[WHOLE, moment(0), 'nora.lind@example.com', 'Lind']],
    }).expect(200);
    expect(await rowsOf(server, scene)).toHaveLength(4);
    expect((await names())['nora.lind@example.com']).toBe('Lind');
    expect((await rowsOf(server, scene)).find(({ last_name }) => last_name === 'Lind')).toMatchObject({
      _salesforce_id: WHOLE,
    });
  });

  it('leaves rows that stand double, lists them, and lets what comes find one of them', async () => {
    await storeOld('Nora@Example.com', 'Old', { _changed_at: '2026-01-01T00:00:00Z' });
    await storeOld('NORA@example.com', 'Newer', { _changed_at: '2026-03-01T00:00:00Z' });
    await storeOld('Nora@example.COM', 'Archived', {
      _changed_at: '2026-04-01T00:00:00Z',
      _archived_at: '2026-04-01T00:00:00Z',
    });
    await storeOld('Paul@Example.com', 'Of a file');
    await storeOld('paul@example.com', 'Of Salesforce', { _salesforce_id: contactId(7) });
    await upgrade();
    expect(await names()).toEqual({
      'Nora@Example.com': 'Old',
      'nora@example.com': 'Newer',
      'Nora@example.COM': 'Archived',
      'Paul@Example.com': 'Of a file',
      'paul@example.com': 'Of Salesforce',
    });
    const listed = await duplicates();
    expect(listed).toMatchObject({ count: 3, next: null });
    expect(listed.duplicates).toContainEqual({
      table: 'Contact',
      column: null,
      row: { key: { email: 'Paul@Example.com' }, recordId: null, isArchived: false },
      sameAs: { key: { email: 'paul@example.com' }, recordId: contactId(7), isArchived: false },
    });
    await postBatch(server, token, {
      upserts: [[contactId(8), moment(0), 'nora@EXAMPLE.com', 'Batch']],
    }).expect(200);
    expect(await names()).toMatchObject({ 'nora@example.com': 'Batch', 'Nora@Example.com': 'Old' });
    expect(Object.keys(await names())).toHaveLength(5);
    const page = await admin(server, 'get', `/v1/admin/projects/${scene.project}/duplicates?limit=2`).expect(
      200,
    );
    const { next } = page.body as { next: number };
    const rest = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/duplicates?limit=2&after=${next}`,
    ).expect(200);
    expect((rest.body as { duplicates: unknown[] }).duplicates).toHaveLength(1);
  });

  it('withdraws for every row of a mailbox, whichever is named', async () => {
    await storeOld('Nora@Example.com', 'Of a file');
    await storeOld('nora@example.com', 'Of Salesforce');
    await upgrade();
    await say('Nora@Example.com', 'granted');
    await say('nora@example.com', 'granted');
    expect(await statusOf(server, scene, 'Nora@Example.com')).toBe('granted');
    await say('NORA@EXAMPLE.COM', 'withdrawn');
    expect(await statusOf(server, scene, 'nora@example.com')).toBe('withdrawn');
    expect(await statusOf(server, scene, 'Nora@Example.com')).toBe('withdrawn');
    const { events } = await consentOf(server, scene, { email: 'Nora@Example.com' });
    expect(events).toMatchObject([
      { asked: 'granted' },
      { asked: 'withdrawn', contact: { email: 'Nora@Example.com' } },
    ]);
    // What the person says later counts for the row that is named.
    await say('nora@example.com', 'granted');
    expect(await statusOf(server, scene, 'Nora@Example.com')).toBe('withdrawn');
  });

  it('lets each of two rows be deleted by its own spelling, and the one that is left take the place of both', async () => {
    await storeOld('Nora@Example.com', 'Of a file');
    await storeOld('nora@example.com', 'Of Salesforce');
    await storeOld('Paul@Example.com', 'Of a file');
    await storeOld('paul@example.com', 'Of Salesforce');
    await upgrade();
    const remove = (email: string) =>
      admin(server, 'delete', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
        .send({ keys: [{ email }], overridesSalesforce: true })
        .expect(200);
    expect((await remove('Nora@Example.com')).body).toMatchObject({ deleted: 1 });
    expect((await remove('PAUL@example.com')).body).toMatchObject({ deleted: 1 });
    expect(await names()).toEqual({ 'nora@example.com': 'Of Salesforce', 'Paul@Example.com': 'Of a file' });
    expect(await duplicates()).toMatchObject({ count: 0, duplicates: [] });
    expect(await settleDuplicates(server.database.knex)).toBe(1);
    expect(await names()).toEqual({ 'nora@example.com': 'Of Salesforce', 'paul@example.com': 'Of a file' });
    expect(await settleDuplicates(server.database.knex)).toBe(0);
  });

  it('leaves a unique value that another row has, and says which', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
      .send({ name: 'work_email', type: 'email', unique: true })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await storeOld('a@example.com', 'A', { work_email: 'Team@Example.com' });
    await storeOld('b@example.com', 'B', { work_email: 'team@example.com' });
    await storeOld('C@example.com', 'C', { work_email: 'C@Work.example' });
    await upgrade();
    expect(await rowsOf(server, scene)).toMatchObject([
      { email: 'a@example.com', work_email: 'Team@Example.com' },
      { email: 'b@example.com', work_email: 'team@example.com' },
      { email: 'c@example.com', work_email: 'c@work.example' },
    ]);
    expect(await duplicates()).toMatchObject({
      count: 1,
      duplicates: [
        {
          column: 'work_email',
          row: { key: { email: 'a@example.com' } },
          sameAs: { key: { email: 'b@example.com' } },
        },
      ],
    });
  });

  it('puts ids in keys, in other columns and of deleted records into 18 characters', async () => {
    await createTable(server, scene, 'Segment', [
      { name: 'contact_id', type: 'salesforce_id' },
      { name: 'owner', type: 'salesforce_id' },
    ]);
    await sql(
      `INSERT INTO ${table('Segment')} (contact_id, owner) VALUES ($1, $2), ($3, NULL), ('not an id', NULL)`,
      [SHORT, '0055g00000LkXaB', 'a0D30000001N7pi'],
    );
    await sql(
      `INSERT INTO di.tombstone (table_id, salesforce_id, deleted_at)
       SELECT t.id, $2, $3 FROM di.project_table t JOIN di.project p ON p.id = t.project_id WHERE p.code = $1 AND t.code = 'Contact'`,
      [scene.project, SHORT, moment(100)],
    );
    await upgrade();
    const found = await sql(
      `SELECT contact_id, owner FROM ${table('Segment')} ORDER BY contact_id COLLATE "C"`,
    );
    expect(found.rows).toEqual([
      { contact_id: WHOLE, owner: '0055g00000LkXaBAAV' },
      { contact_id: 'a0D30000001N7piEAC', owner: null },
      { contact_id: 'not an id', owner: null },
    ]);
    const late = await postBatch(server, token, {
      upserts: [[WHOLE, moment(0), 'nora@example.com', 'Late']],
    }).expect(200);
    expect(late.body).toMatchObject({ applied: 0, stale: 1 });
  });

  it('makes one of a person who is known under two spellings and has one row: the lower consent counts', async () => {
    await storeOld('nora@example.com', 'Nora');
    await say('nora@example.com', 'granted');
    await storeIdentity({ email: 'NORA@example.com' });
    await sql(
      `INSERT INTO di.consent (opt_in_id, identity_id, status, changed_at, event_id)
       SELECT c.opt_in_id, i.id, 'withdrawn', now(), c.event_id FROM di.consent c
       JOIN di.record_identity own ON own.id = c.identity_id
       JOIN di.record_identity i ON i.table_id = own.table_id AND i.record_key = '{"email":"NORA@example.com"}'
       WHERE own.record_key = '{"email":"nora@example.com"}'`,
    );
    await upgrade();
    expect(await statusOf(server, scene, 'nora@example.com')).toBe('withdrawn');
  });

  it('erases all rows of a mailbox, and leaves no trace of them in the list', async () => {
    await storeOld('Nora@Example.com', 'Of a file');
    await storeOld('nora@example.com', 'Of Salesforce');
    await upgrade();
    const { answer } = await erase(server, scene, { email: 'nora@example.com', all: true });
    expect(answer.status).toBe(200);
    expect(await names()).toEqual({});
    const listed = await sql(
      `SELECT FROM di.duplicate_row d JOIN di.project_table t ON t.id = d.table_id JOIN di.project p ON p.id = t.project_id WHERE p.code = $1`,
      [scene.project],
    );
    expect(listed.rowCount).toBe(0);
  });

  it('is done once, and a table that is built of text that becomes addresses is put right by the build', async () => {
    await createTable(server, scene, 'Guests', [
      { name: 'mail', type: 'text' },
      { name: 'name', type: 'text' },
    ]);
    await addRows(server, scene, [{ mail: 'Nora@Example.com' }, { mail: 'PAUL@example.com' }], 'Guests');
    const change = () =>
      admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Guests/fields/mail`)
        .send({ type: 'email' })
        .expect(200);
    await change();
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    const found = await sql(`SELECT mail FROM ${table('Guests')} ORDER BY 1`);
    expect(found.rows).toEqual([{ mail: 'nora@example.com' }, { mail: 'paul@example.com' }]);
  });

  it('refuses a build that would make one of two rows', async () => {
    await createTable(server, scene, 'Guests', [
      { name: 'mail', type: 'text' },
      { name: 'name', type: 'text' },
    ]);
    await addRows(server, scene, [{ mail: 'Nora@Example.com' }, { mail: 'nora@example.com' }], 'Guests');
    await admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Guests/fields/mail`)
      .send({ type: 'email' })
      .expect(200);
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(422);
    const { code, detail } = answer.body as { code: string; detail: string };
    expect(code).toBe('build-refused');
    expect(detail).toContain('1 values are there more than once, told apart by the case of their letters');
  });
});
