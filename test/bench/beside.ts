import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api.ts';
import { imports } from './imports.ts';
import { batchBody } from './records.ts';
import { percentile, rounded, type Table } from './report.ts';

const SIZE = 200;
/** Milliseconds between two batches, as from an org at work, and for how long they are sent alone. */
const EVERY = 20;
const ALONE = 8000;

/** How long batches of 200 records take while a file is sent, looked at and imported by the same process, and alone. */
export async function beside(api: Api, isQuick: boolean): Promise<Table> {
  let from = 50_000_000;
  const timed = async (isOver: () => boolean): Promise<number[]> => {
    const times: number[] = [];
    while (!isOver()) {
      times.push(await api.send(batchBody(from, SIZE, 0)));
      from += SIZE;
      await pause(EVERY);
    }
    return times;
  };
  const until = (end: number) => () => performance.now() > end;
  await timed(until(performance.now() + ALONE / 2));
  const alone = await timed(until(performance.now() + ALONE));
  let isImported = false;
  const importing = imports('', api, isQuick).finally(() => (isImported = true));
  const both = await timed(() => isImported);
  await importing;
  return [row('alone', alone), row('beside an import', both)];
}

function row(batches: string, times: readonly number[]): Record<string, string> {
  const at = (share: number): string => rounded(percentile(times, share), 1);
  return { batches, p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: rounded(Math.max(...times), 1) };
}
