import type { Api } from './api.ts';
import { batchBody } from './records.ts';
import { inFlight, percentile, rounded, type Table } from './report.ts';

const SIZE = 200;
const AT_ONCE = [1, 8, 32];

/** How long a batch of 200 records takes when several are sent at once: new rows, and the same rows again. */
export async function latency(api: Api, batches: number): Promise<Table> {
  const rows: Record<string, string | number>[] = [];
  let from = 10_000_000;
  for (const atOnce of AT_ONCE) {
    const bodies = Array.from({ length: batches }, (_, index) =>
      // Every second batch brings the rows of the one before in a later version.
      batchBody(from + (index >> 1) * SIZE, SIZE, index % 2),
    );
    from += batches * SIZE;
    const started = performance.now();
    const times = await inFlight(bodies, atOnce, (body) => api.send(body));
    const seconds = (performance.now() - started) / 1000;
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(times, share));
    rows.push({
      'in flight': atOnce,
      p50: rounded(p50 ?? NaN, 1),
      p95: rounded(p95 ?? NaN, 1),
      p99: rounded(p99 ?? NaN, 1),
      'p99 / p50': rounded((p99 ?? NaN) / (p50 ?? NaN), 1),
      'records/s': rounded((batches * SIZE) / seconds),
    });
  }
  return rows;
}
