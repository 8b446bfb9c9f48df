import pg from 'pg';
import type { Api } from './api.ts';
import { batchBody, fill } from './records.ts';
import { inFlight, median, rounded, type Table } from './report.ts';

const SIZE = 2000;
const BATCHES = 12;

/** How long a batch of 2,000 takes in tables of ten thousand to two million rows: new rows, and existing ones all over. */
export async function growth(databaseUrl: string, api: Api, isQuick: boolean): Promise<Table> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows: Record<string, string | number>[] = [];
  await client.query(`TRUNCATE ${api.table}`);
  let filled = 0;
  for (const count of isQuick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000, 2_000_000]) {
    await fill(client, api.table, filled + 1, count);
    filled = count;
    await client.query(`ANALYZE ${api.table}`);
    const step = Math.max(1, Math.floor((count - SIZE) / BATCHES));
    const existing = Array.from({ length: BATCHES }, (_, index) => batchBody(1 + index * step, SIZE, index));
    const fresh = Array.from({ length: BATCHES }, (_, index) =>
      batchBody(50_000_000 + count + index * SIZE, SIZE, 1),
    );
    const times = {
      existing: await inFlight(existing, 1, (body) => api.send(body)),
      fresh: await inFlight(fresh, 1, (body) => api.send(body)),
    };
    rows.push({
      'rows in the table': count,
      'existing rows, ms': rounded(median(times.existing), 1),
      'new rows, ms': rounded(median(times.fresh), 1),
    });
  }
  await client.end();
  return rows;
}
