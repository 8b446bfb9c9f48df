import type { SoqlQuery } from '../language/syntax/query-ast.ts';
import { checkApiQuery, runApiQuery } from '../execution/queries.ts';
import { mayUseObject } from '../execution/permissions.ts';
import { asApexException } from '../values/exception.ts';
import { makeId, to18 } from '../values/ids.ts';
import { failedCsv, foundCsv, successfulCsv, unprocessedCsv } from './bulk-csv.ts';
import { beginIngest, INGEST_OPERATIONS } from './bulk-ingest.ts';
import { enter, jobAnswer, jobsOf, type BulkJob } from './bulk-jobs.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer, RestRequest } from './resource.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ',',
  SEMICOLON: ';',
  TAB: '\t',
  PIPE: '|',
  CARET: '^',
  BACKQUOTE: '`',
};
/** Bytes of an upload: 150 MB once it is encoded, 100 MB before. */
const MAXIMUM_UPLOAD = 100_000_000;
/** Records of a page of results, unless the caller asks for fewer. */
const PAGE = 50_000;
const ENDED = ['JobComplete', 'Aborted', 'Failed'];

/** Bulk API 2.0: jobs/ingest and jobs/query. */
export function bulkResource(request: RestRequest, version: string, path: string): RestAnswer {
  const [, kind = '', id, part] = /^jobs\/(ingest|query)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
  const { org } = request.host;
  if (id === undefined)
    return request.method === 'POST' ? createJob(request, version, kind) : listJobs(request, kind);
  const job = /^\w{15}(?:\w{3})?$/.test(id) ? jobsOf(org).get(to18(id)) : undefined;
  if (job?.kind !== kind) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (part !== undefined) return partOf(job, request, part);
  switch (request.method) {
    case 'GET':
      return { status: 200, body: jobAnswer(job) };
    case 'PATCH':
      return changeState(job, request);
    case 'DELETE':
      if (!ENDED.includes(job.state))
        throw new RestError(
          400,
          'INVALIDJOBSTATE',
          `Deleting job ${job.id} in state ${job.state} is not allowed`,
        );
      jobsOf(org).delete(job.id);
      return { status: 204 };
    default:
      throw new RestError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
  }
}

function listJobs({ host }: RestRequest, kind: string): RestAnswer {
  const records = [...jobsOf(host.org).values()].filter((job) => job.kind === kind).map(jobAnswer);
  return { status: 200, body: { done: true, records, nextRecordsUrl: null } };
}

type JobOrder = Readonly<Record<string, string | undefined>>;

function createJob(request: RestRequest, version: string, kind: string): RestAnswer {
  const order = (request.body ?? {}) as JobOrder;
  const { host, user, headers } = request;
  const isQuery = kind === 'query';
  const query = isQuery ? checkedQuery(request, order) : null;
  const object = host.org.schema.object(query?.from ?? order.object ?? '');
  if (!object || !mayUseObject(object, 'Read', { org: host.org, user }))
    throw new RestError(400, 'INVALIDENTITY', `Unable to find object: ${order.object ?? ''}`);
  const name = order.columnDelimiter ?? 'COMMA';
  const mark = DELIMITERS[name];
  if (mark === undefined) throw new RestError(400, 'INVALIDJOB', `Invalid columnDelimiter: ${name}`);
  if (!isQuery) refuseOrder(order);
  const now = host.org.now();
  const job: BulkJob = {
    id: makeId('750', host.org.store.next('bulk')),
    kind: isQuery ? 'query' : 'ingest',
    operation: order.operation ?? (isQuery ? 'query' : ''),
    object: object.name,
    externalId: order.externalIdFieldName ?? null,
    query: order.query ?? null,
    delimiter: { name, mark },
    lineEnding: order.lineEnding === 'CRLF' ? 'CRLF' : 'LF',
    version,
    createdAt: now,
    saver: { host, user, headers },
    state: isQuery ? 'UploadComplete' : 'Open',
    changedAt: now,
    error: null,
    csv: null,
    columns: query ? columnsOf(query) : [],
    rows: [],
    results: [],
    failed: 0,
    found: [],
  };
  jobsOf(host.org).set(job.id, job);
  if (isQuery)
    setImmediate(() => {
      runQuery(job);
    });
  return { status: 200, body: jobAnswer(job) };
}

