import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../../server/src/log.ts';
import { endReaders, restoreSettings } from '../../../../server/src/inbound/rows/reader-watch.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';
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
} from '../../support/test-server.ts';

const log = createLog({ level: 'silent' });

/**
 * A marketer's own access to the database, on a real PostgreSQL, with a server whose user owns its database, may make roles,
 * and is nothing more: what a managed database gives.
 */
describe('the SQL role of a project', () => {
  const owner = `di_${randomBytes(6).toString('hex')}`;
  let postgres: Postgres;
  let superuser: pg.Client;
  let url: URL;
  let server: TestServer;
  let scene: Scene;
  let other: Scene;
  const open: pg.Client[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
    superuser = new pg.Client(postgres.url);
    await superuser.connect();
    const password = randomBytes(16).toString('hex');
    await superuser.query(`CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD '${password}'`);
    await superuser.query(`CREATE DATABASE ${owner} OWNER ${owner}`);
    url = new URL(postgres.url);
    Object.assign(url, { username: owner, password, pathname: `/${owner}` });
    server = await startTestServer(url.href);
    scene = await createScene(server);
    other = await createScene(server);
    await server.database.pool.query(
      `INSERT INTO "p_${scene.project.toLowerCase()}"."Contact" (email) VALUES ('a@example.com')`,
    );
  });
  afterAll(async () => {
    await Promise.all(open.map((client) => client.end().catch(() => undefined)));
    await server.close();
    await superuser.query(`DROP DATABASE ${owner}`);
    await superuser.end();
    await postgres.stop();
  });

  const roleOf = ({ project }: Scene): string => `p_${project.toLowerCase()}_reader`;

  async function connectAs(user: string, password: string): Promise<pg.Client> {
    const { hostname: host, port } = url;
    const client = new pg.Client({ host, port: Number(port), database: owner, user, password });
    // A session that is ended from outside says so here.
    client.on('error', () => undefined);
    await client.connect();
    open.push(client);
    return client;
  }

  interface Granted {
    readonly role: string;
    readonly password: string;
    readonly warnings: readonly string[];
  }
  const grant = async ({ project }: Scene): Promise<Granted> =>
    (await admin(server, 'post', `/v1/admin/projects/${project}/sql-role`).expect(201)).body as Granted;
  async function connect(of = scene): Promise<pg.Client> {
    const { role, password } = await grant(of);
    return connectAs(role, password);
  }

  async function standing({ project }: Scene): Promise<unknown> {
    return (await admin(server, 'get', `/v1/admin/projects/${project}/sql-role`).expect(200)).body;
  }

  const isAlive = (client: pg.Client): Promise<boolean> =>
    client.query('SELECT 1').then(
      () => true,
      () => false,
    );

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
  });

  it('gets a new password with each call, and whoever has the old one is out; it can be taken away', async () => {
    const { role, password } = await grant(scene);
    const first = await connectAs(role, password);
    const second = await connect();
    expect([await isAlive(first), await isAlive(second)]).toEqual([false, true]);
    await expect(connectAs(role, password)).rejects.toThrow(/password authentication failed/);
    expect(await standing(scene)).toEqual({ role: roleOf(scene), isPossible: true });
    expect(await standing(other)).toEqual({ role: null, isPossible: true });
    await admin(server, 'delete', `/v1/admin/projects/${scene.project}/sql-role`).expect(204);
    expect(await isAlive(second)).toBe(false);
    await admin(server, 'delete', `/v1/admin/projects/${scene.project}/sql-role`).expect(422);
    expect(await standing(scene)).toEqual({ role: null, isPossible: true });
    expect(await isAlive(await connect())).toBe(true);
  });

  it('has a password that no statement of the server’s tells', async () => {
    await superuser.query(`ALTER ROLE ${owner} SET log_statement = 'all'`);
    const { password } = await grant(scene);
    const { rows } = await superuser.query<{ rolpassword: string }>(
      'SELECT rolpassword FROM pg_authid WHERE rolname = $1',
      [roleOf(scene)],
    );
    expect(rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(rows[0]?.rolpassword).not.toContain(password);
    const sent = await superuser.query<{ query: string }>('SELECT query FROM pg_stat_activity');
    expect(sent.rows.map((row) => row.query).join('\n')).not.toContain(password);
  });

  it('is put back to what it was told, whatever it told itself', async () => {
    const client = await connect();
    await client.query('SET default_transaction_read_only = off');
    await client.query('ALTER ROLE CURRENT_USER SET default_transaction_read_only = off');
    await client.query(`ALTER ROLE CURRENT_USER IN DATABASE ${owner} SET statement_timeout = 0`);
    const again = await connect();
    const { rows } = await again.query<{ read_only: string; timeout: string }>(
      "SELECT current_setting('default_transaction_read_only') AS read_only, current_setting('statement_timeout') AS timeout",
    );
    expect(rows).toEqual([{ read_only: 'on', timeout: '1min' }]);
  });

  it('is put back to what it was told while others use it, and only then', async () => {
    const { role, password } = await grant(scene);
    const lines: string[] = [];
    const heard = createLog({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const settings = async (): Promise<unknown> =>
      (
        await superuser.query(
          'SELECT setdatabase > 0 AS here, setconfig FROM pg_db_role_setting WHERE setrole = $1::regrole ORDER BY 1',
          [role],
        )
      ).rows;
    const wanted = await settings();
    await restoreSettings(server.database.knex, heard);
    expect(lines).toEqual([]);
    const client = await connectAs(role, password);
    await client.query('SET default_transaction_read_only = off');
    for (const change of [
      'SET statement_timeout = 0',
      'RESET default_transaction_read_only',
      "SET work_mem = '1GB'",
      'RESET ALL',
      `IN DATABASE ${owner} SET idle_in_transaction_session_timeout = 0`,
    ]) {
      await client.query(`ALTER ROLE CURRENT_USER ${change}`);
      await restoreSettings(server.database.knex, heard);
      expect(await settings(), change).toEqual(wanted);
    }
    expect(lines).toHaveLength(5);
  });

  it('makes no temporary tables, and is told of what its administrator has to take back', async () => {
    const { role, password, warnings } = await grant(scene);
    const client = await connectAs(role, password);
    await client.query('SET default_transaction_read_only = off');
    await expect(client.query('CREATE TEMP TABLE mine (a text)')).rejects.toThrow(/permission denied/);
    await expect(client.query('CREATE TABLE public.mine (a text)')).rejects.toThrow(/permission denied/);
    expect(warnings).toEqual([expect.stringMatching(/large objects.*REVOKE EXECUTE ON FUNCTION lo_creat/)]);
    // Which is what the server does where it may.
    await superuser.query(`DROP DATABASE IF EXISTS whole`);
    await superuser.query('CREATE DATABASE whole');
    const whole = await startTestServer(Object.assign(new URL(postgres.url), { pathname: '/whole' }).href);
    const its = await createScene(whole);
    const granted = await admin(whole, 'post', `/v1/admin/projects/${its.project}/sql-role`).expect(201);
    expect((granted.body as Granted).warnings).toEqual([]);
    await whole.close();
  });

  it('holds nobody by a lock: the server’s own are where no reader comes', async () => {
    const reader = await connect();
    const { rows } = await server.database.knex.raw<{ rows: { id: string }[] }>(
      'SELECT id FROM di.project_table WHERE built IS NOT NULL',
    );
    const refused = async (statement: string): Promise<void> => {
      await reader.query('BEGIN READ WRITE');
      await expect(reader.query(statement), statement).rejects.toThrow(/permission denied/);
      await reader.query('ROLLBACK');
    };
    for (const { id } of rows) await refused(`LOCK TABLE di_lock."${id}" IN ACCESS SHARE MODE`);
    await refused('LOCK TABLE "Contact" IN ROW SHARE MODE');
    await refused('SELECT * FROM "Contact" FOR SHARE');
    // While a batch waits, nothing is locked that has a number.
    const token = await authorizedToken(server, scene);
    const holding = await server.database.pool.connect();
    await holding.query(
      `BEGIN; LOCK TABLE ${rows.map(({ id }) => `di_lock."${id}"`).join(', ')} IN EXCLUSIVE MODE`,
    );
    const batch = postBatch(server, token, {
      upserts: [[contactId(1), moment(0), 'b@example.com', 'B']],
    }).then((answer) => answer.status);
    const waiting = `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted`;
    while ((await superuser.query<{ count: number }>(waiting)).rows[0]?.count === 0) continue;
    const numbered = await superuser.query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
    expect(numbered.rowCount).toBe(0);
    await holding.query('ROLLBACK');
    holding.release();
    expect(await batch).toBe(200);
  });

  it('keeps no build waiting for longer than a moment, and the build says who is in the way', async () => {
    const reader = await connect();
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM "Contact"');
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
      .send({ name: 'nickname', type: 'text' })
      .expect(201);
    const path = `/v1/admin/projects/${scene.project}/build`;
    const refused = await admin(server, 'post', path).expect(503);
    expect(refused.body).toMatchObject({ code: 'table-in-use' });
    expect((refused.body as { detail: string }).detail).toContain(roleOf(scene));
    expect(refused.headers['retry-after']).toBeDefined();
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(2), moment(0), 'c@example.com', 'C']] }).expect(
      200,
    );
    await reader.query('COMMIT');
    await admin(server, 'post', path).expect(200);
  });

  it('is cut off where it holds a number, or has been in one transaction for too long; others go on', async () => {
    const { role, password } = await grant(scene);
    const [holding, idle, quick, busy] = await Promise.all([
      connectAs(role, password),
      connectAs(role, password),
      connectAs(role, password),
      connectAs(role, password),
    ]);
    await holding.query('SELECT pg_advisory_lock(1)');
    await quick.query('BEGIN');
    await idle.query('BEGIN');
    await endReaders(server.database.knex, log);
    expect(await Promise.all([holding, idle, quick].map(isAlive))).toEqual([false, true, true]);
    await quick.query('COMMIT');
    const asleep = busy.query('SET statement_timeout = 0; SELECT pg_sleep(600)').then(
      () => 'ended',
      () => 'cut off',
    );
    const sleeping = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE $1 AND state = $2';
    while (
      (await superuser.query<{ count: number }>(sleeping, ['%pg_sleep(600)', 'active'])).rows[0]?.count === 0
    )
      continue;
    await endReaders(server.database.knex, log, 0);
    expect([await isAlive(idle), await isAlive(quick), await asleep]).toEqual([false, true, 'cut off']);
    // The server's own transactions are not a reader's.
    expect((await admin(server, 'get', '/v1/admin/projects')).status).toBe(200);
  });

  it('leaves nothing that a backup would stumble over', async () => {
    const reader = await connect();
    await reader.query("BEGIN READ WRITE; SELECT lo_from_bytea(4711, 'left behind'); COMMIT");
    // The user of the backup reads it, as pg_dump does, and the server takes it away.
    expect(
      (await server.database.pool.query("SELECT convert_from(lo_get(4711), 'UTF8') AS text")).rows,
    ).toEqual([{ text: 'left behind' }]);
    await endReaders(server.database.knex, log);
    const left = await server.database.pool.query('SELECT FROM pg_largeobject_metadata');
    expect(left.rowCount).toBe(0);
  });

  it('is no role of another account, and none for a key that may not read', async () => {
    const key = await admin(server, 'post', '/v1/admin/api-keys')
      .send({ name: 'K', scopes: ['access:write', 'rows:read'] })
      .expect(201);
    const { token } = key.body as { token: string };
    const refused = await admin(server, 'post', `/v1/admin/projects/${scene.project}/sql-role`, token).expect(
      403,
    );
    expect((refused.body as { detail: string }).detail).toContain('consent:read');
  });
});
