import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { readConfig } from '../../server/src/config.ts';
import { startServer } from '../../server/src/server.ts';
import { startPostgres } from '../server/support/postgres.ts';
import { manifestOf, restore } from './snapshot.ts';

/** A later migration gives every table of a project a column. */
const VERSION = '015-cost-of-the-way-back';

// One file with the rest: snapshots bring roles, which are of all databases of a cluster.
it('an upgrade is not stopped by a reader of SQL who keeps a transaction open', async () => {
  const { adminToken, encryptionKeys, named } = manifestOf(VERSION);
  const postgres = await startPostgres('empty');
  await restore(VERSION, postgres.url);
  const address = new URL(postgres.url);
  address.username = named['sql role'] ?? '';
  address.password = named['sql password'] ?? '';
  const reader = new pg.Client(address.href);
  const broken = new Promise<string>((resolve) =>
    reader.on('error', (error) => {
      resolve(error.message);
    }),
  );
  await reader.connect();
  // The bounds of the role are defaults, which it may change.
  await reader.query(`SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT count(*) FROM "Contact"`);
  const server = await startServer(
    readConfig({
      ...{ DATABASE_URL: postgres.url, ADMIN_TOKEN: adminToken, PORT: '0', ROLE: 'api' },
      ...{ ENCRYPTION_KEYS: encryptionKeys, LOG_LEVEL: 'silent' },
    }),
    pino({ level: 'silent' }),
  );
  try {
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    expect(await broken).toMatch(/terminat/);
  } finally {
    await reader.end().catch(() => undefined);
    await server.close();
    await postgres.stop();
  }
});
