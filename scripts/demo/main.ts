// The whole loop on this machine: embedded database, DI Connect API and a local Salesforce org that runs the package's
// own Apex. Sets both sides up as an admin does, loads 500 contacts, shows what landed, unsubscribes one of them, and
// stays up.
//   npm run demo [-- --once]     --once ends when both ways were seen
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../../server/src/config.ts';
import { startServer } from '../../server/src/server.ts';
import { DiConnect } from './di-connect.ts';
import { loadPeople, readPeople } from './people.ts';
import { printOutcome, printScreens, printUnsubscribed, printWaysOn, progressBar, step } from './report.ts';
import { startOrg } from './salesforce.ts';
import { startScreens, type ScreensProcess } from './screens.ts';
import { createOwner, PROJECT, setUpProject, setUpSalesforce } from './set-up.ts';
import { serveWatch, type Served } from './watch/watch-server.ts';
import { setUpWayBack, unsubscribe, unsubscribeLink } from './way-back.ts';

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    port: { type: 'string', default: '3000' },
    'org-port': { type: 'string', default: '3001' },
    'screens-port': { type: 'string', default: '3002' },
    'watch-port': { type: 'string', default: '3003' },
  },
});
/** The demo starts from nothing each time: the local org keeps its records in memory only. */
const dataFolder = path.join(import.meta.dirname, '../../data/demo');
rmSync(dataFolder, { recursive: true, force: true });

const adminToken = randomBytes(32).toString('base64url');
const config = readConfig({
  PORT: options.port,
  DATA_DIR: dataFolder,
  ADMIN_TOKEN: adminToken,
  SALESFORCE_ORIGINS: `http://127.0.0.1:${options['org-port']}`,
  // The local org's own app: a connection can be authorized in the browser too.
  SALESFORCE_CLIENT_ID: 'local-org',
  SALESFORCE_CLIENT_SECRET: 'local-org-secret',
  LOG_LEVEL: 'warn',
});
const [server, org] = await step(
  'Starting the API on its embedded database, and a local Salesforce org',
  () =>
    Promise.all([
      startServer(config, pino({ level: 'warn' })),
      startOrg([`http://127.0.0.1:${options.port}`], Number(options['org-port'])),
    ]),
).catch((error: unknown) => {
  // A port that is taken, say: a sentence is enough.
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});

let watch: Served | null = null;
let screens: ScreensProcess | null = null;
let stopping: Promise<void> | null = null;
const stop = (): Promise<void> =>
  (stopping ??= Promise.all([watch?.close(), screens?.stop(), org.stop()]).then(() => server.close()));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(0)));

try {
  const di = new DiConnect(server.url, adminToken);
  const salesforce = await org.connect();
  await step('DI: the first owner', () => createOwner(di));
  const keys = await step('DI: project, table, connection, transfer', () => setUpProject(di));
  await step('Salesforce: destination project authorized, data transfer active', () =>
    setUpSalesforce(salesforce, server.url, keys),
  );

  const wayBack = await step('The way back: a user for DI, an opt-in with its field, an integration', () =>
    setUpWayBack(di, salesforce, org.url, keys.connectionId),
  );

  const people = readPeople();
  const started = performance.now();
  const ids = await loadPeople(salesforce, people, progressBar('Contacts saved in Salesforce'));
  const saved = performance.now() - started;
  const landed = await waitForRows(di, people.length, progressBar('Rows in the project’s table'));
  await printOutcome({
    di,
    salesforce,
    contacts: people.length,
    landed,
    savedMilliseconds: saved,
    totalMilliseconds: performance.now() - started,
  });
  const [first, second] = people;
  if (second)
    printUnsubscribed(
      await step(`${second.personal_email} unsubscribes with one click`, () =>
        unsubscribe(di, salesforce, wayBack, second.personal_email),
      ),
    );
  if (!options.once) {
    const { optInField } = wayBack;
    const shown = { di, salesforce, optInField, consoleUrl: `${server.url}/console`, orgUrl: org.url };
    watch = await serveWatch(shown, Number(options['watch-port']));
    screens = startScreens(org.url, salesforce, Number(options['screens-port']));
    printWaysOn({
      watchUrl: watch.url,
      apiUrl: server.url,
      orgUrl: org.url,
      adminToken,
      sessionId: salesforce.token,
      contactId: ids[0] ?? '',
      unsubscribeLink: await unsubscribeLink(di, first?.personal_email ?? ''),
    });
    screens.url.then(printScreens, (error: unknown) => {
      if (stopping === null) console.error(error);
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
  await stop();
}
if (options.once) await stop();

/** Waits until the table holds that many rows; a minute is long. */
async function waitForRows(
  di: DiConnect,
  wanted: number,
  progress: (done: number, of: number) => void,
): Promise<number> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { count } = await di.rows(PROJECT, 'Contact', 0);
    progress(count, wanted);
    if (count >= wanted || Date.now() > deadline) return count;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
