import { parse } from 'csv-parse/sync';
import { fieldText } from '../database/field-text.ts';
import { executeDml, type DmlOperation, type RowResult } from '../execution/dml.ts';
import { runDynamicQuery } from '../execution/queries.ts';
import type { LocalOrg } from '../org.ts';
import type { UserContext } from '../execution/transaction.ts';
import { asApexException, throwPlatform } from '../values/exception.ts';
import { parseQuery } from '../language/syntax/parse.ts';
import { makeId, to18 } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import { jobsOf, type BulkJob } from './bulk-jobs.ts';
import { recordJson, RestError } from './json-records.ts';
import type { RestAnswer, RestRequest } from './resource.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ',',
  SEMICOLON: ';',
  TAB: '\t',
  PIPE: '|',
  CARET: '^',
  BACKQUOTE: '`',
};
/** Records that triggers see at once; each chunk is a transaction of its own. */
const CHUNK = 200;
function info(job: BulkJob, version: string): Record<string, unknown> {
  const failed = job.rows.filter((row) => row.result.errors.length > 0).length;
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdDate: job.createdAt,
    systemModstamp: job.createdAt,
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(version.slice(1)),
    jobType: job.kind === 'ingest' ? 'V2Ingest' : 'V2Query',
    lineEnding: 'LF',
    columnDelimiter: Object.entries(DELIMITERS).find(([, mark]) => mark === job.delimiter)?.[0] ?? 'COMMA',
    ...(job.externalId === null ? {} : { externalIdFieldName: job.externalId }),
    ...(job.error === null ? {} : { errorMessage: job.error }),
    numberRecordsProcessed: job.kind === 'ingest' ? job.rows.length : job.results.length,
    ...(job.kind === 'ingest'
      ? { numberRecordsFailed: failed, contentUrl: `services/data/${version}/jobs/ingest/${job.id}/batches` }
      : {}),
    retries: 0,
    totalProcessingTime: 1,
  };
}

/** Bulk API 2.0: jobs/ingest and jobs/query. A job is done as soon as it is asked for. */
export function bulkResource(org: LocalOrg, request: RestRequest, version: string, path: string): RestAnswer {
  const [, kind = '', id, part] = /^jobs\/(ingest|query)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
  if (id === undefined)
    return request.method === 'POST' ? createJob(org, request, version, kind) : list(org, version, kind);
  const job = jobsOf(org).get(to18(id));
  if (job?.kind !== kind) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (part !== undefined) return partOf(job, request, part);
  switch (request.method) {
    case 'GET':
      return { status: 200, body: info(job, version) };
    case 'PATCH': {
      const { state } = (request.body ?? {}) as { state?: string };
      job.state = state === 'UploadComplete' ? 'InProgress' : 'Aborted';
      if (job.state === 'InProgress') ingest(org, request.user, job);
      return { status: 200, body: info(job, version) };
    }
    case 'DELETE':
      jobsOf(org).delete(job.id);
      return { status: 204 };
    default:
      throw new RestError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
  }
}

function list(org: LocalOrg, version: string, kind: string): RestAnswer {
  const records = [...jobsOf(org).values()]
    .filter((job) => job.kind === kind)
    .map((job) => info(job, version));
  return { status: 200, body: { done: true, records, nextRecordsUrl: null } };
}

function createJob(org: LocalOrg, request: RestRequest, version: string, kind: string): RestAnswer {
  const body = (request.body ?? {}) as Readonly<Record<string, string | undefined>>;
  const query = body.query ?? null;
  const object = org.schema.object(body.object ?? /\bFROM\s+(\w+)/i.exec(query ?? '')?.[1] ?? '');
  if (!object) throw new RestError(400, 'INVALIDENTITY', `Unable to find object: ${body.object ?? ''}`);
  const job: BulkJob = {
    id: makeId('750', org.store.next('bulk')),
    kind: kind === 'query' ? 'query' : 'ingest',
    operation: body.operation ?? 'insert',
    object: object.name,
    externalId: body.externalIdFieldName ?? null,
    query,
    delimiter: DELIMITERS[body.columnDelimiter ?? 'COMMA'] ?? ',',
    createdAt: new Date(org.now()).toISOString().replace('Z', '+0000'),
    state: kind === 'query' ? 'InProgress' : 'Open',
    csv: '',
    error: null,
    rows: [],
    results: [],
    columns: [],
  };
  jobsOf(org).set(job.id, job);
  const created = info(job, version);
  if (job.kind === 'query') runQuery(org, request.user, job, version);
  return { status: 200, body: created };
}

function runQuery(org: LocalOrg, user: UserContext, job: BulkJob, version: string): void {
  try {
    const text = job.operation === 'queryAll' ? `${job.query ?? ''} ALL ROWS` : (job.query ?? '');
    const found = org.run('synchronous', user, () => runDynamicQuery(text, null));
    job.columns = parseQuery(text).fields.map((field) => (field.kind === 'path' ? field.path.join('.') : ''));
    if (job.columns.includes('')) throwPlatform('System.QueryException', 'Bulk queries select fields only');
    job.results = found.items.flatMap((item) =>
      item instanceof ApexSObject ? [selected(flat(recordJson(item, version)), job.columns)] : [],
    );
    job.state = 'JobComplete';
  } catch (error) {
    const exception = asApexException(error);
    if (!exception) throw error;
    job.state = 'Failed';
    job.error = exception.text;
  }
}

