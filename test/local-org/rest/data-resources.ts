import { asApexException } from '../values/exception.ts';
import { to18 } from '../values/ids.ts';
import { SourceError } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { ObjectSchema } from '../database/schema.ts';
import { standardObjectNames } from '../database/standard-schema.ts';
import { executeDml, type DmlOperation, type RowResult } from '../execution/dml.ts';
import { recordOf } from '../execution/trigger-images.ts';
import { runDynamicQuery } from '../execution/queries.ts';
import type { LocalOrg } from '../org.ts';
import { callAuraMethod } from './aura.ts';
import { describeObject, describeSummary } from './describe.ts';
import { recordFrom, recordJson, RestError } from './json-records.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Records of a query that one answer holds. */
const PAGE = 2000;
/** Records that a collections call takes. */
const COLLECTION = 200;

const cursors = new Map<string, { records: Record<string, unknown>[]; size: number }>();
let nextCursor = 1;

type Handler = (context: {
  org: LocalOrg;
  request: RestRequest;
  version: string;
  parts: readonly string[];
}) => RestAnswer;

const ROUTES: readonly (readonly [method: string, pattern: RegExp, handler: Handler])[] = [
  ['GET', /^sobjects$/, listObjects],
  ['GET', /^sobjects\/(\w+)\/describe$/, describe],
  ['POST', /^sobjects\/(\w+)$/, create],
  ['GET', /^sobjects\/(\w+)\/(\w{15,18})$/, retrieve],
  ['PATCH', /^sobjects\/(\w+)\/(\w{15,18})$/, update],
  ['DELETE', /^sobjects\/(\w+)\/(\w{15,18})$/, remove],
  ['PATCH', /^sobjects\/(\w+)\/(\w+)\/(.+)$/, upsert],
  ['GET', /^query$/, query],
  ['GET', /^queryAll$/, query],
  ['GET', /^query\/(\w+)$/, queryMore],
  ['POST', /^composite\/sobjects$/, (context) => collection(context, 'insert')],
  ['PATCH', /^composite\/sobjects$/, (context) => collection(context, 'update')],
  ['DELETE', /^composite\/sobjects$/, deleteCollection],
  ['GET', /^limits$/, limits],
  ['GET', /^tooling\/executeAnonymous$/, executeAnonymous],
  ['GET', /^tooling\/query$/, query],
];

/** Every resource below /services/data/vXX.X, and the doors of the local org itself below /local. */
export function dataResources(org: LocalOrg, request: RestRequest): RestAnswer {
  if (request.path.startsWith('/local/')) return localResource(org, request);
  const versioned = /^\/services\/data\/(v\d+\.\d)\/?(.*)$/.exec(request.path);
  if (!versioned) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const [, version = '', rest = ''] = versioned;
  if (rest === '')
    return {
      status: 200,
      body: {
        sobjects: `/services/data/${version}/sobjects`,
        query: `/services/data/${version}/query`,
        composite: `/services/data/${version}/composite`,
        limits: `/services/data/${version}/limits`,
      },
    };
  const matching = ROUTES.map(([method, pattern, handler]) => ({
    method,
    found: pattern.exec(rest.replace(/\/$/, '')),
    handler,
  })).filter((each) => each.found);
  const route = matching.find((each) => each.method === request.method);
  if (route?.found) return route.handler({ org, request, version, parts: route.found.slice(1) });
  if (matching.length > 0)
    throw new RestError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
  throw new RestError(404, 'NOT_FOUND', `The resource ${rest} is not served by the local org`);
}

function objectNamed(org: LocalOrg, name: string): ObjectSchema {
  const object = org.schema.object(name);
  if (!object) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return object;
}

function listObjects({ org, version }: Parameters<Handler>[0]): RestAnswer {
  const names = new Set([
    ...standardObjectNames(),
    ...[...org.schema.objects.values()].map((object) => object.name),
  ]);
  return {
    status: 200,
    body: {
      encoding: 'UTF-8',
      maxBatchSize: 200,
      sobjects: [...names].map((name) => describeSummary(objectNamed(org, name), version)),
    },
  };
}

function describe({ org, version, parts }: Parameters<Handler>[0]): RestAnswer {
  return { status: 200, body: describeObject(objectNamed(org, parts[0] ?? ''), version) };
}

