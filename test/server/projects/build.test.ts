import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, createScene, startTestServer, type TestServer } from '../support/test-server.ts';

describe('building a project', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.close());

  it('can be repeated, and adds only what is new', async () => {
    const { project } = await createScene(server);
    await admin(server, 'post', `/v1/admin/projects/${project}/tables/Contact/fields`)
      .send({ name: 'shoe', type: 'decimal', precision: 4, scale: 1 })
      .expect(201);
    const first = await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    expect(first.body).toEqual({
      steps: [
        { table: 'Contact', action: 'add-field', field: 'shoe', detail: 'decimal(4,1)', refusal: null },
      ],
      isPossible: true,
    });
    const second = await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    expect(second.body).toEqual({ steps: [], isPossible: true });
  });

  it('makes relational tables with keys of several columns', async () => {
    const { project } = await createScene(server);
    const fields = [
      { name: 'email', type: 'email' },
      { name: 'number', type: 'integer' },
      { name: 'note', type: 'longtext' },
    ];
    await admin(server, 'post', `/v1/admin/projects/${project}/tables`)
      .send({ code: 'Orders', name: 'Orders', primaryKey: ['email', 'number'], fields })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${project}/build`).expect(200);
    const answer = await admin(server, 'get', `/v1/admin/projects/${project}`).expect(200);
    expect(answer.body).toMatchObject({
      tables: [
        { code: 'Contact', isBuilt: true },
        { code: 'Orders', primaryKey: ['email', 'number'], isBuilt: true },
      ],
    });
  });

  it('pages through rows by their key', async () => {
    const { project } = await createScene(server);
    await server.database.pool.query(
      `INSERT INTO "p_${project.toLowerCase()}"."Contact" (email) SELECT 'p' || lpad(n::text, 3, '0') || '@example.com' FROM generate_series(1, 25) n`,
    );
    const emails: unknown[] = [];
    let after: string | null = '';
    while (after !== null) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const page = await admin(
        server,
        'get',
        `/v1/admin/projects/${project}/tables/Contact/rows?limit=10&count=true${query}`,
      ).expect(200);
      const body = page.body as { count: number; rows: { email: string }[]; next: string | null };
      expect(body.count).toBe(25);
      emails.push(...body.rows.map((row) => row.email));
      after = body.next;
    }
    expect(emails).toHaveLength(25);
    expect(new Set(emails).size).toBe(25);
    await admin(server, 'get', `/v1/admin/projects/${project}/tables/Contact/rows?after=x`).expect(422);
  });

  it('refuses a project or a table that is there already', async () => {
    const { project } = await createScene(server);
    const contacts = { primaryKey: ['a'], fields: [{ name: 'a', type: 'text' }] };
    await admin(server, 'post', '/v1/admin/projects')
      .send({ code: project, name: 'Again', type: 'B', contacts })
      .expect(409);
    await admin(server, 'post', `/v1/admin/projects/${project}/tables`)
      .send({ code: 'Contact', name: 'Again', ...contacts })
      .expect(409);
  });
});
