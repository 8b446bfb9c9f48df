import pg from 'pg';
import type { Api } from './api.ts';
import { floorOf } from './floor.ts';
import { batchBody, plainRows } from './records.ts';
import { inFlight, median, rounded, type Table } from './report.ts';

interface Plan {
  readonly size: number;
  readonly batches: number;
}

/** Records a second through the API, one and four requests in flight, against the floor: the same rows, one statement. */
export async function ingest(
  databaseName: string,
  databaseUrl: string,
  api: Api,
  rounds: number,
  plans: readonly Plan[],
): Promise<Table> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows: Record<string, string | number>[] = [];
  for (const plan of plans) {
    const seen = new Map<string, number[]>();
    // One round to warm up; the ways take turns, so that a slow minute of the machine is everybody's.
    for (let round = 0; round <= rounds; round++) {
      const results = [
        ...(await floorRound(client, plan)).map(([phase, rate]) => [`floor ${phase}`, rate] as const),
        ...(await apiRound(client, api, plan, 1)).map(([phase, rate]) => [`1 ${phase}`, rate] as const),
        ...(await apiRound(client, api, plan, 4)).map(([phase, rate]) => [`4 ${phase}`, rate] as const),
      ];
      if (round > 0) for (const [name, rate] of results) seen.set(name, [...(seen.get(name) ?? []), rate]);
    }
    for (const phase of ['new', 'existing']) {
      const rate = (name: string): number => median(seen.get(`${name} ${phase}`) ?? []);
      const floor = rate('floor');
      rows.push({
        database: databaseName,
        batch: plan.size,
        rows: phase,
        'floor, records/s': rounded(floor),
        'one in flight': rounded(rate('1')),
        ratio: rounded(rate('1') / floor, 2),
        'four in flight': rounded(rate('4')),
        'ratio of four': rounded(rate('4') / floor, 2),
      });
    }
  }
  await client.end();
  return rows;
}

type Rates = [phase: string, rate: number][];

/** Both phases: rows that are new, then the same rows in a later version. Bodies are made before the clock starts. */
async function phases<T>(
  plan: Plan,
  makeBatch: (from: number, version: number) => T,
  run: (batches: T[]) => Promise<unknown>,
): Promise<Rates> {
  const rates: Rates = [];
  for (const [version, phase] of ['new', 'existing'].entries()) {
    const made = Array.from({ length: plan.batches }, (_, index) => makeBatch(index * plan.size, version));
    const started = performance.now();
    await run(made);
    rates.push([phase, (plan.batches * plan.size) / ((performance.now() - started) / 1000)]);
  }
  return rates;
}

async function apiRound(client: pg.Client, api: Api, plan: Plan, atOnce: number): Promise<Rates> {
  await client.query(`TRUNCATE ${api.table}`);
  return phases(
    plan,
    (from, version) => batchBody(from, plan.size, version),
    (bodies) => inFlight(bodies, atOnce, (body) => api.send(body)),
  );
}

async function floorRound(client: pg.Client, plan: Plan): Promise<Rates> {
  const { table, text } = floorOf('floor');
  await client.query(table);
  return phases(
    plan,
    (from, version) => plainRows(from, plan.size, version),
    // The client starts from rows, as the API starts from what came over the wire.
    (batches) =>
      inFlight(batches, 1, async (rows) => (await client.query(text, [JSON.stringify(rows)])).rowCount ?? 0),
  );
}
