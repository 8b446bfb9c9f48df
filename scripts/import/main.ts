// Imports a CSV file through the API of a running server:
//   npm run import -- --project P --table Contact people.csv
//   npm run import -- --connection <id> --object Contact --operation upsert --external-id Email__c people.csv
// DI_CONNECT_KEY holds an API key with the scopes imports:read and imports:write, DI_CONNECT_URL the server's address.
// Ends with 0 where every row was taken, 2 where some were rejected, 1 where the import failed.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { ImportApi, type ShownImport } from './import-api.ts';
import { settingsOf, USAGE, OPTIONS, targetOf } from './options.ts';

/** Milliseconds between looks at an import that runs. */
const LOOK = 500;
/** Looks in a row that a server may leave unanswered, while it is started anew say: the import goes on without us. */
const UNANSWERED = 120;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const [file] = positionals;
  const key = process.env.DI_CONNECT_KEY;
  const target = targetOf(values);
  if (file === undefined || positionals.length > 1 || target === null || key === undefined) {
    console.error(USAGE);
    return 1;
  }
  await access(file, constants.R_OK);
  const api = new ImportApi(process.env.DI_CONNECT_URL ?? 'http://127.0.0.1:3000', key);
  const { id } = await api.create({ name: path.basename(file), ...target });
  const isCheck = values.check === true;
  try {
    const sent = await upload(api, id, file);
    const settings = settingsOf(values, sent.settings?.mapping ?? []);
    describe(Object.keys(settings).length > 0 ? await api.set(id, settings) : sent);
    await api.step(id, isCheck ? 'check' : 'start');
  } catch (error) {
    // What never began leaves nothing behind; where the server is gone, it forgets it by itself.
    await api.step(id, 'cancel').catch(() => undefined);
    throw error;
  }
  const ended = await follow(api, id);
  return report(api, ended, values.rejects ?? `${file}.rejected.csv`, isCheck);
}

async function upload(api: ImportApi, id: string, file: string): Promise<ShownImport> {
  console.log(`Import ${id}`);
  return api.send(id, file, (bytes) => {
    if (process.stderr.isTTY) process.stderr.write(`\rSent ${(bytes / 1e6).toFixed(1)} MB   `);
  });
}

function describe({ found, settings }: ShownImport): void {
  if (process.stderr.isTTY) process.stderr.write('\n');
  console.log(`Encoding ${found?.encoding ?? ''}, delimiter ${JSON.stringify(found?.delimiter)}`);
  for (const { heading, to } of settings?.mapping ?? []) console.log(`  ${heading} → ${to}`);
  for (const { heading, optIn, date } of settings?.consents ?? [])
    console.log(`  ${heading} → consent to ${optIn}${date === undefined ? '' : `, since ${date}`}`);
  const mapped = new Set([
    ...(settings?.mapping ?? []).map(({ heading }) => heading),
    ...(settings?.consents ?? []).flatMap(({ heading, date }) => [heading, date]),
  ]);
  for (const heading of found?.headings ?? [])
    if (!mapped.has(heading)) console.log(`  ${heading} → not imported`);
  for (const warning of found?.warnings ?? []) console.warn(`Note: ${warning}`);
  if (found?.guess) warnOfGuess(found.encoding, found.guess);
}

/** A file that is not UTF-8 may be read wrongly: its names tell whoever knows them. */
function warnOfGuess(
  encoding: string,
  { values, others }: NonNullable<NonNullable<ShownImport['found']>['guess']>,
): void {
  console.warn(
    `Note: The file is not UTF-8. It is read as ${encoding}: are these right? ${values.join(' · ')}`,
  );
  for (const other of others)
    console.warn(`  --encoding ${other.encoding} reads ${other.values.join(' · ')}`);
}

async function follow(api: ImportApi, id: string): Promise<ShownImport> {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {rows} of {estimate} rows | {rejected} rejected | {rate} rows/s',
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  bar.start(100, 0, { rows: 0, estimate: '?', rejected: 0, rate: '?' });
  try {
    for (;;) {
      const current = await look(api, id);
      const { counts, progress } = current;
      bar.update(Math.floor(progress.share * 100), {
        rows: counts.rows,
        estimate: progress.estimatedRows ?? '?',
        rejected: counts.rejected,
        rate: progress.rowsPerSecond === null ? '?' : Math.round(progress.rowsPerSecond),
      });
      if (current.status !== 'running' && current.status !== 'checking') return current;
      await pause(LOOK);
    }
  } finally {
    bar.stop();
  }
}

async function look(api: ImportApi, id: string): Promise<ShownImport> {
  for (let unanswered = 1; ; unanswered++) {
    try {
      return await api.find(id);
    } catch (error) {
      if (!(error instanceof TypeError) || unanswered >= UNANSWERED) throw error;
      await pause(LOOK);
    }
  }
}

async function report(
  api: ImportApi,
  ended: ShownImport,
  rejects: string,
  isCheck: boolean,
): Promise<number> {
  const { rows, created, updated, unchanged, rejected } = ended.counts;
  console.log(
    `${isCheck ? 'Checked' : 'Imported'} ${rows} rows: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected.`,
  );
  if (rejected > 0) {
    await api.saveResults(ended.id, rejects, 'rejected');
    console.log(`Rejected rows with their reasons: ${rejects}`);
  }
  const isOver = ended.status === (isCheck ? 'ready' : 'done');
  if (!isOver || ended.message !== null) {
    console.error(`The import is ${ended.status}. ${ended.message ?? ''}`);
    return 1;
  }
  return rejected > 0 ? 2 : 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 1;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What fetch says by itself is "fetch failed".
  return error instanceof TypeError && error.cause instanceof Error
    ? `The server does not answer: ${error.cause.message || error.cause.name}. DI_CONNECT_URL is where it is looked for.`
    : error.message;
}
