import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { OrgApi } from './api.ts';
import { abandon, finishedJob, jobOf, setState, type BulkJob } from './bulk-jobs.ts';
import {
  SalesforceFault,
  type OrgRecord,
  type SaveResult,
  type WriteOperation,
  type WriteOptions,
} from './org.ts';

/** Bytes of CSV: Salesforce takes 150 MB in base64, which is what it makes of an upload. */
const MAXIMUM_UPLOAD = 100_000_000;
const MAXIMUM_RESULT = 200_000_000;
const TIMEOUT = 600_000;
/** What empties a field; an empty cell leaves it alone. */
const EMPTY = '#N/A';

/** Saves records of the same fields in one job of Bulk API 2.0; results are in the order of the records. */
export async function writeBulkJob(
  api: OrgApi,
  operation: WriteOperation,
  object: string,
  records: readonly OrgRecord[],
  options: WriteOptions,
): Promise<readonly SaveResult[]> {
  if (records.length === 0) return [];
  const sheet = sheetOf(records);
  const csv = stringify([sheet.columns, ...sheet.rows], { record_delimiter: 'unix' });
  const size = Buffer.byteLength(csv);
  if (size > MAXIMUM_UPLOAD)
    throw new SalesforceFault(
      'give-up',
      'job-too-large',
      `A job takes ${MAXIMUM_UPLOAD} bytes of CSV, these are ${size}.`,
    );
  const id = await upload(api, operation, object, csv, options);
  try {
    const job = await finishedJob(api, 'ingest', id);
    return await resultsOf(api, job, operation, sheet, options);
  } catch (error) {
    throw error instanceof SalesforceFault && error.code === JOB_FAILED ? error : new JobLost(id, error);
  }
}

/** A job failed as a whole, and saved nothing. */
const JOB_FAILED = 'BULK_JOB_FAILED';

/** A job was begun, and what became of its records could not be asked for: they may have been saved. */
export class JobLost extends SalesforceFault {
  constructor(id: string, cause: unknown) {
    const { kind, code, message } = cause instanceof SalesforceFault ? cause : UNREADABLE;
    const later = kind === 'give-up' ? 'retry' : kind;
    super(later, code, `Job ${id} was begun, and could not be followed to its end: ${message}`, cause);
  }
}

const UNREADABLE = {
  kind: 'retry',
  code: 'unexpected-answer',
  message: 'its results could not be read',
} as const;

/** Waits for a job that was begun before; null where it was never closed, so that nothing of it was done. */
export async function bulkJobResults(
  api: OrgApi,
  id: string,
  operation: WriteOperation,
  records: readonly OrgRecord[],
  options: WriteOptions,
): Promise<readonly SaveResult[] | null> {
  if ((await jobOf(api, 'ingest', id)).state === 'Open') {
    await abandon(api, 'ingest', id);
    return null;
  }
  const job = await finishedJob(api, 'ingest', id);
  if (job.state === 'Aborted' && (job.numberRecordsProcessed ?? 0) === 0) return null;
  return resultsOf(api, job, operation, sheetOf(records), options);
}

/** Records as CSV has them. */
interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function sheetOf(records: readonly OrgRecord[]): Sheet {
  const columns = Object.keys(records[0] ?? {});
  return { columns, rows: records.map((record) => columns.map((column) => cellOf(record[column]))) };
}

async function resultsOf(
  api: OrgApi,
  job: BulkJob,
  operation: WriteOperation,
  { columns, rows }: Sheet,
  options: WriteOptions,
): Promise<readonly SaveResult[]> {
  const outcomes = new Outcomes(columns, keyColumn(operation, columns, options));
  outcomes.add(await resultRows(api, job.id, 'successfulResults'), ({ sf__Id, sf__Created }) => ({
    id: sf__Id ?? null,
    isSaved: true,
    isCreated: sf__Created === 'true',
    errors: [],
  }));
  outcomes.add(await resultRows(api, job.id, 'failedResults'), ({ sf__Error = '' }) =>
    refusedWith(sf__Error),
  );
  if (job.state === 'Failed' && outcomes.isEmpty)
    throw new SalesforceFault('give-up', JOB_FAILED, job.errorMessage ?? 'The job failed in Salesforce.');
  return rows.map((row) => outcomes.take(row) ?? UNPROCESSED);
}

/** What Salesforce did not get to, since the job failed or was aborted in its middle. */
const UNPROCESSED: SaveResult = {
  id: null,
  isSaved: false,
  isCreated: false,
  errors: [
    { code: 'SERVER_UNAVAILABLE', message: 'Salesforce ended the job before this record.', fields: [] },
  ],
};

