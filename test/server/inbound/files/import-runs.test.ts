import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetImports } from '../../../../server/src/inbound/files/forget-imports.ts';
import { acquiringProject, ImportCalls, type Problem } from '../../support/imports.ts';
import { admin, rowsOf, startTestServer, type Scene, type TestServer } from '../../support/test-server.ts';

const FIELDS = [
  { name: 'email', type: 'email' },
  { name: 'visits', type: 'integer' },
];

/** More rows than a portion has. */
const ROWS = 4500;
const FILE = `email,visits\n${Array.from({ length: ROWS }, (_, n) => `p${n}@example.com,${n % 100 === 7 ? 'many' : n}`).join('\n')}\n`;

describe('the run of an import', () => {
  let server: TestServer;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());

  const stopped = (): AbortSignal => AbortSignal.abort();
  const count = async (project: string): Promise<number> => {
    const answer = await admin(
      server,
      'get',
      `/v1/admin/projects/${project}/tables/Contact/rows?limit=0&count=true`,
    );
    return (answer.body as { count: number }).count;
  };

  it('stops after a portion, goes on where it was, and takes each row once', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, FILE);
    await imports.step(id, 'start').expect(200);
    await imports.turn(stopped());
    expect(await imports.find(id)).toMatchObject({ status: 'running', counts: { rows: 2000, rejected: 20 } });
    await imports.step(id, 'pause').expect(200);
    expect(await imports.turn()).toBe(false);
    expect(await count(project)).toBe(1980);
    await imports.step(id, 'resume').expect(200);
    await imports.turn(stopped());
    const half = await imports.find(id);
    expect(half).toMatchObject({ status: 'running', counts: { rows: 4000 } });
    expect(half.progress.share).toBeGreaterThan(0.8);
    while (await imports.turn());
    expect(await imports.find(id)).toMatchObject({
      status: 'done',
      counts: { rows: ROWS, created: 4455, rejected: 45 },
    });
    expect(await count(project)).toBe(4455);
    const rejected = parse<Record<string, string>>(await imports.results(id), { columns: true });
    expect(rejected.map((row) => Number(row._line))).toEqual(
      Array.from({ length: 45 }, (_, n) => n * 100 + 9),
    );
  });

  it('writes nothing of a portion whose import was paused, or taken over, meanwhile', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, FILE);
    await imports.step(id, 'start').expect(200);
    // Whoever takes the import up finds the lease of somebody who was killed: it runs out, and the work is done by another.
    await server.database.pool.query(
      "UPDATE di.import SET lease = gen_random_uuid(), leased_until = now() + interval '1 hour' WHERE id = $1",
      [id],
    );
    expect(await imports.turn()).toBe(false);
    await server.database.pool.query(
      "UPDATE di.import SET leased_until = now() - interval '1 second' WHERE id = $1",
      [id],
    );
    // The lease is lost while the portion is written: with the first row that it would write.
    const { rows } = await server.database.pool.query<{ name: string }>(
      `SELECT format('%I.%I', p.schema_name, 'Contact') AS name FROM di.project p WHERE p.code = $1`,
      [project],
    );
    const table = rows[0]?.name ?? '';
    await server.database.pool.query(
      `CREATE FUNCTION di.take_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         UPDATE di.import SET lease = NULL, status = 'paused' WHERE status = 'running'; RETURN NULL; END $$;
       CREATE TRIGGER take_over AFTER INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION di.take_over()`,
    );
    await imports.turn();
    expect(await count(project)).toBe(0);
    await server.database.pool.query(`DROP FUNCTION di.take_over() CASCADE`);
    await server.database.pool.query('UPDATE di.import SET leased_until = NULL WHERE id = $1', [id]);
    while (await imports.turn());
    expect(await imports.find(id)).toMatchObject({ status: 'done', counts: { rows: ROWS, created: 4455 } });
  });

  it('follows a table that is built anew in its middle, and ends with the reason where its column is gone', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, FILE);
    await imports.step(id, 'start').expect(200);
    await imports.turn(stopped());
    const table = `/v1/admin/projects/${project}/tables/Contact`;
    await admin(server, 'post', `${table}/fields`).send({ name: 'more', type: 'text' }).expect(201);
    await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    await imports.turn(stopped());
    expect(await imports.find(id)).toMatchObject({ status: 'running', counts: { rows: 4000 } });
    await admin(server, 'post', `${table}/fields/visits/archive`).expect(200);
    await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    while (await imports.turn());
    expect(await imports.find(id)).toMatchObject({
      status: 'failed',
      message: 'Contact has no column visits.',
    });
    await imports.set(id, { mapping: [{ heading: 'email', to: 'email' }] });
    await imports.step(id, 'resume').expect(200);
    while (await imports.turn());
    expect(await imports.find(id)).toMatchObject({ status: 'done', counts: { rows: ROWS } });
  });

  it('is cancelled where it is, and forgotten when it is over', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, FILE);
    await imports.step(id, 'start').expect(200);
    await imports.turn(stopped());
    const active = await admin(server, 'delete', `/v1/admin/imports/${id}`).expect(422);
    expect(active.body).toMatchObject({ code: 'import-active' });
    await imports.step(id, 'cancel').expect(200);
    expect(await imports.turn()).toBe(false);
    expect((await imports.step(id, 'resume').expect(409)).body).toMatchObject({ code: 'wrong-status' });
    await admin(server, 'delete', `/v1/admin/imports/${id}`).expect(204);
    await admin(server, 'get', `/v1/admin/imports/${id}`).expect(404);
    expect(await count(project)).toBe(1980);
  });

  it('is forgotten with its file when its time is over, and not before', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, 'email,visits\na@example.com,1\n');
    await imports.run(id);
    const { knex } = server.database;
    expect(await forgetImports(knex, 30)).toBe(0);
    await knex('di.import')
      .where({ id })
      .update({ finished_at: knex.raw("now() - interval '31 days'") });
    expect(await forgetImports(knex, 30)).toBe(1);
    expect(await knex('di.import_chunk').where({ import_id: id })).toEqual([]);
    expect(await count(project)).toBe(1);
  });

  it('takes an upload that broke off from where it stopped, and no byte twice', async () => {
    const project = await acquiringProject(server, FIELDS);
    const id = await imports.create(project);
    const middle = 30_001;
    const first = await imports.send(id, FILE.slice(0, middle), '?last=false').expect(200);
    expect(first.body).toMatchObject({ status: 'uploading', bytes: middle });
    expect((await imports.send(id, FILE, '?offset=10').expect(409)).body).toMatchObject({
      code: 'wrong-offset',
    });
    await imports.send(id, FILE.slice(middle), `?offset=${middle}`).expect(200);
    expect((await imports.send(id, FILE).expect(409)).body).toMatchObject({ code: 'wrong-status' });
    expect(await imports.run(id)).toMatchObject({
      status: 'done',
      bytes: FILE.length,
      counts: { rows: ROWS },
    });
  });

  it.each<[string, string, number, string, RegExp]>([
    ['an empty file', '', 422, 'empty-file', /empty/],
    ['a file of empty lines', '\n\n\n', 422, 'empty-file', /headings/],
    ['headings and nothing else', 'email,visits\n', 422, 'empty-file', /no rows/],
  ])('refuses %s, and takes another one in its place', async (_what, file, status, code, detail) => {
    const project = await acquiringProject(server, FIELDS);
    const id = await imports.create(project);
    const refused = await imports.send(id, file);
    const problem = refused.body as Problem;
    expect([refused.status, problem.code]).toEqual([status, code]);
    expect(problem.detail).toMatch(detail);
    await imports.send(id, 'email,visits\na@example.com,1\n').expect(200);
  });

  it('says that the primary key is not among the headings, and which there are', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id } = await imports.upload(project, 'name,visits\nA,1\n');
    const refused = (await imports.step(id, 'start').expect(422)).body as Problem;
    expect(refused.code).toBe('primary-key-missing');
    expect(refused.detail).toContain('name, visits');
  });

  it('calls a heading that comes twice by another name', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { found, settings } = await imports.upload(
      project,
      'email,visits,email\na@example.com,1,b@example.com\n',
    );
    expect(found?.headings).toEqual(['email', 'visits', 'email (2)']);
    expect(found?.warnings[0]).toContain('email');
    expect(settings?.mapping).toEqual([
      { heading: 'email', to: 'email' },
      { heading: 'visits', to: 'visits' },
    ]);
  });

  it.each([
    [
      'a quote that is never closed',
      'email,visits\na@example.com,1\n"b@example.com,2\nc@example.com,3\n',
      /line 3 is never closed/,
    ],
    [
      'a value of ten megabytes',
      `email,visits\na@example.com,1\n${'x'.repeat(10_000_000)},2\n`,
      /line 3 is longer/,
    ],
  ])('ends at %s with its line, and keeps what comes before it', async (_what, file, reason) => {
    const project = await acquiringProject(server, FIELDS);
    const { id, found } = await imports.upload(project, file);
    expect(found?.warnings[0]).toMatch(reason);
    const checked = await imports.run(id, 'check');
    expect([checked.status, checked.message]).toEqual(['ready', expect.stringMatching(reason)]);
    const failed = await imports.run(id);
    expect(failed).toMatchObject({ status: 'failed', counts: { rows: 1, created: 1 } });
    expect(failed.message).toMatch(reason);
    expect(await count(project)).toBe(1);
  });

  it('rejects a row with a NUL, and takes its neighbours', async () => {
    const project = await acquiringProject(server, [...FIELDS, { name: 'name', type: 'text' }]);
    const { id } = await imports.upload(project, 'email,name\na@example.com,A\0B\nb@example.com,B\n');
    expect(await imports.run(id)).toMatchObject({ status: 'done', counts: { created: 1, rejected: 1 } });
    expect(await imports.results(id)).toContain('invalid-character');
    expect(await rowsOf(server, { project } as Scene)).toMatchObject([{ name: 'B' }]);
  });
});
