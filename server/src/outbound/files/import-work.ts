import { say } from '../../messages/message.ts';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { Problem } from '../../http/problem.ts';
import type { Change } from '../../jobs/lease.ts';
import { Loop } from '../../jobs/loop.ts';
import { closeIncident, openIncident, type IncidentKey } from '../../connections/incidents.ts';
import { CommonRefusalJudge, DescriptionChanged, ProducerStopped } from '../engine/common-refusals.ts';
import { DescribeCache } from '../../salesforce/describe-cache.ts';
import { settleRun, type RunFailure } from '../../salesforce/failed-run.ts';
import { SalesforceFault, type OrgObject, type SalesforceOrgs } from '../../salesforce/org.ts';
import type { CsvRecord, UnreadableRecord } from '../../inbound/files/csv-record.ts';
import { readRecords } from '../../inbound/files/csv-records.ts';
import { decodedText } from '../../inbound/files/file-text.ts';
import type { FoundFile, ImportSettings } from '../../inbound/files/import-settings.ts';
import {
  importPortion,
  openTableImport,
  TABLE_PORTION,
  TableChanged,
} from '../../inbound/files/import-into-table.ts';
import { OBJECT_PORTION, sendPortion } from './import-into-object.ts';
import type { ImportCounts, ImportJob, ImportTarget } from '../../inbound/files/imports.ts';
import { ClaimedImport } from '../../inbound/files/claimed-import.ts';
import { objectReader } from './object-records.ts';
import { portionsOf, type FilePortion, type PortionLimits } from '../../inbound/files/portions.ts';

/** Milliseconds that one import has before another one is looked at: a small one does not wait for a large one's end. */
const TURN = 20_000;

/** Works off imports, a portion at a time. Several copies of the server may do so. */
export class ImportWork {
  readonly #knex: Knex;
  readonly #orgs: SalesforceOrgs;
  readonly #consentKeys: ConsentKeys;
  readonly #logger: Logger;
  readonly #descriptions: DescribeCache;

  constructor(knex: Knex, orgs: SalesforceOrgs, consentKeys: ConsentKeys, logger: Logger) {
    this.#knex = knex;
    this.#orgs = orgs;
    this.#consentKeys = consentKeys;
    this.#logger = logger;
    this.#descriptions = new DescribeCache(knex);
  }