async function upload(
  api: OrgApi,
  operation: WriteOperation,
  object: string,
  csv: string,
  options: WriteOptions,
): Promise<string> {
  if (operation === 'upsert' && options.externalIdField === undefined)
    throw new TypeError('An upsert needs its external id field.');
  const { id } = await api.json(z.object({ id: z.string() }), {
    method: 'POST',
    path: '/jobs/ingest',
    json: {
      operation,
      object,
      contentType: 'CSV',
      lineEnding: 'LF',
      columnDelimiter: 'COMMA',
      ...(operation === 'upsert' ? { externalIdFieldName: options.externalIdField } : {}),
    },
  });
  try {
    await options.onJob?.(id);
    await api.call({
      method: 'PUT',
      path: `/jobs/ingest/${id}/batches`,
      headers: { 'Content-Type': 'text/csv' },
      body: csv,
      timeout: TIMEOUT,
    });
    await setState(api, 'ingest', id, 'UploadComplete');
  } catch (error) {
    await abandon(api, 'ingest', id);
    throw error;
  }
  return id;
}

async function resultRows(
  api: OrgApi,
  id: string,
  part: 'successfulResults' | 'failedResults',
): Promise<Readonly<Record<string, string>>[]> {
  const { text } = await api.call({
    method: 'GET',
    path: `/jobs/ingest/${id}/${part}`,
    headers: { Accept: 'text/csv' },
    limit: MAXIMUM_RESULT,
    timeout: TIMEOUT,
    isFollowUp: true,
  });
  return parse(text, { columns: true, bom: true, skip_empty_lines: true });
}

/** The column that tells records apart: none for inserts, whose rows are told apart by all that they hold. */
function keyColumn(
  operation: WriteOperation,
  columns: readonly string[],
  options: WriteOptions,
): string | null {
  const name = operation === 'insert' ? null : operation === 'upsert' ? options.externalIdField : 'Id';
  return columns.find((column) => column.toLowerCase() === name?.toLowerCase()) ?? null;
}

type ResultRow = Readonly<Record<string, string>>;

/** Results by the rows they are of: Salesforce gives them back with the row as it was sent, in no particular order. */
class Outcomes {
  readonly #columns: readonly string[];
  readonly #key: number;
  readonly #results = new Map<string, SaveResult[]>();

  constructor(columns: readonly string[], key: string | null) {
    this.#columns = columns;
    this.#key = key === null ? -1 : columns.indexOf(key);
  }

  get isEmpty(): boolean {
    return this.#results.size === 0;
  }

  add(rows: readonly ResultRow[], resultOf: (row: ResultRow) => SaveResult): void {
    for (const row of rows) {
      const key = this.#keyOf(this.#columns.map((column) => row[column] ?? ''));
      const known = this.#results.get(key);
      if (known) known.push(resultOf(row));
      else this.#results.set(key, [resultOf(row)]);
    }
  }

  /** The next result of such a row: where several are alike, each has one. */
  take(row: readonly string[]): SaveResult | null {
    return this.#results.get(this.#keyOf(row))?.shift() ?? null;
  }

  #keyOf(cells: readonly string[]): string {
    const key = this.#key < 0 ? cells : [cells[this.#key] ?? ''];
    // Line ends may come back in another form.
    return JSON.stringify(key.map((cell) => cell.replace(/\r\n?/g, '\n').trim()));
  }
}

/** `CODE:message:field,field --`, as failed results write it. */
function refusedWith(text: string): SaveResult {
  const { code, message, fields } = partsOf(text) ?? { code: 'UNKNOWN_ERROR', message: text, fields: '' };
  return {
    id: null,
    isSaved: false,
    isCreated: false,
    errors: [{ code, message, fields: fields.split(/[\s,]+/).filter((name) => name !== '') }],
  };
}

function partsOf(text: string): { code: string; message: string; fields: string } | null {
  const told = text.trimEnd();
  const [, code, rest] = told.endsWith('--') ? (/^(\w+):([\s\S]*)--$/.exec(told) ?? []) : [];
  if (code === undefined || rest === undefined) return null;
  const colon = rest.lastIndexOf(':');
  const fields = colon < 0 ? null : rest.slice(colon + 1);
  if (fields === null || !/^[\w.,\s]*$/.test(fields)) return { code, message: rest.trimEnd(), fields: '' };
  return { code, message: rest.slice(0, colon), fields };
}

function cellOf(value: unknown): string {
  if (value === undefined) return '';
  if (value === null || value === '') return EMPTY;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  throw new TypeError('A value for Bulk API is a text, a number, a boolean, a moment or nothing.');
}
