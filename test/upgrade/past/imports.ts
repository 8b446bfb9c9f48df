import pg from 'pg';
import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';
import type { ServerCopy } from '../server-copies.ts';
import { reaches } from './local-org.ts';

/** More than one transaction of an import takes, and less than two. */
const LINES = 2100;
/** A row of the second transaction. */
const HELD_UP = 'i02050';
const importSchema = z.object({ counts: z.object({ rows: z.number() }) });

async function upload(
  caller: Caller,
  target: object,
  file: string,
  settings: object | null = null,
): Promise<string> {
  const id = await caller.make('/v1/admin/imports', { name: 'file.csv', ...target });
  await caller.call('PUT', `/v1/admin/imports/${id}/file`, file, { 'content-type': 'text/csv' });
  if (settings) await caller.call('PATCH', `/v1/admin/imports/${id}/settings`, settings);
  return id;
}

const start = (caller: Caller, id: string): Promise<unknown> =>
  caller.call('POST', `/v1/admin/imports/${id}/start`);

/** Imports that have ended: with rejected rows, cancelled, into the org. Needs a worker. */
export async function endImports(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const toTable = { project: 'SHOP', table: 'Item' };
  const done = await upload(
    shop,
    toTable,
    'code,kind\na1,one\na2,two\n,none\na3,much longer than twenty characters\n',
  );
  await start(shop, done);
  await reaches(shop, `/v1/admin/imports/${done}`, ['done']);
  const cancelled = await upload(shop, toTable, 'code,kind\nb1,one\n');
  await shop.call('POST', `/v1/admin/imports/${cancelled}/cancel`);
  const toOrg = { connection: recording.named('Shop org'), object: 'Contact' };
  const sent = await upload(
    shop,
    toOrg,
    'LastName,Email\nImported,imported@example.com\n,nameless@example.com\n',
  );
  await start(shop, sent);
  await reaches(shop, `/v1/admin/imports/${sent}`, ['done']);
  recording.name('import', done);
  recording.read('shop', `/v1/admin/imports/${done}`, `/v1/admin/imports/${done}/results.csv?only=rejected`);
  recording.read('shop', `/v1/admin/imports/${sent}`, `/v1/admin/imports/${sent}/results.csv?only=saved`);
}

/** An import that nobody has started, one that was checked and one that waits. */
export async function leaveImports(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const ready = await upload(shop, { project: 'SHOP', table: 'Item' }, 'code,kind\nc1,one\n');
  recording.name('ready import', ready);
  recording.read('shop', `/v1/admin/imports/${ready}`, '/v1/admin/imports?limit=100');
}

/** An import whose worker is killed in its second transaction; the first one stands. */
export async function breakImport(
  recording: Recording,
  databaseUrl: string,
  startWorker: () => Promise<ServerCopy>,
): Promise<void> {
  const shop = recording.caller('shop');
  const lines = Array.from({ length: LINES }, (_, index) => `i${String(index + 1).padStart(5, '0')},x`);
  const id = await upload(shop, { project: 'SHOP', table: 'Item' }, `code,kind\n${lines.join('\n')}\n`);
  recording.name('broken import', id);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    // Somebody else is about to write one of the rows: the import waits for them, and its worker dies waiting.
    await client.query('BEGIN');
    const { rows } = await client.query<{ schema_name: string }>(
      `SELECT schema_name FROM di.project WHERE code = 'SHOP'`,
    );
    await client.query(`INSERT INTO "${rows[0]?.schema_name ?? ''}"."Item" (code) VALUES ('${HELD_UP}')`);
    await start(shop, id);
    const worker = await startWorker();
    await eventually(async () => {
      const shown = importSchema.parse(await shop.call('GET', `/v1/admin/imports/${id}`));
      return shown.counts.rows > 0 && (await isWaitedFor(client));
    });
    await worker.kill();
  } finally {
    await client.end();
  }
  recording.read('shop', `/v1/admin/imports/${id}`);
}

async function isWaitedFor(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ waits: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid') AS waits`,
  );
  return rows[0]?.waits ?? false;
}
