import type { Api } from './api.ts';
import { batchBody } from './records.ts';
import { percentile, rounded, type Table } from './report.ts';

const SIZE = 200;
const AT_ONCE = 8;
const PARTS = 6;

/** Memory and latency over a sustained run, eight batches in flight, by sixths of the time. */
export async function memory(api: Api, minutes: number): Promise<Table> {
  const rows: Record<string, string | number>[] = [];
  const part = (minutes * 60_000) / PARTS;
  let number = 0;
  for (let index = 0; index < PARTS; index++) {
    const until = performance.now() + part;
    const times: number[] = [];
    const worker = async (): Promise<void> => {
      while (performance.now() < until) {
        number += 1;
        // Of a hundred thousand people, one version after the other.
        times.push(await api.send(batchBody(100_000_000 + (number % 500) * SIZE, SIZE, number)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const [p50 = NaN, p99 = NaN] = [0.5, 0.99].map((share) => percentile(times, share));
    rows.push({
      'until minute': rounded(((index + 1) * minutes) / PARTS, 1),
      'resident, MB': rounded((await api.residentMemory()) / 1e6),
      batches: times.length,
      'p50, ms': rounded(p50, 1),
      'p99, ms': rounded(p99, 1),
      'p99 / p50': rounded(p99 / p50, 1),
    });
  }
  return rows;
}
