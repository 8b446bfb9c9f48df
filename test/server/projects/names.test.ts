import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groundOf } from '../support/delivery-scene.ts';
import { addRows } from '../support/persons.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

interface Built {
  readonly code?: string;
  readonly detail?: string;
  readonly isPossible: boolean;
  readonly steps: readonly {
    readonly table: string;
    readonly action: string;
    readonly field: string | null;
    readonly refusal: string | null;
  }[];
}

const KEY = [{ name: 'k', type: 'text' }];
/** Names of our own in statements that a table of the project is part of. */
const OURS = [
  'changed',
  'before',
  'lifted',
  'placed',
  'written',
  'applied',
  'gone',
  'r',
  'i',
  'n',
  'excluded',
];

describe('the names of a project', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
  });
  afterAll(() => server.close());

  const call = (method: 'get' | 'post' | 'patch', path: string, body: object, project = scene.project) =>
    admin(server, method, `/v1/admin/projects/${project}${path}`).send(body);
  const build = async (status: number, project = scene.project): Promise<Built> =>
    (await call('post', '/build', {}, project).expect(status)).body as Built;
  const addTable = (code: string, project = scene.project) =>
    call('post', '/tables', { code, name: code, primaryKey: ['k'], fields: KEY }, project).expect(201);
  const rowsOf = async (table: string, project = scene.project): Promise<unknown[]> =>
    ((await call('get', `/tables/${table}/rows`, {}, project).expect(200)).body as { rows: unknown[] }).rows;

  it.each(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'CTID', 'Xmin'])(
    'are none of a column with what PostgreSQL calls its own: %s',
    async (name) => {
      const field = { name, type: 'text' };
      const answers = [
        await call('post', '/tables/Contact/fields', field),
        await call('patch', '/tables/Contact/fields/last_name', { name }),
        await call('post', '/tables', { code: 'T', name: 'T', primaryKey: [name], fields: [field] }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(400);
        expect(answer.text).toContain('PostgreSQL has in every table');
      }
    },
  );

  it('that were defined before they were refused are named by the build, and can be changed', async () => {
    const old = await createScene(server);
    const { tableId } = await groundOf(server, old);
    await call('post', '/tables/Contact/fields', { name: 'added', type: 'text' }, old.project).expect(201);
    await addTable('New', old.project);
    const { pool } = server.database;
    const rename = (from: string, to: string): Promise<unknown> =>
      pool.query(
        `UPDATE di.table_field f SET name = $2 FROM di.project_table t
         WHERE f.table_id = t.id AND f.name = $1 AND (t.id = $3 OR t.code = 'New')`,
        [from, to, tableId],
      );
    await rename('added', 'ctid');
    await rename('last_name', 'xmin');
    await rename('k', 'tableoid');
    await pool.query(`UPDATE di.project_table SET primary_key = '{tableoid}' WHERE code = 'New'`);
    const refused = await build(422, old.project);
    expect(refused.code).toBe('build-refused');
    expect(refused.steps.map(({ table, action, field, refusal }) => [table, action, field, refusal])).toEqual(
      [
        ['Contact', 'rename-field', 'xmin', expect.stringContaining('PostgreSQL has a column xmin')],
        ['Contact', 'add-field', 'ctid', expect.stringContaining('PostgreSQL has a column ctid')],
        ['New', 'create-table', null, expect.stringContaining('PostgreSQL has a column tableoid')],
      ],
    );
    const plan = await call('get', '/build', {}, old.project).expect(200);
    expect(plan.body).toEqual({ steps: refused.steps, isPossible: false });
    for (const [table, from, to] of [
      ['Contact', 'ctid', 'tuple'],
      ['Contact', 'xmin', 'last_name'],
      ['New', 'tableoid', 'oid'],
    ])
      await call('patch', `/tables/${table}/fields/${from}`, { name: to }, old.project).expect(200);
    expect((await build(200, old.project)).isPossible).toBe(true);
  });

  it('are of a table what anybody calls it, and of its rows too', async () => {
    const { rows } = await server.database.pool.query<{ word: string }>(
      "SELECT word FROM pg_get_keywords() WHERE catcode = 'R'",
    );
    const codes = [...rows.map(({ word }) => word), ...OURS, 'pg_class', 'Contact_pkey', 'Consent'];
    for (const code of codes) await addTable(code);
    await build(200);
    for (const code of codes) {
      await addRows(server, scene, [{ k: code }], code);
      expect(await rowsOf(code)).toMatchObject([{ k: code }]);
    }
  });

  it('can be exchanged by two tables, and given by one to another', async () => {
    await addTable('One');
    await addTable('Two');
    await build(200);
    await addRows(server, scene, [{ k: 'one' }], 'One');
    await addRows(server, scene, [{ k: 'two' }], 'Two');
    const rename = (from: string, to: string) => call('patch', `/tables/${from}`, { code: to }).expect(200);
    await rename('One', 'Meanwhile');
    await rename('Two', 'One');
    await rename('Meanwhile', 'Two');
    expect((await build(200)).steps.map(({ action }) => action)).toEqual(['rename-table', 'rename-table']);
    expect(await rowsOf('One')).toMatchObject([{ k: 'two' }]);
    await rename('One', 'Three');
    await addTable('One');
    await build(200);
    expect(await rowsOf('One')).toEqual([]);
    expect(await rowsOf('Three')).toMatchObject([{ k: 'two' }]);
  });

  it('are of a new column what another one was called until then', async () => {
    const changed = await createScene(server);
    await call('patch', '/tables/Contact/fields/last_name', { name: 'surname' }, changed.project).expect(200);
    await call(
      'post',
      '/tables/Contact/fields',
      { name: 'last_name', type: 'integer' },
      changed.project,
    ).expect(201);
    const { steps } = await build(200, changed.project);
    expect(steps.map(({ action, field }) => [action, field])).toEqual([
      ['rename-field', 'surname'],
      ['add-field', 'last_name'],
    ]);
  });

  it('are refused where an index of an older table has them', async () => {
    const older = await createScene(server);
    const { table } = await groundOf(server, older);
    const { pool } = server.database;
    const { rows } = await pool.query<{ name: string }>(
      'SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = $2',
      [table, 'p'],
    );
    await pool.query(`ALTER TABLE ${table} RENAME CONSTRAINT "${rows[0]?.name ?? ''}" TO "Contact_pkey"`);
    await addTable('Contact_pkey', older.project);
    const refused = await build(422, older.project);
    expect(refused.steps).toMatchObject([
      { refusal: expect.stringContaining('choose another code') as string },
    ]);
    await call('patch', '/tables/Contact_pkey', { code: 'Free' }, older.project).expect(200);
    await build(200, older.project);
  });

  it('are of a project what anybody calls it', async () => {
    for (const code of ['select', 'public', 'pg_catalog', 'information_schema', 'di', 'x', 'x_reader']) {
      const contacts = { primaryKey: ['k'], fields: KEY };
      await admin(server, 'post', '/v1/admin/projects')
        .send({ code, name: code, type: 'B', contacts })
        .expect(201);
      await build(200, code);
      await addRows(server, { project: code }, [{ k: code }]);
      expect(await rowsOf('Contact', code)).toMatchObject([{ k: code }]);
    }
  });
});
