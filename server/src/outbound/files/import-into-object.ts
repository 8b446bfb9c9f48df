import type { Knex } from 'knex';
import type { CommonRefusalJudge } from '../engine/common-refusals.ts';
import type { OrgRecord, SalesforceOrg, SaveResult } from '../../salesforce/org.ts';
import { refusalOf } from '../../salesforce/refusals.ts';
import type { CsvRecord } from '../../inbound/files/csv-record.ts';
import { keepResults } from '../../inbound/files/import-results.ts';
import type { ImportSettings } from '../../inbound/files/import-settings.ts';
import type { ImportCounts, ImportJob } from '../../inbound/files/imports.ts';
import type { ClaimedImport } from '../../inbound/files/claimed-import.ts';
import { untilEnding } from '../../jobs/interrupted.ts';
import type { ObjectReader } from './object-records.ts';
import {
  resultOf,
  type ImportResult,
  type FilePortion,
  type PortionLimits,
} from '../../inbound/files/portions.ts';
import { saveRecords } from './resumable-jobs.ts';

/** Records of one job: many, since an org counts jobs; few enough that what is known of them stays small. */
export const OBJECT_PORTION: PortionLimits = { records: 10_000, size: 20_000_000 };

/** The way of a file's rows into an object. */
export interface ObjectImport {
  readonly org: SalesforceOrg;
  readonly object: string;
  readonly reader: ObjectReader;
  readonly settings: ImportSettings;
  readonly judge: CommonRefusalJudge;
}

interface ReadRecord {
  readonly record: CsvRecord;
  readonly values: OrgRecord;
}

/**
 * Saves a portion, and writes down what became of each record and how far the import is. Throws Interrupted, LeaseLost, ProducerStopped,
 * DescriptionChanged and SalesforceFault.
 */
export async function sendPortion(
  knex: Knex,
  claimed: ClaimedImport,
  way: ObjectImport,
  portion: FilePortion,
  before: ImportCounts,
  at: { readonly position: number; readonly job: ImportJob | null; readonly started: number },
  ending: AbortSignal,
): Promise<ImportCounts> {
  const { rows, results } = readPortion(way.reader, portion);
  const records = rows.map((row) => row.values);
  const saved = claimed.import.isDryRun
    ? rows.map(() => null)
    : await untilEnding(ending, saveRecords({ ...way, claimed }, records, at.job));
  const counts = { ...before, rows: before.rows + rows.length + results.length };
  const tally = { created: 0, updated: 0, rejected: results.length };
  for (const [index, { record }] of rows.entries()) {
    const result = saved[index] ?? null;
    const outcome = outcomeOf(result, way.settings);
    tally[outcome] += 1;
    if (result) results.push(shownResult(record, result));
  }
  const total: ImportCounts = {
    ...counts,
    created: before.created + tally.created,
    updated: before.updated + tally.updated,
    rejected: before.rejected + tally.rejected,
  };
  const seconds = (performance.now() - at.started) / 1000;
  await knex.transaction(async (transaction) => {
    await keepResults(transaction, claimed.import.id, results);
    const { position } = at;
    await claimed.advance(transaction, { position, line: portion.nextLine, counts: total, seconds });
  });
  return total;
}

function readPortion(
  reader: ObjectReader,
  portion: FilePortion,
): { rows: ReadRecord[]; results: ImportResult[] } {
  const rows: ReadRecord[] = [];
  const results = [...portion.faults];
  for (const record of portion.records) {
    const read = reader.read(record.cells);
    if ('values' in read) rows.push({ record, values: read.values });
    else results.push(resultOf(record.line, read.code, read.message, record.cells, read.column));
  }
  return { rows, results };
}

function outcomeOf(
  result: SaveResult | null,
  { operation }: ImportSettings,
): 'created' | 'updated' | 'rejected' {
  if (result === null) return operation === 'insert' ? 'created' : 'updated';
  if (!result.isSaved) return 'rejected';
  return result.isCreated ? 'created' : 'updated';
}

function shownResult({ line, cells }: CsvRecord, result: SaveResult): ImportResult {
  if (!result.isSaved) {
    const { code, message } = refusalOf(result.errors);
    const fields = result.errors.flatMap((error) => error.fields);
    return resultOf(line, code, message, cells, fields.length === 0 ? null : fields.join(', '));
  }
  return {
    line,
    code: null,
    column: null,
    message: null,
    salesforceId: result.id,
    isCreated: result.isCreated,
    cells,
  };
}
