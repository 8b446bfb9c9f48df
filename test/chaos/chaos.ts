import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess } from '../../scripts/demo/salesforce.ts';
import { setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { setUpWayBack } from '../../scripts/demo/way-back.ts';
import { freePort } from '../server/support/free-port.ts';
import { startCluster, type PostgresCluster } from '../server/support/postgres-cluster.ts';
import { atDoor } from '../support/org-door.ts';
import { calm } from './calm.ts';
import { Calls } from './calls.ts';
import type { Ground, Load } from './load.ts';
import { consent } from './loads/consent.ts';
import { files } from './loads/files.ts';
import { plugin } from './loads/plugin.ts';
import { reader } from './loads/reader.ts';
import { sales } from './loads/sales.ts';
import { setUpShop, shop } from './loads/shop.ts';
import { site } from './loads/site.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import { blow, type Weather } from './weather.ts';

export interface ChaosOptions {
  /** Of the time that things go wrong. */
  readonly seconds: number;
  /** Seconds between two restarts of PostgreSQL. */
  readonly interval: number;
  /** Ports of the server, PostgreSQL and the org; free ones where none are named. */
  readonly ports?: readonly [number, number, number];
  readonly log: (line: string) => void;
}

/** What came of it. */
export interface ChaosReport {
  readonly seconds: number;
  readonly weather: Weather;
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, number>>;
  readonly slowestMilliseconds: number;
  /** Megabytes that the server holds, at the beginning and at the end. */
  readonly memory: readonly [number, number];
  /** Milliseconds from SIGTERM to the end, and the exit code. */
  readonly stopped: { readonly code: number | null; readonly milliseconds: number };
  /** What was promised and not kept. Empty where all is well. */
  readonly violations: readonly string[];
}

/** Seconds after the last restart in which every queue must be empty again. */
const CALM = 420;

interface Stage {
  readonly cluster: PostgresCluster;
  readonly org: OrgProcess;
  readonly server: ServerProcess;
  readonly ground: Ground;
  readonly loads: readonly Load[];
  readonly destinationProjectId: string;
  close(): Promise<void>;
}

/**
 * Keeps load on the server from all sides while PostgreSQL is restarted and its sessions are ended, and then looks whether the
 * process lived, every request was answered, and both sides hold exactly what was acknowledged.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const stage = await setStage(options);
  try {
    return await play(stage, options);
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, { seconds, interval, log }: ChaosOptions): Promise<ChaosReport> {
  const { cluster, server, ground, loads } = stage;
  const { calls } = ground;
  // Whom loads have made in the org must be there before anybody says something of them.
  await calm(cluster.url, ground.salesforce, stage.destinationProjectId, CALM);
  const first = await residentMegabytes(ground);
  const ending = new AbortController();
  const started = performance.now();
  log(`Everybody is at work for ${seconds} s, PostgreSQL is restarted every ${interval} s.`);
  const acts: Record<string, number> = {};
  const working = Promise.all(loads.map((load) => keepAt(load, calls, ending.signal, acts)));
  const blowing = blow({ cluster, interval, ending: ending.signal, log });
  while (performance.now() - started < seconds * 1000 && server.ending() === null) await pause(200);
  ending.abort();
  const weather = await blowing;
  log('The weather is calm; what is under way ends.');
  await working;
  await look(stage, log);
  const memory = [first, await residentMegabytes(ground)] as const;
  const stopped = await server.stop();
  if (stopped.code !== 0) calls.violate(`the server ended with ${String(stopped.code)} after SIGTERM`);
  return {
    seconds: Math.round((performance.now() - started) / 1000),
    weather,
    requests: calls.requests,
    statuses: Object.fromEntries([...calls.statuses].sort()),
    acts,
    slowestMilliseconds: Math.round(calls.slowest),
    memory,
    stopped,
    violations: calls.violations,
  };
}

/** One act after the other until the end; one that fails for good is a violation, and the next one is tried. */
async function keepAt(
  load: Load,
  calls: Calls,
  ending: AbortSignal,
  acts: Record<string, number>,
): Promise<void> {
  while (!ending.aborted) {
    try {
      await load.act();
      acts[load.name] = (acts[load.name] ?? 0) + 1;
    } catch (error) {
      calls.violate(`${load.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await pause(load.pause * (0.5 + Math.random()), undefined, { signal: ending }).catch(() => undefined);
  }
}

/** What must be true when all is calm. */
async function look(stage: Stage, log: (line: string) => void): Promise<void> {
  const { cluster, org, server, ground, loads } = stage;
  const { calls, di, salesforce } = ground;
  if (server.ending() !== null) {
    calls.violate(`the server ended by itself: ${server.ending() ?? ''}`);
    return;
  }
  const waiting = await calm(cluster.url, salesforce, stage.destinationProjectId, CALM);
  for (const [queue, count] of Object.entries(waiting))
    calls.violate(`${count} ${queue} still wait or are dead`);
  log('Looking whether every key is right on both sides.');
  for (const load of loads) for (const wrong of await load.check()) calls.violate(wrong);
  const { connections } = await di.call<{ connections: { name: string; verdict: string }[] }>(
    'GET',
    '/v1/admin/health',
  );
  // The shop's connection has sent and never received; in step it is all the same.
  for (const { name, verdict } of connections)
    if (verdict !== 'in-step') calls.violate(`health says of ${name}: ${verdict}`);
  const { failedJobs } = await salesforce.status();
  if (failedJobs > 0) calls.violate(`${failedJobs} jobs failed in ${org.url}`);
}

async function residentMegabytes({ calls, adminToken }: Ground): Promise<number> {
  const answer = await fetch(`${calls.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
  return Math.round(Number(bytes ?? 0) / 1e6);
}

async function setStage({ ports, log }: ChaosOptions): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-chaos-'));
  const logFile = path.join(folder, 'server.log');
  const [port, postgresPort, orgPort] = ports ?? [await freePort(), await freePort(), await freePort()];
  const adminToken = randomBytes(32).toString('hex');
  log('Starting PostgreSQL, the server and a local Salesforce org.');
  const cluster = await startCluster(postgresPort, ['-c', 'max_connections=60']);
  const orgUrl = `http://127.0.0.1:${orgPort}`;
  const server = await startServerProcess(
    port,
    environment(folder, cluster.url, adminToken, orgUrl),
    logFile,
  );
  const org = await startOrg([server.url], orgPort);
  await atDoor(org.url, 'PATCH', 'settings', { dailyApiRequests: 100_000_000 });
  const salesforce = await org.connect();
  const di = new DiConnect(server.url, adminToken);
  const ground: Ground = { calls: new Calls(server.url), adminToken, di, salesforce, orgUrl };
  const keys = await setUpProject(di);
  const { projectId } = await setUpSalesforce(salesforce, server.url, keys);
  const { optInField } = await setUpWayBack(di, salesforce, org.url, keys.connectionId);
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
  return {
    cluster,
    org,
    server,
    ground,
    loads,
    destinationProjectId: projectId,
    close: async () => {
      await server.stop();
      await org.stop();
      await cluster.stop();
      const { violations } = ground.calls;
      if (violations.length > 0) log(`What the server said is in ${logFile}:\n${lastLines(logFile)}`);
      else rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environment(
  folder: string,
  databaseUrl: string,
  adminToken: string,
  orgUrl: string,
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
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
