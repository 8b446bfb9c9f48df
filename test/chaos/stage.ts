import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess } from '../../scripts/demo/salesforce.ts';
import { setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { setUpWayBack } from '../../scripts/demo/way-back.ts';
import { freePort } from '../server/support/free-port.ts';
import { startCluster, type PostgresCluster } from '../server/support/postgres-cluster.ts';
import { Door } from '../simulation/door.ts';
import { atDoor } from '../support/org-door.ts';
import { Calls } from './calls.ts';
import { Copies } from './copies.ts';
import { Excuses } from './excuses.ts';
import type { Ground, Load } from './load.ts';
import { consent } from './loads/consent.ts';
import { files } from './loads/files.ts';
import { plugin } from './loads/plugin.ts';
import { reader } from './loads/reader.ts';
import { sales } from './loads/sales.ts';
import { setUpShop, shop } from './loads/shop.ts';
import { site } from './loads/site.ts';
import { makeSmallDisk, type SmallDisk } from './storm/small-disk.ts';

export interface StageOptions {
  readonly copies: number;
  /** Whether the database is to have a disk of its own, where that can be had. */
  readonly hasSmallDisk: boolean;
  /** Ports of the front, PostgreSQL and the org; free ones where none are named. */
  readonly ports?: readonly [number, number, number];
  readonly log: (line: string) => void;
}

/** Everything that runs: copies of the server behind a front, PostgreSQL, an org behind a door, and those who use them. */
export interface Stage {
  readonly cluster: PostgresCluster;
  readonly disk: SmallDisk | string;
  readonly org: OrgProcess;
  readonly orgDoor: Door;
  readonly front: Door;
  readonly copies: Copies;
  readonly excuses: Excuses;
  readonly ground: Ground;
  readonly loads: readonly Load[];
  readonly destinationProjectId: string;
  readonly folder: string;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 120;

export async function setStage({ copies: count, hasSmallDisk, ports, log }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-chaos-'));
  // PostgreSQL does not run as root: its user goes through here to its own files.
  chmodSync(folder, 0o711);
  const logFile = path.join(folder, 'server.log');
  const [port, postgresPort, orgPort] = ports ?? [await freePort(), await freePort(), await freePort()];
  log(`Starting PostgreSQL, ${count} copies of the server and a local Salesforce org.`);
  const disk = hasSmallDisk
    ? makeSmallDisk(path.join(folder, 'disk'))
    : 'the database has no disk of its own';
  const flags = ['-c', `max_connections=${MAX_CONNECTIONS}`, '-c', 'max_wal_size=256MB'];
  const place = typeof disk === 'string' ? undefined : disk.folder;
  const cluster = await startCluster(postgresPort, flags, [], place);
  const [front, orgDoor] = [await Door.open(() => true, { port, isBusy: true }), await openDoor()];
  const excuses = new Excuses();
  const adminToken = randomBytes(32).toString('hex');
  const calls = new Calls(front.url, excuses, log);
  const copies = new Copies({
    ...{ front, excuses, logFile },
    environment: environment(folder, cluster.url, adminToken, [front.url, orgDoor.url]),
    violate: (what) => {
      calls.violate(what);
    },
  });
  const org = await startOrg([front.url], orgPort, [], orgDoor.url);
  orgDoor.targets = [org.url];
  const close = async (): Promise<void> => {
    await copies.end();
    await Promise.all([front.close(), orgDoor.close()]);
    await org.stop();
    await cluster.stop();
    if (typeof disk !== 'string') disk.remove();
    if (calls.violations.length > 0) log(`What the server said is in ${logFile}:\n${lastLines(logFile)}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  try {
    await copies.start(count);
    const salesforce = await org.connect();
    // People are at the org itself: what goes wrong is between it and the server.
    salesforce.connection.instanceUrl = org.url;
    const di = new DiConnect(front.url, adminToken);
    const ground: Ground = { calls, adminToken, di, salesforce, orgUrl: orgDoor.url };
    const played = await setUp(ground, org);
    return { cluster, disk, org, orgDoor, front, copies, excuses, ground, folder, close, ...played };
  } catch (error) {
    await close();
    throw error;
  }
}

const openDoor = (): Promise<Door> => Door.open(() => true, { isBusy: true });

async function setUp(
  ground: Ground,
  org: OrgProcess,
): Promise<Pick<Stage, 'loads' | 'destinationProjectId'>> {
  const { calls, di, salesforce, orgUrl } = ground;
  await atDoor(org.url, 'PATCH', 'settings', { dailyApiRequests: 100_000_000 });
  const keys = await setUpProject(di);
  const { projectId } = await setUpSalesforce(salesforce, calls.url, keys);
  const { optInField } = await setUpWayBack(di, salesforce, orgUrl, keys.connectionId);
  const shopConnection = await setUpShop(ground);
  const loads = [
    await plugin(ground),
    await plugin(ground),
    sales(ground),
    await consent(ground, optInField),
    shop(ground),
    await site(ground, shopConnection),
    await files(ground),
    reader(ground),
  ];
  return { loads, destinationProjectId: projectId };
}

function environment(
  folder: string,
  databaseUrl: string,
  adminToken: string,
  [publicUrl, orgUrl]: readonly [string, string],
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    PUBLIC_URL: publicUrl,
    ADMIN_TOKEN: adminToken,
    ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
    SALESFORCE_ORIGINS: orgUrl,
    SALESFORCE_CLIENT_ID: 'local-org',
    SALESFORCE_CLIENT_SECRET: 'local-org-secret',
    BATCHES_PER_MINUTE: '100000',
    LOG_LEVEL: 'warn',
    SHUTDOWN_NOTICE_SECONDS: '0',
  };
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
