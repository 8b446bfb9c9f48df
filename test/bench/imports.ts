import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { ImportApi } from '../../scripts/import/import-api.ts';
import type { Api } from './api.ts';
import { FIELDS, person } from './records.ts';
import { rounded, type Table } from './report.ts';

/** Rows of the file, a million of twenty columns unless it is to be quick. */
const ROWS = { whole: 1_000_000, quick: 100_000 };
const LOOK = 1000;

/** A first load: a CSV file into an empty table, through the API and its work in the background. */
export async function imports(databaseName: string, api: Api, isQuick: boolean): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-imports-'));
  const file = path.join(folder, 'people.csv');
  const rows = isQuick ? ROWS.quick : ROWS.whole;
  try {
    await writePeople(file, rows);
    const calls = new ImportApi(api.url, api.adminToken);
    const { id } = await calls.create({ name: 'people.csv', project: api.project, table: 'Contact' });
    const sending = performance.now();
    await calls.send(id, file, () => undefined);
    const sent = (performance.now() - sending) / 1000;
    await calls.set(id, {
      overridesSalesforce: true,
      mapping: FIELDS.map(({ name }) => ({ heading: name, to: name })),
    });
    const started = performance.now();
    await calls.step(id, 'start');
    const { ended, most } = await watch(calls, api, id);
    const seconds = (performance.now() - started) / 1000;
    if (ended.status !== 'done' || ended.counts.created !== rows)
      throw new Error(
        `The import is ${ended.status}: ${JSON.stringify(ended.counts)} ${ended.message ?? ''}`,
      );
    return [
      {
        database: databaseName,
        rows,
        'file, MB': rounded(statSync(file).size / 1e6),
        'sent and looked at, s': rounded(sent, 1),
        'imported, s': rounded(seconds, 1),
        'rows/s': rounded(rows / seconds),
        'most resident, MB': rounded(most / 1e6),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
