import { chmodSync, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import pg from 'pg';
import { ImportApi } from '../../scripts/import/import-api.ts';
import type { Api } from './api.ts';
import { copyFloor } from './copy-floor.ts';
import { clusterTime, timeOf } from './processor-time.ts';
import { FIELDS, person } from './records.ts';
import { rounded, type Table } from './report.ts';

/** Rows of the file, a million of twenty columns unless it is to be quick. */
const ROWS = { whole: 1_000_000, quick: 100_000 };
const LOOK = 1000;

/**
 * What a file's rows cost, in microseconds of a processor, beside COPY with the same checks in SQL: the file is sent, looked
 * at and imported into an empty table.
 */
export async function files(databaseUrl: string, api: Api, isQuick: boolean): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-files-'));
  // PostgreSQL reads the file itself.
  chmodSync(folder, 0o755);
  const file = path.join(folder, 'people.csv');
  const rows = isQuick ? ROWS.quick : ROWS.whole;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const spent = async (): Promise<{ own: number; database: number }> => ({
    own: timeOf(api.pid),
    database: await clusterTime(pool),
  });
  try {
    await writePeople(file, rows);
    const floor = await copyFloor(pool, api.table, file, rows);
    const calls = new ImportApi(api.url, api.adminToken);
    const before = await spent();
    const id = await sent(calls, api, file);
    const between = await spent();
    const { most } = await imported(calls, api, id, rows);
    const after = await spent();
    const cost = (what: string, own: number, database: number): Record<string, string | number> => ({
      what,
      'server, µs a row': rounded((own * 1e6) / rows, 1),
      'database, µs a row': rounded((database * 1e6) / rows, 1),
      ratio: rounded(floor / (own + database), 2),
      'most resident, MB': own === 0 ? '' : rounded(most / 1e6),
    });
    return [
      cost('COPY with the same checks', 0, floor),
      cost('sent and looked at', between.own - before.own, between.database - before.database),
      cost('imported', after.own - between.own, after.database - between.database),
      cost('both', after.own - before.own, after.database - before.database),
    ];
  } finally {
    await pool.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A first load: a CSV file into an empty table, through the API and its work in the background. */
export async function imports(databaseName: string, api: Api, isQuick: boolean): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-imports-'));
  const file = path.join(folder, 'people.csv');
  const rows = isQuick ? ROWS.quick : ROWS.whole;
  try {
    await writePeople(file, rows);
    const calls = new ImportApi(api.url, api.adminToken);
    const sending = performance.now();
    const id = await sent(calls, api, file);
    const started = performance.now();
    const { most } = await imported(calls, api, id, rows);
    const seconds = (performance.now() - started) / 1000;
    return [
      {
        database: databaseName,
        rows,
        'file, MB': rounded(statSync(file).size / 1e6),
        'sent and looked at, s': rounded((started - sending) / 1000, 1),
        'imported, s': rounded(seconds, 1),
        'rows/s': rounded(rows / seconds),
        'most resident, MB': rounded(most / 1e6),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Creates an import, sends its file, and says what its columns are. */
async function sent(calls: ImportApi, api: Api, file: string): Promise<string> {
  const { id } = await calls.create({ name: 'people.csv', project: api.project, table: 'Contact' });
  await calls.send(id, file, () => undefined);
  await calls.set(id, {
    overridesSalesforce: true,
    mapping: FIELDS.map(({ name }) => ({ heading: name, to: name })),
  });
  return id;
}

async function imported(calls: ImportApi, api: Api, id: string, rows: number): Promise<{ most: number }> {
  await calls.step(id, 'start');
  const { ended, most } = await watch(calls, api, id);
  if (ended.status !== 'done' || ended.counts.created !== rows)
    throw new Error(`The import is ${ended.status}: ${JSON.stringify(ended.counts)} ${ended.message ?? ''}`);
  return { most };
}

async function writePeople(file: string, rows: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(stringify([FIELDS.map(({ name }) => name)]));
  for (let number = 0; number < rows; number += 1000) {
    const part = Array.from({ length: 1000 }, (_, index) => person(number + index, 0));
    if (!stream.write(stringify(part, { cast: { boolean: String } }))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

async function watch(
  calls: ImportApi,
  api: Api,
  id: string,
): Promise<{ ended: Awaited<ReturnType<ImportApi['find']>>; most: number }> {
  let most = 0;
  for (;;) {
    most = Math.max(most, await api.residentMemory());
    const ended = await calls.find(id);
    if (ended.status !== 'running') return { ended, most };
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