function refuseOrder(order: JobOrder): void {
  const operation = order.operation ?? '';
  if (INGEST_OPERATIONS[operation] === undefined)
    throw new RestError(400, 'INVALIDJOB', `Invalid operation: ${operation}`);
  if (order.contentType !== undefined && order.contentType !== 'CSV')
    throw new RestError(400, 'INVALIDJOB', `Unsupported contentType: ${order.contentType}`);
  if (operation === 'upsert' && order.externalIdFieldName === undefined)
    throw new RestError(400, 'INVALIDJOB', 'External ID field name must be provided for upsert');
}

const queryText = (order: JobOrder): string =>
  order.operation === 'queryAll' ? `${order.query ?? ''} ALL ROWS` : (order.query ?? '');

function checkedQuery(request: RestRequest, order: JobOrder): SoqlQuery {
  const query = request.host.org.run('synchronous', request.user, () => checkApiQuery(queryText(order)));
  columnsOf(query);
  return query;
}

/** What a query selects, as it is written there. Throws RestError for what the Bulk API does not select. */
function columnsOf(query: SoqlQuery): string[] {
  return query.fields.map((field) => {
    if (field.kind !== 'path')
      throw new RestError(
        400,
        'API_ERROR',
        'Aggregate functions and sub-queries are not supported in Bulk Query',
      );
    return field.path.join('.');
  });
}

function runQuery(job: BulkJob): void {
  if (job.state !== 'UploadComplete') return;
  enter(job, 'InProgress');
  const { host, user } = job.saver;
  try {
    const order = { operation: job.operation, query: job.query ?? '' };
    job.found = host.org.run('synchronous', user, () => runApiQuery(queryText(order)).records);
    enter(job, 'JobComplete');
  } catch (error) {
    const exception = asApexException(error);
    enter(job, 'Failed', exception ? exception.text : 'An unexpected error occurred.');
    if (!exception) host.org.log(String(error));
  }
}

function changeState(job: BulkJob, request: RestRequest): RestAnswer {
  const { state } = (request.body ?? {}) as { state?: string };
  if (state === 'UploadComplete' && job.kind === 'ingest' && job.state === 'Open')
    beginIngest(job, request.nature);
  else if (state === 'Aborted' && !ENDED.includes(job.state)) enter(job, 'Aborted');
  else
    throw new RestError(
      400,
      'INVALIDJOBSTATE',
      `Job ${job.id} is ${job.state} and cannot become ${state ?? 'nothing'}`,
    );
  return { status: 200, body: jobAnswer(job) };
}

function partOf(job: BulkJob, request: RestRequest, part: string): RestAnswer {
  const type = 'text/csv';
  if (part === 'batches') return upload(job, request);
  if (part === 'results') return page(job, request);
  const write = {
    successfulResults: successfulCsv,
    failedResults: failedCsv,
    unprocessedrecords: unprocessedCsv,
  }[part];
  if (!write) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (!ENDED.includes(job.state))
    throw new RestError(400, 'INVALIDJOBSTATE', `Job ${job.id} is ${job.state}: it has no results yet`);
  return { status: 200, type, body: write(job) };
}

/** One upload a job. */
function upload(job: BulkJob, request: RestRequest): RestAnswer {
  if (job.state !== 'Open' || job.csv !== null)
    throw new RestError(400, 'INVALIDJOBSTATE', `Job ${job.id} takes no data any more: it is ${job.state}`);
  if (request.bytes.length > MAXIMUM_UPLOAD)
    throw new RestError(413, 'REQUEST_LIMIT_EXCEEDED', 'The upload is larger than 100 MB');
  job.csv = request.bytes;
  return { status: 201 };
}

/** A page of a query's results; its locator names the next. */
function page(job: BulkJob, request: RestRequest): RestAnswer {
  if (job.state !== 'JobComplete')
    throw new RestError(400, 'INVALIDJOBSTATE', `Job ${job.id} is ${job.state}: it has no results yet`);
  const locator = request.query.get('locator');
  const start = locator === null ? 0 : Number(Buffer.from(locator, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0 || (start > 0 && start >= job.found.length))
    throw new RestError(400, 'INVALIDLOCATOR', `The locator ${locator ?? ''} is not one of this job`);
  const end = Math.min(start + Number(request.query.get('maxRecords') ?? PAGE), job.found.length);
  const next = end < job.found.length ? Buffer.from(String(end)).toString('base64url') : 'null';
  const headers = { 'Sforce-Locator': next, 'Sforce-NumberOfRecords': String(end - start) };
  return { status: 200, type: 'text/csv', headers, body: foundCsv(job, start, end) };
}
