import { parse } from 'csv-parse/sync';
import { fieldText } from '../database/field-text.ts';
import type { ObjectSchema } from '../database/schema.ts';
import type { DmlOperation, RowError, RowResult } from '../execution/dml.ts';
import { mayUseField } from '../execution/permissions.ts';
import { asApexException } from '../values/exception.ts';
import { ApexSObject } from '../values/sobject.ts';
import { enter, type BulkJob } from './bulk-jobs.ts';
import type { CallNature } from './faults.ts';
import { saveRecords } from './save-records.ts';

/** Records that triggers see at once; each chunk is a transaction of its own. */
const CHUNK = 200;

export const INGEST_OPERATIONS: Readonly<Record<string, DmlOperation>> = {
  insert: 'insert',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
  hardDelete: 'delete',
};

/** Begins a job whose data is all there. It goes on chunk by chunk, and others are answered in between. */
export function beginIngest(job: BulkJob, nature: CallNature): void {
  enter(job, 'UploadComplete');
  setImmediate(() => {
    if (job.state !== 'UploadComplete') return;
    const problem = readRows(job);
    if (problem !== null) {
      enter(job, 'Failed', `InvalidBatch : ${problem}`);
      return;
    }
    enter(job, 'InProgress');
    const refusals = job.saver.host.faults.forRows(nature, job.rows.length);
    goOn(job, refusals);
  });
}

function goOn(job: BulkJob, refusals: ReadonlyMap<number, RowError>): void {
  setImmediate(() => {
    if (job.state !== 'InProgress') return;
    if (job.results.length >= job.rows.length) {
      enter(job, 'JobComplete');
      return;
    }
    saveChunk(job, refusals);
    goOn(job, refusals);
  });
}

/** Reads the upload; what makes all of it useless, or null. */
function readRows(job: BulkJob): string | null {
  const csv = (job.csv ?? Buffer.alloc(0)).toString('utf8').replace(/^\uFEFF/, '');
  job.csv = null;
  if (csv.trim() === '') return 'No data in upload';
  const hasReturns = csv.slice(0, csv.indexOf('\n') + 1).endsWith('\r\n');
  if (hasReturns !== (job.lineEnding === 'CRLF'))
    return `LineEnding is invalid on user data. Current LineEnding setting is ${job.lineEnding}`;
  try {
    const lines: string[][] = parse(csv, { delimiter: job.delimiter.mark, skip_empty_lines: true });
    const [columns = [], ...rows] = lines;
    job.columns = columns;
    job.rows = rows.map((cells) =>
      Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
    );
  } catch (error) {
    return `Failed to parse CSV: ${error instanceof Error ? error.message : String(error)}`;
  }
  return columnProblem(job);
}

function columnProblem(job: BulkJob): string | null {
  const { org } = job.saver.host;
  const object = org.schema.object(job.object);
  for (const column of job.columns) {
    const [first = '', second] = column.split('.');
    const field = object?.fields.get(first.toLowerCase());
    const parent = object?.parents.get(first.toLowerCase());
    const isThere =
      second === undefined
        ? object && field && mayUseField(object, field, 'Read', { org, user: job.saver.user })
        : org.schema.object(parent?.targets[0] ?? '')?.fields.has(second.toLowerCase());
    if (isThere !== true) return `Field name not found : ${column}`;
  }
  if (job.operation === 'insert') return null;
  const key = (job.operation === 'upsert' ? job.externalId : null) ?? 'Id';
  return job.columns.some((column) => column.toLowerCase() === key.toLowerCase())
    ? null
    : `Field name not found : ${key}`;
}

function saveChunk(job: BulkJob, refusals: ReadonlyMap<number, RowError>): void {
  const { org } = job.saver.host;
  const object = org.schema.object(job.object);
  const operation = INGEST_OPERATIONS[job.operation];
  if (!object || !operation) {
    enter(job, 'Failed', `InvalidJob : There is no object ${job.object} any more`);
    return;
  }
  const start = job.results.length;
  const chunk = job.rows
    .slice(start, start + CHUNK)
    .map((cells, index) => ({ place: start + index, ...recordOf(job, object, cells) }));
  const readable = chunk.filter((row) => row.problem === null);
  const refused = new Map(
    readable.flatMap(({ place }, index) => {
      const refusal = refusals.get(place);
      return refusal ? [[index, refusal] as const] : [];
    }),
  );
  const saved = saveRecords(
    job.saver,
    operation,
    readable.map((row) => row.record),
    { allOrNone: false, externalId: job.externalId, refusals: refused },
  );
  for (const row of chunk) {
    const result = row.problem === null ? saved[readable.indexOf(row)] : undefined;
    job.results.push(result ?? unreadable(row.problem ?? ''));
    if ((result?.errors.length ?? 1) > 0) job.failed += 1;
  }
}

const unreadable = (message: string): RowResult => ({
  id: null,
  created: false,
  errors: [
    {
      statusCode: /invalid id/i.test(message) ? 'MALFORMED_ID' : 'INVALID_TYPE_ON_FIELD_IN_RECORD',
      message,
      fields: [],
    },
  ],
});

/** A row of CSV as a record: empty cells are left alone, `#N/A` empties a field, `Account.Key__c` names a parent. */
function recordOf(
  job: BulkJob,
  object: ObjectSchema,
  cells: Readonly<Record<string, string>>,
): { record: ApexSObject; problem: string | null } {
  const { schema } = job.saver.host.org;
  const record = new ApexSObject(object);
  for (const [name, written] of Object.entries(cells)) {
    if (written === '') continue;
    const [first = '', second] = name.split('.');
    const key = first.toLowerCase();
    const field = object.fields.get(key);
    try {
      if (second === undefined && field)
        record.values.set(key, written === '#N/A' ? null : fieldText(field, written));
      const parent =
        second === undefined ? undefined : schema.object(object.parents.get(key)?.targets[0] ?? '');
      const parentField = parent?.fields.get((second ?? '').toLowerCase());
      if (parent && parentField) {
        const related = new ApexSObject(parent);
        related.put(parentField.name, fieldText(parentField, written));
        record.parents.set(key, related);
      }
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      return { record, problem: `${name}: ${exception.text}` };
    }
  }
  return { record, problem: null };
}