/** Saves in a transaction of its own: what fails takes nothing of the others with it unless all or none is asked for. */
function save(
  org: LocalOrg,
  operation: DmlOperation,
  records: readonly ApexSObject[],
  allOrNone: boolean,
  externalId: string | null = null,
): RowResult[] {
  return org.run('synchronous', org.admin, (transaction) => {
    const results = executeDml(operation, records, { allOrNone, externalId });
    if (transaction.kind === 'synchronous') transaction.hasUncommittedWork = false;
    return results;
  });
}

function one(results: readonly RowResult[]): RowResult {
  const [result] = results;
  const [error] = result?.errors ?? [];
  if (error)
    throw new RestError(
      error.statusCode === 'ENTITY_IS_DELETED' || error.statusCode === 'INVALID_CROSS_REFERENCE_KEY'
        ? 404
        : 400,
      error.statusCode,
      error.message,
      error.fields,
    );
  if (!result) throw new RestError(500, 'UNKNOWN_EXCEPTION', 'nothing was saved');
  return result;
}

function bodyRecord(org: LocalOrg, object: ObjectSchema, body: unknown): ApexSObject {
  return recordFrom(object, body, (name) => org.schema.object(name));
}

function create({ org, request, parts }: Parameters<Handler>[0]): RestAnswer {
  const result = one(
    save(org, 'insert', [bodyRecord(org, objectNamed(org, parts[0] ?? ''), request.body)], true),
  );
  return { status: 201, body: { id: result.id, success: true, errors: [] } };
}

function retrieve({ org, request, version, parts }: Parameters<Handler>[0]): RestAnswer {
  const object = objectNamed(org, parts[0] ?? '');
  const stored = org.store.get(object.name, to18(parts[1] ?? ''));
  if (!stored || stored.get('isdeleted') === true)
    throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const record = recordOf(object, stored);
  const wanted = request.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim().toLowerCase());
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    if (wanted && !wanted.includes(key) && key !== 'id') record.values.delete(key);
    else if (!record.values.has(key)) record.values.set(key, null);
  }
  return { status: 200, body: recordJson(record, version) };
}

function update({ org, request, parts }: Parameters<Handler>[0]): RestAnswer {
  const record = bodyRecord(org, objectNamed(org, parts[0] ?? ''), request.body);
  record.values.set('id', to18(parts[1] ?? ''));
  one(save(org, 'update', [record], true));
  return { status: 204 };
}

function remove({ org, parts }: Parameters<Handler>[0]): RestAnswer {
  const record = new ApexSObject(objectNamed(org, parts[0] ?? ''));
  record.values.set('id', to18(parts[1] ?? ''));
  one(save(org, 'delete', [record], true));
  return { status: 204 };
}

function upsert({ org, request, parts }: Parameters<Handler>[0]): RestAnswer {
  const [objectName = '', field = '', value = ''] = parts;
  const object = objectNamed(org, objectName);
  const record = bodyRecord(org, object, request.body);
  record.put(field, decodeURIComponent(value));
  const result = one(save(org, 'upsert', [record], true, field));
  return {
    status: result.created ? 201 : 200,
    body: { id: result.id, success: true, errors: [], created: result.created },
  };
}

function query({ org, request, version }: Parameters<Handler>[0]): RestAnswer {
  const text = request.query.get('q');
  if (text === null) throw new RestError(400, 'MALFORMED_QUERY', 'a query is expected in q');
  const everything =
    request.path.endsWith('queryAll') && !/\bALL ROWS\b/i.test(text) ? `${text} ALL ROWS` : text;
  const list = org.run('synchronous', org.admin, () => runDynamicQuery(everything, null));
  if (list.items.every((item) => item === null))
    return { status: 200, body: { totalSize: list.items.length, done: true, records: [] } };
  const records = list.items.flatMap((item) =>
    item instanceof ApexSObject ? [recordJson(item, version)] : [],
  );
  return page(records, records.length, version);
}

function page(records: Record<string, unknown>[], size: number, version: string): RestAnswer {
  const rest = records.slice(PAGE);
  if (rest.length === 0) return { status: 200, body: { totalSize: size, done: true, records } };
  const cursor = `01g${String(nextCursor++).padStart(12, '0')}`;
  cursors.set(cursor, { records: rest, size });
  return {
    status: 200,
    body: {
      totalSize: size,
      done: false,
      nextRecordsUrl: `/services/data/${version}/query/${cursor}`,
      records: records.slice(0, PAGE),
    },
  };
}