  /** Works on the import that waits the longest, for a while; answers whether there was one. */
  async turn(stopping: AbortSignal): Promise<boolean> {
    const claimed = await ClaimedImport.next(this.#knex);
    if (!claimed) return false;
    try {
      const isDone = await claimed.whileHeld(stopping, (ending) => this.#work(claimed, ending));
      if (isDone) await claimed.end(claimed.import.isDryRun ? 'ready' : 'done', null);
      else await claimed.release();
    } catch (error) {
      await this.#settle(claimed, error);
    }
    return true;
  }

  /** Answers whether the file's end is reached. */
  async #work(claimed: ClaimedImport, ending: AbortSignal): Promise<boolean> {
    const { found, settings } = claimed.import;
    if (!found || !settings) throw new Error('An import without a file was started.');
    const { target } = claimed.import;
    const open =
      target.kind === 'table'
        ? await this.#intoTable(claimed, target.tableId, found, settings)
        : await this.#intoObject(claimed, target, found, settings, ending);
    let { counts, job } = claimed.import;
    const until = performance.now() + TURN;
    let started = performance.now();
    for await (const portion of this.#portions(claimed, found, settings, open.limits)) {
      const position = claimed.import.position + portion.end;
      counts = await open.take(portion, counts, { position, started, job });
      started = performance.now();
      job = null;
      if (ending.aborted || started > until) return false;
    }
    return true;
  }

  async #intoTable(
    claimed: ClaimedImport,
    tableId: string,
    found: FoundFile,
    settings: ImportSettings,
  ): Promise<OpenTarget> {
    const keys = this.#consentKeys;
    const opened = await openTableImport(this.#knex, keys, claimed.import, tableId, found, settings);
    return {
      limits: TABLE_PORTION,
      take: (portion, before, at) => importPortion(this.#knex, claimed, opened, portion, before, at),
    };
  }

  async #intoObject(
    claimed: ClaimedImport,
    target: Extract<ImportTarget, { kind: 'object' }>,
    found: FoundFile,
    settings: ImportSettings,
    ending: AbortSignal,
  ): Promise<OpenTarget> {
    const { connectionId, object } = target;
    const org = await this.#orgs.open(connectionId, 'imports');
    const described = await this.#descriptions.refresh(org, object);
    const obstacle = (now: OrgObject | null): string | null => obstacleOf(object, now, found, settings);
    // A check says what is wrong; what was started waits until it is put right.
    const reason = claimed.import.isDryRun ? null : obstacle(described);
    if (reason !== null) throw new ProducerStopped('incompatible-fields', reason);
    const reader = objectReader(described, found, settings);
    const judge = new CommonRefusalJudge({
      org,
      descriptions: this.#descriptions,
      object,
      plannedWith: described,
      obstacle,
    });
    const way = { org, object, reader, settings, judge };
    return {
      limits: OBJECT_PORTION,
      take: async (portion, before, at) => {
        const counts = await sendPortion(this.#knex, claimed, way, portion, before, at, ending);
        await closeIncident(this.#knex, incidentOf(claimed, target));
        return counts;
      },
    };
  }

  #portions(
    { import: given }: ClaimedImport,
    found: FoundFile,
    settings: ImportSettings,
    limits: PortionLimits,
  ): AsyncGenerator<FilePortion> {
    const format = { ...found, encoding: settings.encoding, delimiter: settings.delimiter };
    const text = decodedText(this.#knex, given.id, format, given.position);
    const isStart = given.line === 0;
    // The line of the delimiter, where there is one, comes before the headings.
    const firstLine = (found.preambleLength ?? 0) > 0 ? 2 : 1;
    const records = readRecords(text, settings.delimiter, isStart ? firstLine : given.line);
    return portionsOf(isStart ? withoutFirst(records) : records, found.headings, limits);
  }

  /** What of a failure the import's owner can do something about, ends it; the rest is tried again by whoever comes next. */
  async #settle(claimed: ClaimedImport, error: unknown): Promise<void> {
    const { id, isDryRun } = claimed.import;
    if (error instanceof TableChanged || error instanceof DescriptionChanged) {
      await claimed.release();
      return;
    }
    const { target } = claimed.import;
    const isStopped = error instanceof ProducerStopped;
    if (isStopped && target.kind === 'object')
      await openIncident(this.#knex, { ...incidentOf(claimed, target), message: error.message });
    // Whoever has to do something for it does so in the org, which is asked again by itself.
    const met = isStopped ? new SalesforceFault('hold', error.code, error.message) : error;
    const run = { id, attempt: claimed.attempt, lease: claimed.lease, waiting, tries: Infinity };
    await settleRun(run, met, this.#logger, ({ message }) =>
      claimed.end(isDryRun ? 'ready' : 'failed', message),
    );
  }
}

/** Where rows go, once it is open. */
interface OpenTarget {
  readonly limits: PortionLimits;
  readonly take: (
    portion: FilePortion,
    before: ImportCounts,
    at: { readonly position: number; readonly started: number; readonly job: ImportJob | null },
  ) => Promise<ImportCounts>;
}

const waiting = ({ message }: RunFailure): Change => ({ message: say('work.waits', { reason: message }) });

function incidentOf(
  { import: { accountId, name } }: ClaimedImport,
  { connectionId }: Extract<ImportTarget, { kind: 'object' }>,
): IncidentKey {
  return { accountId, connectionId, kind: 'writes-stopped', subject: name };
}

/** Why nothing of a file can be written to its object, as the org describes it now; null where it can. */
function obstacleOf(
  name: string,
  object: OrgObject | null,
  found: FoundFile,
  settings: ImportSettings,
): string | null {
  if (object === null) return say('work.no-object', { object: name });
  try {
    objectReader(object, found, settings);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** Milliseconds between looks for an import when there is none. */
const IDLE = 2000;

export function importLoop(knex: Knex, orgs: SalesforceOrgs, consentKeys: ConsentKeys, logger: Logger): Loop {
  const work = new ImportWork(knex, orgs, consentKeys, logger);
  return new Loop('imports', (stopping) => work.turn(stopping), IDLE, logger);
}

/** The headings are no row. */
async function* withoutFirst(
  reading: AsyncIterable<readonly (CsvRecord | UnreadableRecord)[]>,
): AsyncGenerator<readonly (CsvRecord | UnreadableRecord)[]> {
  let isFirst = true;
  for await (const records of reading) {
    const rest = isFirst ? records.slice(1) : records;
    isFirst = false;
    yield rest;
  }
}
