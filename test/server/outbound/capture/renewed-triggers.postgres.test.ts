import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer } from '../../../../server/src/server.ts';
import { activeIntegration, groundOf, outboxOf } from '../../support/delivery-scene.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';
import { createScene, startTestServer, testConfig, type TestServer } from '../../support/test-server.ts';

let postgres: Postgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
  server = await startTestServer(postgres.url);
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
});

it('triggers that an older server made do what this one has them do, once it has started', async () => {
  const scene = await createScene(server);
  const { tableId, table } = await groundOf(server, scene);
  const integration = await activeIntegration(server, scene, 'Contact', {
    operations: ['created', 'updated', 'deleted'],
    mapping: [{ salesforceField: 'LastName', column: 'last_name' }],
    matching: { by: 'lookup', field: 'Email', column: 'email' },
  });
  const { pool } = server.database;
  for (const operation of ['insert', 'update'])
    await pool.query(
      `CREATE OR REPLACE FUNCTION di.capture_${tableId.replaceAll('-', '')}_${operation}() RETURNS trigger LANGUAGE plpgsql
         AS $$ BEGIN RAISE EXCEPTION 'column reference "old" is ambiguous'; END $$`,
    );
  await pool.query(
    `ALTER TABLE ${table} ALTER COLUMN _edited_at DROP DEFAULT; DROP TRIGGER di_deliver_delete ON ${table}`,
  );
  await expect(pool.query(`INSERT INTO ${table} (email) VALUES ('a@example.com')`)).rejects.toThrow(
    'ambiguous',
  );
  // Two copies that start at the same time.
  const started = await Promise.all([
    startServer(testConfig(postgres.url)),
    startServer(testConfig(postgres.url)),
  ]);
  await Promise.all(started.map((each) => each.close()));
  await pool.query(`INSERT INTO ${table} (email) VALUES ('a@example.com')`);
  expect(await outboxOf(server, integration)).toMatchObject([{ email: 'a@example.com', change: 'created' }]);
  expect((await pool.query(`SELECT FROM ${table} WHERE _edited_at IS NOT NULL`)).rowCount).toBe(1);
  const triggers = await pool.query(
    "SELECT FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname = 'di_deliver_delete'",
    [table],
  );
  expect(triggers.rowCount).toBe(1);
  const { rows } = await pool.query<{ count: number }>(
    "SELECT count(*) AS count FROM pg_proc WHERE proname LIKE 'notice_created_%'",
  );
  // What nothing calls is not made.
  expect(rows).toEqual([{ count: 0 }]);
});
