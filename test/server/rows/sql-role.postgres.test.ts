import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

/** A marketer's own access to the database, on a real PostgreSQL. */
describe('the SQL role of a project', () => {
  let postgres: Postgres;
  let server: TestServer;
  let scene: Scene;
  let other: Scene;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
    scene = await createScene(server);
    other = await createScene(server);
    await server.database.pool.query(
      `INSERT INTO "p_${scene.project.toLowerCase()}"."Contact" (email) VALUES ('a@example.com')`,
    );
  });
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  async function connect(): Promise<pg.Client> {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/sql-role`).expect(201);
    const { role, password } = answer.body as { role: string; password: string };
    const url = new URL(postgres.url);
    const client = new pg.Client({
      host: url.hostname,
      port: Number(url.port),
      database: url.pathname.slice(1),
      user: role,
      password,
    });
    await client.connect();
    return client;
  }

  async function standing({ project }: Scene): Promise<unknown> {
    return (await admin(server, 'get', `/v1/admin/projects/${project}/sql-role`).expect(200)).body;
  }

  it('reads the project’s tables, those of later builds too, and nothing else', async () => {
    const client = await connect();
    expect((await client.query('SELECT email FROM "Contact"')).rows).toEqual([{ email: 'a@example.com' }]);
    await expect(client.query(`SELECT * FROM "p_${other.project.toLowerCase()}"."Contact"`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(client.query('SELECT * FROM di.connection')).rejects.toThrow(/permission denied/);
    await expect(client.query('DELETE FROM "Contact"')).rejects.toThrow(/read-only|permission denied/);
    await client.query('SET default_transaction_read_only = off');
    await expect(client.query('DELETE FROM "Contact"')).rejects.toThrow(/permission denied/);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
      .send({ code: 'Later', name: 'Later', primaryKey: ['a'], fields: [{ name: 'a', type: 'text' }] })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    expect((await client.query('SELECT * FROM "Later"')).rows).toEqual([]);
    await client.end();
  });

  it('gets a new password with each call, and can be taken away', async () => {
    const first = await connect();
    const second = await connect();
    await Promise.all([first.end(), second.end()]);
    const role = `p_${scene.project.toLowerCase()}_reader`;
    expect(await standing(scene)).toEqual({ role, isPossible: true });
    expect(await standing(other)).toEqual({ role: null, isPossible: true });
    await admin(server, 'delete', `/v1/admin/projects/${scene.project}/sql-role`).expect(204);
    await admin(server, 'delete', `/v1/admin/projects/${scene.project}/sql-role`).expect(422);
    expect(await standing(scene)).toEqual({ role: null, isPossible: true });
    await (await connect()).end();
  });
});
