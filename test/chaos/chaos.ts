import { setTimeout as pause } from 'node:timers/promises';
import { randomNumbers } from '../support/random-numbers.ts';
import { calm } from './calm.ts';
import type { Calls } from './calls.ts';
import type { Load } from './load.ts';
import { setStage, type Stage, type StageOptions } from './stage.ts';
import { DISK_FULL } from './storm/database-faults.ts';
import { blow, type Kind, type Weather } from './storm/storm.ts';

export interface ChaosOptions extends Omit<StageOptions, 'hasSmallDisk'> {
  /** Of the time that things go wrong. */
  readonly seconds: number;
  /** Seconds between the end of a fault and the next one. */
  readonly interval: number;
  readonly kinds: readonly Kind[];
  /** Says the order of the faults. What users do and how long anything takes, no seed says. */
  readonly seed: number;
}

/** What came of it. */
export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly weather: Weather;
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, number>>;
  readonly slowestMilliseconds: number;
  /** Megabytes that the largest copy holds, at the beginning and at the end. */
  readonly memory: readonly [number, number];
  /** Ends in good order that were asked for, and the milliseconds that the longest took. */
  readonly stops: { readonly count: number; readonly slowestMilliseconds: number };
  /** What was promised and not kept. Empty where all is well. */
  readonly violations: readonly string[];
}

/** Seconds after the last fault in which every queue must be empty again. */
const CALM = 420;

/**
 * Keeps load on copies of the server from all sides while one fault follows the other, and then looks whether the copies lived,
 * every request was answered, and both sides hold exactly what was acknowledged.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const stage = await setStage({ ...options, hasSmallDisk: options.kinds.includes(DISK_FULL) });
  try {
    return await play(stage, options);
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const { cluster, copies, ground, loads } = stage;
  const { seconds, interval, kinds, seed, log } = options;
  const { calls } = ground;
  // Whom loads have made in the org must be there before anybody says something of them.
  await calm(cluster.url, ground.salesforce, stage.destinationProjectId, CALM);
  const first = await residentMegabytes(stage);
  const started = performance.now();
  log(
    `Everybody is at work for ${seconds} s, a fault comes ${interval} s after the one before; seed ${seed}.`,
  );
  const acts: Record<string, number> = {};
  const ending = new AbortController();
  const working = Promise.all(loads.map((load) => keepAt(load, calls, ending.signal, acts)));
  const stormEnding = AbortSignal.timeout(seconds * 1000);
  const weather = await blow(
    { ...stage, copyCount: options.copies, orgUrl: stage.org.url, random: randomNumbers(seed) },
    { kinds, interval, ending: stormEnding, log },
  );
  ending.abort();
  log('The weather is calm; what is under way ends.');
  await working;
  await look(stage, log);
  const memory = [first, await residentMegabytes(stage)] as const;
  await copies.stop();
  return {
    seed,
    seconds: Math.round((performance.now() - started) / 1000),
    weather,
    requests: calls.requests,
    statuses: Object.fromEntries([...calls.statuses].sort()),
    acts,
    slowestMilliseconds: Math.round(calls.slowest),
    memory,
    stops: { count: copies.stops.length, slowestMilliseconds: Math.round(Math.max(...copies.stops)) },
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
  const { cluster, org, ground, loads } = stage;
  const { calls, di, salesforce } = ground;
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

async function residentMegabytes({ copies, ground }: Stage): Promise<number> {
  const held = copies.urls.map(async (url) => {
    const headers = { authorization: `Bearer ${ground.adminToken}` };
    const answer = await fetch(`${url}/metrics`, { headers });
    const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
    return Math.round(Number(bytes ?? 0) / 1e6);
  });
  return Math.max(...(await Promise.all(held)));
}