/** The cells by the names of the columns, whatever the case of either. */
function selected(
  cells: Readonly<Record<string, string>>,
  columns: readonly string[],
): Record<string, string> {
  const byName = new Map(Object.entries(cells).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(columns.map((column) => [column, byName.get(column.toLowerCase()) ?? '']));
}

/** `Account.Name` for fields of parents. */
function flat(json: Readonly<Record<string, unknown>>, before = ''): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === 'attributes') continue;
    if (typeof value === 'object' && value !== null)
      Object.assign(cells, flat(value as Record<string, unknown>, `${before}${name}.`));
    else if (typeof value === 'string') cells[`${before}${name}`] = value;
    else cells[`${before}${name}`] = value === null || value === undefined ? '' : JSON.stringify(value);
  }
  return cells;
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

function csvOf(rows: readonly Readonly<Record<string, string>>[], columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? '')).join(','));
  return [columns.map((column) => `"${column}"`).join(','), ...lines].map((line) => `${line}\n`).join('');
}

function partOf(job: BulkJob, request: RestRequest, part: string): RestAnswer {
  const type = 'text/csv';
  const columns = [...new Set(job.rows.flatMap((row) => Object.keys(row.cells)))];
  switch (part) {
    case 'batches':
      if (job.state !== 'Open') throw new RestError(400, 'INVALIDJOBSTATE', `Job is ${job.state}`);
      job.csv += request.text;
      return { status: 201 };
    case 'successfulResults': {
      const good = job.rows.filter((row) => row.result.errors.length === 0);
      const rows = good.map(({ cells, result }) => ({
        sf__Id: result.id ?? '',
        sf__Created: String(result.created),
        ...cells,
      }));
      return { status: 200, type, body: csvOf(rows, ['sf__Id', 'sf__Created', ...columns]) };
    }
    case 'failedResults': {
      const bad = job.rows.filter((row) => row.result.errors.length > 0);
      const rows = bad.map(({ cells, result }) => {
        const [error] = result.errors;
        const text = `${error?.statusCode ?? ''}:${error?.message ?? ''}:${error?.fields.join(',') ?? ''} --`;
        return { sf__Id: result.id ?? '', sf__Error: text, ...cells };
      });
      return { status: 200, type, body: csvOf(rows, ['sf__Id', 'sf__Error', ...columns]) };
    }
    case 'unprocessedrecords':
      return { status: 200, type, body: csvOf([], columns) };
    case 'results': {
      const start = Number(request.query.get('locator') ?? 0);
      const most = Number(request.query.get('maxRecords') ?? 50_000);
      const rows = job.results.slice(start, start + most);
      const next = start + rows.length < job.results.length ? String(start + rows.length) : 'null';
      const headers = { 'Sforce-Locator': next, 'Sforce-NumberOfRecords': String(rows.length) };
      return { status: 200, type, headers, body: csvOf(rows, job.columns) };
    }
    default:
      throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
}

const OPERATIONS: Readonly<Record<string, DmlOperation>> = {
  insert: 'insert',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
  hardDelete: 'delete',
};

function ingest(org: LocalOrg, user: UserContext, job: BulkJob): void {
  const object = org.schema.object(job.object);
  const operation = OPERATIONS[job.operation];
  if (!object || !operation) throw new RestError(400, 'INVALIDOPERATION', `operation ${job.operation}`);
  const rows: Record<string, string>[] = parse(job.csv, {
    columns: true,
    bom: true,
    delimiter: job.delimiter,
    skip_empty_lines: true,
  });
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows
      .slice(start, start + CHUNK)
      .map((cells) => ({ cells, ...recordOf(org, object.name, cells) }));
    const good = chunk.flatMap(({ record }) => (record ? [record] : []));
    const results = org.run('synchronous', user, () =>
      executeDml(operation, good, { allOrNone: false, externalId: job.externalId }),
    );
    for (const { cells, record, problem } of chunk) {
      const refused: RowResult = {
        id: null,
        created: false,
        errors: [{ statusCode: 'InvalidBatch', message: problem, fields: [] }],
      };
      job.rows.push({ cells, result: (record && results[good.indexOf(record)]) ?? refused });
    }
  }
  job.state = 'JobComplete';
}

/** A row of CSV as a record: empty cells are left alone, `#N/A` empties a field, `Account.Key__c` names a parent. */
function recordOf(
  org: LocalOrg,
  objectName: string,
  cells: Readonly<Record<string, string>>,
): { record: ApexSObject | null; problem: string } {
  const object = org.schema.object(objectName);
  if (!object) return { record: null, problem: `no object ${objectName}` };
  const record = new ApexSObject(object);
  for (const [name, written] of Object.entries(cells)) {
    if (written === '') continue;
    const [first = '', second] = name.split('.');
    const field = object.fields.get(first.toLowerCase());
    const parent =
      second === undefined
        ? undefined
        : org.schema.object(object.parents.get(first.toLowerCase())?.targets[0] ?? '');
    const parentField = parent?.fields.get((second ?? '').toLowerCase());
    try {
      if (parent && parentField) {
        const related = new ApexSObject(parent);
        related.put(parentField.name, fieldText(parentField, written));
        record.parents.set(first.toLowerCase(), related);
      } else if (!field) return { record: null, problem: `Field name not found : ${name}` };
      else record.values.set(first.toLowerCase(), written === '#N/A' ? null : fieldText(field, written));
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      return { record: null, problem: exception.text };
    }
  }
  return { record, problem: '' };
}
