import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  FIELDS,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

interface Written {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly results: Record<string, unknown>[];
}

describe('writing rows', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  /** A project of type B, which acquires its contacts itself. */
  async function acquiring(fields: readonly object[] = FIELDS, primaryKey = ['email']): Promise<string> {
    const project = `W${Math.random().toString(36).slice(2, 12)}`;
    await admin(server, 'post', '/v1/admin/projects')
      .send({ code: project, name: 'Test', type: 'B', contacts: { primaryKey, fields } })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    return project;
  }

  const tableOf = (project: string): string => `/v1/admin/projects/${project}/tables/Contact`;

  async function write(project: string, rows: readonly unknown[], more: object = {}): Promise<Written> {
    const answer = await admin(server, 'post', `${tableOf(project)}/rows`).send({ rows, ...more });
    expect(answer.status, answer.text).toBe(200);
    return answer.body as Written;
  }

  const rowsIn = (project: string): Promise<Record<string, unknown>[]> =>
    rowsOf(server, { project } as Scene);

  it('creates rows, changes only the columns that are named, and says of each what became of it', async () => {
    const project = await acquiring();
    await write(project, [
      { email: 'a@example.com', last_name: 'A', age: 30, topics: ['x', 'y'] },
      { email: 'b@example.com', last_name: 'B' },
    ]);
    const written = await write(project, [
      { email: 'a@example.com', age: '31' },
      { email: 'b@example.com', last_name: 'B' },
      { email: 'c@example.com', active: true, born: '2001-02-03' },
      { email: 'b@example.com', last_name: null },
    ]);
    expect(written.results.map((each) => each.outcome)).toEqual([
      'updated',
      'unchanged',
      'created',
      'updated',
    ]);
    expect(written).toMatchObject({ created: 1, updated: 2, unchanged: 1, rejected: 0 });
    expect(await rowsIn(project)).toMatchObject([
      { email: 'a@example.com', last_name: 'A', age: 31, topics: ['x', 'y'] },
      { email: 'b@example.com', last_name: null },
      { email: 'c@example.com', active: true, born: '2001-02-03', last_name: null },
    ]);
  });

  it('rejects a row with its column, a code and a sentence, and writes its neighbours', async () => {
    const project = await acquiring();
    const written = await write(project, [
      { email: 'good@example.com' },
      { email: 'no address' },
      { last_name: 'Nobody' },
      { email: 'b@example.com', age: 'many' },
      { email: 'c@example.com', shoe: 42 },
      { email: 'd@example.com', last_name: 'N\0UL' },
      { email: 'e@example.com', tier: 'bronze' },
      { email: 'fine@example.com', tier: 'gold' },
    ]);
    expect(written.results.map(({ outcome, code, column }) => [outcome, code, column])).toEqual([
      ['created', undefined, undefined],
      ['rejected', 'invalid-email', 'email'],
      ['rejected', 'primary-key-null', 'email'],
      ['rejected', 'not-a-number', 'age'],
      ['rejected', 'unknown-column', 'shoe'],
      ['rejected', 'invalid-character', 'last_name'],
      ['rejected', 'not-in-picklist', 'tier'],
      ['created', undefined, undefined],
    ]);
    expect(written.results[3]?.message).toBe('age takes a whole number.');
    expect(await rowsIn(project)).toHaveLength(2);
  });

  it('finds among many the rows whose unique value another row has', async () => {
    const project = await acquiring(
      [
        { name: 'id', type: 'integer' },
        { name: 'code', type: 'text', unique: true },
      ],
      ['id'],
    );
    const rows = Array.from({ length: 50 }, (_, id) => ({ id, code: `c${id === 33 ? 12 : id}` }));
    const written = await write(project, rows);
    expect(written).toMatchObject({ created: 49, rejected: 1 });
    expect(written.results[33]).toMatchObject({ code: 'not-unique', column: 'code' });
  });

  it('needs what a new row needs of new rows only, and gives them their defaults', async () => {
    const project = await acquiring([
      { name: 'email', type: 'email' },
      { name: 'last_name', type: 'text', required: true },
      { name: 'language', type: 'text', default: 'fr' },
    ]);
    const first = await write(project, [
      { email: 'a@example.com', last_name: 'A' },
      { email: 'b@example.com' },
    ]);
    expect(first.results[1]).toMatchObject({ outcome: 'rejected', code: 'required', column: 'last_name' });
    const second = await write(project, [
      { email: 'a@example.com', language: 'en' },
      { email: 'c@example.com', last_name: 'C', language: null },
    ]);
    expect(second).toMatchObject({ created: 1, updated: 1 });
    expect(await rowsIn(project)).toMatchObject([
      { email: 'a@example.com', last_name: 'A', language: 'en' },
      { email: 'c@example.com', language: null },
    ]);
  });

  it('makes new rows only, or changes existing ones only, where that is asked for', async () => {
    const project = await acquiring();
    await write(project, [{ email: 'a@example.com', age: 1 }]);
    const both = [
      { email: 'a@example.com', age: 2 },
      { email: 'b@example.com', age: 2 },
    ];
    const created = await write(project, both, { mode: 'create' });
    expect(created.results).toMatchObject([{ code: 'row-exists' }, { outcome: 'created' }]);
    const updated = await write(project, [...both, { email: 'c@example.com' }], { mode: 'update' });
    expect(updated.results).toMatchObject([
      { outcome: 'updated' },
      { outcome: 'unchanged' },
      { code: 'row-missing' },
    ]);
    expect(await rowsIn(project)).toHaveLength(2);
  });

  it('writes rows of one key in their order', async () => {
    const project = await acquiring();
    const written = await write(project, [
      { email: 'a@example.com', age: 1 },
      { email: 'a@example.com', age: 2 },
      { email: 'a@example.com', last_name: 'Third' },
    ]);
    expect(written.results.map((each) => each.outcome)).toEqual(['created', 'updated', 'updated']);
    expect(await rowsIn(project)).toMatchObject([{ age: 2, last_name: 'Third' }]);
  });

  it('writes once for an Idempotency-Key, and refuses it for other rows', async () => {
    const project = await acquiring();
    const send = (age: number) =>
      admin(server, 'post', `${tableOf(project)}/rows`)
        .set('Idempotency-Key', 'order-1')
        .send({ rows: [{ email: 'a@example.com', age }] });
    const first = await send(1).expect(200);
    await write(project, [{ email: 'a@example.com', age: 5 }]);
    const again = await send(1).expect(200);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await send(2).expect(409)).body).toMatchObject({ code: 'idempotency-key-reused' });
    expect(await rowsIn(project)).toMatchObject([{ age: 5 }]);
  });

  it('deletes, archives and brings back rows by their keys', async () => {
    const project = await acquiring();
    await write(project, [{ email: 'a@example.com' }, { email: 'b@example.com' }]);
    const change = (method: 'post' | 'delete', path: string, emails: string[]) =>
      admin(server, method, `${tableOf(project)}/rows${path}`).send({
        keys: emails.map((email) => ({ email })),
      });
    const archived = await change('post', '/archive', ['a@example.com', 'x@example.com']).expect(200);
    expect(archived.body).toMatchObject({ archived: 1, rejected: 1, results: [{}, { code: 'row-missing' }] });
    const active = await admin(server, 'get', `${tableOf(project)}/rows?archived=only`);
    expect((active.body as { rows: unknown[] }).rows).toHaveLength(1);
    expect((await change('post', '/restore', ['a@example.com', 'b@example.com'])).body).toMatchObject({
      restored: 1,
      unchanged: 1,
    });
    expect(
      (await change('delete', '', ['a@example.com', 'a@example.com', 'x@example.com'])).body,
    ).toMatchObject({
      deleted: 1,
      unchanged: 2,
    });
    expect(await rowsIn(project)).toMatchObject([{ email: 'b@example.com', _archived_at: null }]);
  });

  it('changes a row’s key, and who the row is goes along', async () => {
    const project = await acquiring();
    await write(project, [{ email: 'a@example.com', age: 1 }, { email: 'b@example.com' }]);
    const { rows: tables } = await server.database.pool.query<{ id: string }>(
      'SELECT t.id FROM di.project_table t JOIN di.project p ON p.id = t.project_id WHERE p.code = $1',
      [project],
    );
    const tableId = tables[0]?.id;
    await createOptIn(server, { project });
    const people = ['a@example.com', 'gone@example.com'];
    await write(project, [{ email: 'gone@example.com' }]);
    await changeConsent(
      server,
      { project },
      people.map((email) => ({ contact: { email }, optIn: 'newsletter', status: 'granted' })),
    );
    await admin(server, 'delete', `${tableOf(project)}/rows`)
      .send({ keys: [{ email: 'gone@example.com' }] })
      .expect(200);
    const patch = (key: string, body: object) =>
      admin(server, 'patch', `${tableOf(project)}/rows/${encodeURIComponent(key)}`).send(body);
    const moved = await patch('a@example.com', { email: 'new+1@example.com', age: 2 }).expect(200);
    expect(moved.body).toMatchObject({ row: { email: 'new+1@example.com', age: 2 } });
    const { rows: identities } = await server.database.pool.query(
      'SELECT record_key FROM di.record_identity WHERE table_id = $1 ORDER BY created_at, record_key',
      [tableId],
    );
    expect(identities).toEqual(
      expect.arrayContaining([
        { record_key: { email: 'new+1@example.com' } },
        { record_key: { email: 'gone@example.com' } },
      ]),
    );
    expect((await patch('a@example.com', { age: 3 }).expect(404)).body).toMatchObject({ code: 'not-found' });
    expect((await patch('b@example.com', { email: 'new+1@example.com' }).expect(409)).body).toMatchObject({
      code: 'row-exists',
    });
    const taken = await patch('new+1@example.com', { email: 'gone@example.com' }).expect(409);
    expect(taken.body).toMatchObject({ code: 'key-of-another' });
    expect((await patch('b@example.com', { age: 'x' }).expect(422)).body).toMatchObject({
      code: 'not-a-number',
      column: 'age',
    });
    expect((await rowsIn(project)).map((row) => row.email)).toEqual(['b@example.com', 'new+1@example.com']);
  });

  it('finds a row of a composite key by a list of its values', async () => {
    const project = await acquiring(
      [
        { name: 'shop', type: 'text' },
        { name: 'number', type: 'integer' },
        { name: 'total', type: 'decimal' },
      ],
      ['shop', 'number'],
    );
    await write(project, [{ shop: 'a/b', number: 7 }]);
    const at = `${tableOf(project)}/rows/${encodeURIComponent('["a/b",7]')}`;
    const changed = await admin(server, 'patch', at).send({ number: 8, total: '12.50' }).expect(200);
    expect(changed.body).toMatchObject({ row: { shop: 'a/b', number: 8, total: '12.50' } });
    await admin(server, 'patch', `${tableOf(project)}/rows/7`)
      .send({ total: 1 })
      .expect(400);
  });

  it('leaves contacts that come from Salesforce to Salesforce, unless it is asked for', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
      .send({ name: 'score', type: 'integer' })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), 'a@example.com', 'A']] }).expect(
      200,
    );
    const rows = [
      { email: 'a@example.com', score: 5 },
      { email: 'a@example.com', last_name: 'Mine' },
      { email: 'new@example.com', score: 1 },
    ];
    const written = await write(scene.project, rows);
    expect(written.results).toMatchObject([
      { outcome: 'updated' },
      { code: 'filled-by-salesforce', column: 'last_name' },
      { code: 'contacts-from-salesforce' },
    ]);
    const keys = { keys: [{ email: 'a@example.com' }] };
    const refused = await admin(server, 'delete', `${tableOf(scene.project)}/rows`)
      .send(keys)
      .expect(409);
    expect(refused.body).toMatchObject({ code: 'contacts-from-salesforce' });
    const path = `${tableOf(scene.project)}/rows/a@example.com`;
    await admin(server, 'patch', path).send({ email: 'b@example.com' }).expect(422);
    expect(await write(scene.project, rows, { overridesSalesforce: true })).toMatchObject({
      created: 1,
      rejected: 0,
    });
    await admin(server, 'patch', `${path}?overridesSalesforce=true`)
      .send({ email: 'b@example.com' })
      .expect(200);
    expect(await rowsIn(scene.project)).toMatchObject([
      { email: 'b@example.com', last_name: 'Mine', score: 5, _salesforce_id: contactId(1) },
      { email: 'new@example.com', score: 1, _salesforce_id: null },
    ]);
  });

  it('takes two thousand rows and no more', async () => {
    const project = await acquiring();
    const rows = Array.from({ length: 2000 }, (_, n) => ({
      email: `p${n}@example.com`,
      last_name: `N${n}`,
      age: n,
    }));
    expect(await write(project, rows)).toMatchObject({ created: 2000, rejected: 0 });
    expect(await write(project, rows)).toMatchObject({ unchanged: 2000 });
    const answer = await admin(server, 'post', `${tableOf(project)}/rows`).send({
      rows: [...rows, { email: 'one@example.com' }],
    });
    expect(answer.status).toBe(400);
  });
});
