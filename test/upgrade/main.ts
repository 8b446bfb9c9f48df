// Makes a snapshot of a database of today: a server of this version is driven through its APIs into a life of a few months,
// its database is dumped, and beside it stands what must be true of it for ever. Later versions restore it, migrate it and
// are held to that (upgrade.test.ts). Released migrations never change, so a snapshot is made once for each version.
//   DATABASE_URL=postgresql://… npx tsx test/upgrade/main.ts
// DATABASE_URL is an empty database of a real PostgreSQL of this machine, 14 or 15, and its superuser; pg_dump and pg_dumpall
// stand in PATH, or in the folder PG_BIN.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { startOrg, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { freePort } from '../server/support/free-port.ts';
import { fingerprints } from './fingerprint.ts';
import type { Manifest } from './manifest.ts';
import { makeAccounts } from './past/accounts.ts';
import { makeChannels, tellChannels } from './past/alerts.ts';
import { compare } from './past/comparisons.ts';
import { makeConsent } from './past/consent.ts';
import { authorizeInBrowser, loseAuthorization } from './past/authorizations.ts';
import { deploy, queueDeployment } from './past/deployments.ts';
import { doEvents, leaveEvents, makeEvents } from './past/events.ts';
import { breakImport, endImports, leaveImports } from './past/imports.ts';
import { sendByHand, sendFromPackage } from './past/inbound.ts';
import { leaveLongNumbers, makeLongNumbers } from './past/long-numbers.ts';
import { leaveWaiting, sendConsent, sendRows } from './past/outbound.ts';
import { erasePeople } from './past/persons.ts';
import { makeNews, makeShop } from './past/projects.ts';
import { pull, queueRun } from './past/pulls.ts';
import { Recording } from './recording.ts';
import { startCopy, type ServerCopy } from './server-copies.ts';

const ADMIN_TOKEN = 'admin-token-of-the-tests-32-characters';
const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 'k').toString('base64')}`;

const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined)
  throw new Error('DATABASE_URL is missing: an empty database on a real PostgreSQL.');
const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-snapshot-'));
const [port, workerPort, orgPort] = [await freePort(), await freePort(), await freePort()];
const orgUrl = `http://127.0.0.1:${orgPort}`;
const environment = {
  ...{ DATABASE_URL: databaseUrl, DATA_DIR: folder, ADMIN_TOKEN, ENCRYPTION_KEYS },
  ...{
    SALESFORCE_ORIGINS: orgUrl,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ALERT_PRIVATE_HOSTS: '127.0.0.1:9',
  },
  ...{ SALESFORCE_CLIENT_ID: LOGIN.clientId, SALESFORCE_CLIENT_SECRET: LOGIN.clientSecret },
};
const startWorker = (): Promise<ServerCopy> => startCopy(workerPort, { ...environment, ROLE: 'worker' });
const step = (what: string): void => {
  console.log(what);
};

const running: { stop(): Promise<void> }[] = [];
let kept: Awaited<ReturnType<Recording['finish']>>;
let madeAt: string;
try {
  const api = await startCopy(port, { ...environment, ROLE: 'api' });
  running.push(api);
  const org = await startOrg([api.url], orgPort, ['test/subscriber-org']);
  running.push(org);
  const salesforce = await org.connect();
  const recording = new Recording(api.url);
  await live(recording, salesforce);
  kept = await recording.finish();
  madeAt = new Date().toISOString();
} finally {
  for (const each of running.reverse()) await each.stop();
  rmSync(folder, { recursive: true });
}

step('The dump');
const client = new pg.Client(databaseUrl);
await client.connect();
const { rows } = await client.query<{ name: string }>(
  'SELECT name FROM di.migration ORDER BY id DESC LIMIT 1',
);
const version = rows[0]?.name ?? '';
const tables = await fingerprints(client);
await client.end();
const manifest: Manifest = {
  ...{ version, madeAt, adminToken: ADMIN_TOKEN, encryptionKeys: ENCRYPTION_KEYS },
  ...kept,
  tables,
};
const program = (name: string, ...parameters: readonly string[]): string =>
  execFileSync(path.join(process.env.PG_BIN ?? '', name), parameters, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
// Readers of SQL are roles of the whole cluster, which no dump of a database holds.
const roles = program('pg_dumpall', '--roles-only', '-d', databaseUrl)
  .split('\n')
  .filter((line) => /^(CREATE|ALTER) ROLE p_\w+_reader\b/.test(line));
const dump = program('pg_dump', '--no-owner', '--inserts', '--rows-per-insert=500', databaseUrl);
const file = path.join(import.meta.dirname, 'snapshots', version);
writeFileSync(`${file}.json`, written(manifest));
// psql's own commands are no SQL.
writeFileSync(
  `${file}.sql.gz`,
  gzipSync(`${roles.join('\n')}\n${dump.replace(/^\\.*$/gm, '')}`, { level: 9 }),
);
step(`${file}.sql.gz`);

/** What happens, in the order of a life: set up, filled, at work, and at last in the middle of everything. */
async function live(recording: Recording, salesforce: Salesforce): Promise<void> {
  step('Accounts and projects');
  await makeAccounts(recording, ADMIN_TOKEN);
  await makeNews(recording);
  await makeShop(recording);
  step('From Salesforce');
  await sendFromPackage(recording, salesforce);
  await sendByHand(recording, orgUrl);
  step('Consent');
  await makeConsent(recording);
  await makeChannels(recording);
  await authorizeInBrowser(recording, orgUrl);
  step('To Salesforce');
  const worker = await startWorker();
  running.push(worker);
  await deploy(recording, orgUrl);
  await salesforce.assign('DI_Fields', LOGIN.userName);
  await sendConsent(recording);
  await sendRows(recording, salesforce, orgUrl);
  step('Long numbers and comparisons');
  await makeLongNumbers(recording, environment.DATABASE_URL, orgUrl);
  await compare(recording);
  step('Pulls, events, actions and imports');
  await pull(recording, salesforce, orgUrl);
  await makeEvents(recording);
  await doEvents(recording);
  await endImports(recording);
  await loseAuthorization(recording, orgUrl);
  await tellChannels(recording);
  await worker.stop();
  step('What is not done yet');
  await breakImport(recording, environment.DATABASE_URL, startWorker);
  await erasePeople(recording);
  await leaveWaiting(recording);
  await leaveLongNumbers(recording);
  await leaveEvents(recording);
  await leaveImports(recording);
  await queueDeployment(recording);
  await queueRun(recording);
}

/** JSON with a line for each call. */
function written(whole: Manifest): string {
  const parts = Object.entries(whole).map(([name, part]: [string, unknown]) => {
    const lines = Array.isArray(part) ? part.map((each) => JSON.stringify(each)).join(',\n') : null;
    return `${JSON.stringify(name)}: ${lines === null ? JSON.stringify(part) : `[\n${lines}\n]`}`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
