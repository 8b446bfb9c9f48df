import { say } from '../../messages/message.ts';
import { DescriptionChanged, ProducerStopped, type CommonRefusalJudge } from '../engine/common-refusals.ts';
import {
  SalesforceFault,
  type OrgRecord,
  type SalesforceOrg,
  type SaveResult,
} from '../../salesforce/org.ts';
import { commonRefusal, refusalOf } from '../../salesforce/refusals.ts';
import type { ImportSettings } from '../../inbound/files/import-settings.ts';
import type { ImportJob } from '../../inbound/files/imports.ts';
import type { ClaimedImport } from '../../inbound/files/claimed-import.ts';

/** Jobs that a record is sent with before what passes by itself has its import give it up. */
const MAX_JOBS = 4;

/** What records are saved with. */
export interface Saving {
  readonly claimed: ClaimedImport;
  readonly org: SalesforceOrg;
  readonly object: string;
  readonly settings: ImportSettings;
  readonly judge: CommonRefusalJudge;
}

/**
 * Saves a portion by a job, and records that were refused for something that passes by another one, the next time the import
 * has its turn. Each job's id is written down before the org may begin with it: the worker that takes the import up asks
 * for the results of the jobs that there are, and sends nothing twice. Throws SalesforceFault for what has to wait.
 */
export async function saveRecords(
  saving: Saving,
  records: readonly OrgRecord[],
  known: ImportJob | null,
): Promise<readonly SaveResult[]> {
  const { org, settings } = saving;
  const { operation } = settings;
  const options = optionsOf(settings);
  const jobs = known === null ? [] : [known.id, ...(known.retries ?? [])];
  const results = new Map<number, SaveResult>();
  let open = records.map((_record, place) => place);
  for (let round = 0; ; round++) {
    const sent = open.map((place) => records[place]).filter((record) => record !== undefined);
    const job = jobs[round];
    const before = job === undefined ? null : await org.bulkResults(job, operation, sent, options);
    const answers = before ?? (await sendJob(saving, sent, jobs.slice(0, round)));
    await judge(saving, answers);
    for (const [index, place] of open.entries()) {
      const answer = answers[index];
      if (answer) results.set(place, answer);
    }
    open = open.filter((place) => passes(results.get(place)));
    if (open.length === 0 || round + 1 === MAX_JOBS) break;
    if (before === null) throw waiting(open.length, results.get(open[0] ?? 0));
  }
  return records.flatMap((_record, place) => results.get(place) ?? []);
}

function optionsOf({ externalIdField }: ImportSettings): { externalIdField?: string } {
  return externalIdField === null ? {} : { externalIdField };
}

function sendJob(
  { claimed, org, object, settings }: Saving,
  records: readonly OrgRecord[],
  earlier: readonly string[],
): Promise<readonly SaveResult[]> {
  const [first, ...retries] = earlier;
  return org.writeBulk(settings.operation, object, records, {
    ...optionsOf(settings),
    onJob: (id) => {
      const job: ImportJob = first === undefined ? { id } : { id: first, retries: [...retries, id] };
      return claimed.keep({ job: JSON.stringify(job) });
    },
  });
}

/** What concerns all records of a job holds the import, and they are sent again by another one. */
async function judge({ claimed, judge }: Saving, answers: readonly SaveResult[]): Promise<void> {
  const common = commonRefusal(answers.map(({ isSaved, errors }) => (isSaved ? null : refusalOf(errors))));
  if (!common) return;
  try {
    await judge.judge(common);
  } catch (error) {
    if (error instanceof ProducerStopped || error instanceof DescriptionChanged)
      await claimed.keep({ job: null });
    throw error;
  }
}

const passes = (result: SaveResult | undefined): boolean =>
  result !== undefined && !result.isSaved && refusalOf(result.errors).follows === 'retry';

function waiting(count: number, result: SaveResult | undefined): SalesforceFault {
  const { code, message } = refusalOf(result?.errors ?? []);
  return new SalesforceFault('retry', code, say('work.sent-again', { count, said: message }));
}
