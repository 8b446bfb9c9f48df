import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
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

describe('the view of what contacts agreed to', () => {
  let postgres: Postgres;
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
    scene = await createScene(server);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  it('is read by the project’s SQL role, made before or after it, and joined with contacts; the ledger is not', async () => {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/sql-role`).expect(201);
    const { role, password } = answer.body as { role: string; password: string };
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(0), 'ann@example.com', 'Ann']],
    }).expect(200);
    await createOptIn(server, scene);
    await changeConsent(server, scene, [
      { contact: { email: 'ann@example.com' }, optIn: 'newsletter', status: 'granted' },
    ]);
    const url = new URL(postgres.url);
    url.username = role;
    url.password = password;
    const client = new pg.Client({ connectionString: url.toString() });
    await client.connect();
    try {
      const found = await client.query(
        `SELECT c.last_name, a._opt_in, a._status FROM "Contact" c JOIN consent a USING (email) WHERE a._status = 'granted'`,
      );
      expect(found.rows).toEqual([{ last_name: 'Ann', _opt_in: 'newsletter', _status: 'granted' }]);
      for (const table of ['di.consent', 'di.consent_event', 'di.record_identity', 'di.consent_key'])
        await expect(client.query(`SELECT * FROM ${table}`), table).rejects.toThrow('permission denied');
    } finally {
      await client.end();
    }
  });
});