function queryMore({ version, parts }: Parameters<Handler>[0]): RestAnswer {
  const cursor = cursors.get(parts[0] ?? '');
  if (!cursor) throw new RestError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  cursors.delete(parts[0] ?? '');
  return page(cursor.records, cursor.size, version);
}

/** sObject Collections: up to 200 records of any objects, saved together. */
function collection({ org, request }: Parameters<Handler>[0], operation: 'insert' | 'update'): RestAnswer {
  const body = request.body as { allOrNone?: unknown; records?: unknown } | undefined;
  const list = body?.records;
  if (!Array.isArray(list)) throw new RestError(400, 'JSON_PARSER_ERROR', 'records is expected');
  if (list.length > COLLECTION)
    throw new RestError(400, 'LIMIT_EXCEEDED', `sObject Collections take up to ${COLLECTION} records`);
  const records = list.map((each: { attributes?: { type?: string } }) =>
    bodyRecord(org, objectNamed(org, each.attributes?.type ?? ''), each),
  );
  return { status: 200, body: save(org, operation, records, body?.allOrNone === true).map(collectionRow) };
}

function deleteCollection({ org, request }: Parameters<Handler>[0]): RestAnswer {
  const ids = (request.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  const records = ids.map((id) => {
    const object = org.schema.objectByPrefix(id.slice(0, 3));
    if (!object) throw new RestError(400, 'MALFORMED_ID', `malformed id ${id}`);
    const record = new ApexSObject(object);
    record.values.set('id', to18(id));
    return record;
  });
  return {
    status: 200,
    body: save(org, 'delete', records, request.query.get('allOrNone') === 'true').map(collectionRow),
  };
}

function collectionRow(result: RowResult): Record<string, unknown> {
  const errors = result.errors.map((error) => ({
    statusCode: error.statusCode,
    message: error.message,
    fields: error.fields,
  }));
  return errors.length > 0 ? { success: false, errors } : { id: result.id, success: true, errors: [] };
}

function limits({ org }: Parameters<Handler>[0]): RestAnswer {
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: 15_000, Remaining: 15_000 - org.counters.apiCalls },
      DailyAsyncApexExecutions: { Max: 250_000, Remaining: 250_000 },
    },
  };
}

function executeAnonymous({ org, request }: Parameters<Handler>[0]): RestAnswer {
  const outcome = {
    compiled: true,
    success: true,
    compileProblem: null as string | null,
    exceptionMessage: null as string | null,
    exceptionStackTrace: null as string | null,
    line: -1,
    column: -1,
  };
  try {
    org.executeAnonymous(request.query.get('anonymousBody') ?? '');
  } catch (error) {
    if (error instanceof SourceError)
      Object.assign(outcome, {
        compiled: false,
        success: false,
        compileProblem: error.message,
        line: error.line,
        column: error.column,
      });
    else {
      const exception = asApexException(error);
      if (!exception) throw error;
      Object.assign(outcome, {
        success: false,
        exceptionMessage: exception.toString(),
        exceptionStackTrace: exception.stackTrace(),
        line: exception.frames().at(-1)?.line ?? -1,
      });
    }
  }
  return { status: 200, body: outcome };
}

/** What a person or a test wants to know of the org that Salesforce would not tell: what waits, what was used. */
function localResource(org: LocalOrg, request: RestRequest): RestAnswer {
  if (request.path === '/local/status' && request.method === 'GET') {
    const limitsUsed = Object.fromEntries(
      [...org.highestUse].map(([kind, used]) => [kind, Object.fromEntries(used)]),
    );
    return {
      status: 200,
      body: { jobsWaiting: org.jobs.size, eventsWaiting: org.bus.size, ...org.counters, limitsUsed },
    };
  }
  const aura = /^\/local\/apex\/(\w+)\/(\w+)$/.exec(request.path);
  if (aura && request.method === 'POST')
    return { status: 200, body: callAuraMethod(org, aura[1] ?? '', aura[2] ?? '', request.body) };
  throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
}
