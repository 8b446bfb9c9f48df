import type { LocalOrg } from '../org.ts';
import { callNature } from './call-nature.ts';
import { refusalOf } from './faults.ts';
import { jsonText } from './json-numbers.ts';
import { asRestError, RestError } from './json-records.ts';
import type { RestAnswer, RestRequest } from './resource.ts';

type Resource = (org: LocalOrg, request: RestRequest) => RestAnswer;
interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly referenceId?: string;
}

/** Most subrequests of one call. */
const MOST = 25;
/** Most of them in /composite that are queries or collections (REST API, *Composite*). */
const MOST_QUERIES = 5;
const QUERY_OR_COLLECTION = /\/(?:query|queryAll)\/?(?:\?|$)|\/composite\/sobjects(?:[/?]|$)/;
/** Takes everything back that a call with allOrNone has done. */
class Halted extends Error {}

function subrequests(list: unknown): Subrequest[] {
  if (!Array.isArray(list)) throw new RestError(400, 'JSON_PARSER_ERROR', 'a list of requests is expected');
  if (list.length > MOST) throw new RestError(400, 'LIMIT_EXCEEDED', `at most ${MOST} requests`);
  return list.map(
    (each: { method?: string; url?: string; richInput?: unknown; body?: unknown; referenceId?: string }) => ({
      method: each.method ?? 'GET',
      url: each.url ?? '',
      body: each.body ?? each.richInput,
      ...(each.referenceId === undefined ? {} : { referenceId: each.referenceId }),
    }),
  );
}

function ask(
  org: LocalOrg,
  resource: Resource,
  outer: RestRequest,
  { method, url, body }: Subrequest,
): RestAnswer {
  const address = new URL(url.startsWith('/') ? url : `/services/data/${url}`, 'http://localhost');
  const path = decodeURI(address.pathname);
  const nature = callNature(outer.host, method, path, body);
  try {
    const refusal = refusalOf(outer.host.faults.forPart(nature));
    if (refusal) throw refusal;
    return resource(org, {
      ...outer,
      method,
      path,
      query: address.searchParams,
      body,
      text: body === undefined ? '' : JSON.stringify(body),
      nature,
    });
  } catch (error) {
    const problem = asRestError(error);
    const fields = problem.fields.length > 0 ? { fields: problem.fields } : {};
    return {
      status: problem.status,
      body: [{ message: problem.message, errorCode: problem.code, ...fields }],
    };
  }
}

/** `@{ref.id}` and `@{ref.records[0].Id}` stand for what an earlier request answered. */
function filledIn<T>(value: T, answers: ReadonlyMap<string, unknown>): T {
  const filled = JSON.stringify(value).replace(
    /@\{(\w+)((?:\.\w+|\[\d+\])*)\}/g,
    (_whole, id: string, path: string) => {
      let at: unknown = answers.get(id);
      for (const step of path.match(/\w+/g) ?? [])
        at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined;
      if (at === undefined || at === null)
        throw new RestError(
          400,
          'PROCESSING_HALTED',
          `Invalid reference specified. No value for ${id}${path} found in ${id}`,
        );
      return JSON.stringify(typeof at === 'string' ? at : jsonText(at)).slice(1, -1);
    },
  );
  return JSON.parse(filled) as T;
}

/** /composite: requests in order, later ones may use what earlier ones answered. */
export function composite(org: LocalOrg, resource: Resource, request: RestRequest): RestAnswer {
  const body = (request.body ?? {}) as { allOrNone?: unknown; compositeRequest?: unknown };
  const wanted = subrequests(body.compositeRequest);
  if (wanted.filter(({ url }) => QUERY_OR_COLLECTION.test(url)).length > MOST_QUERIES)
    throw new RestError(400, 'LIMIT_EXCEEDED', `at most ${MOST_QUERIES} queries and collections`);
  const answers = new Map<string, unknown>();
  const done: { body: unknown; httpHeaders: object; httpStatusCode: number; referenceId: string }[] = [];
  const run = (): void => {
    for (const each of wanted) {
      let answered: RestAnswer;
      try {
        answered = ask(org, resource, request, filledIn(each, answers));
      } catch (error) {
        const problem = asRestError(error);
        answered = { status: problem.status, body: [{ message: problem.message, errorCode: problem.code }] };
      }
      const referenceId = each.referenceId ?? '';
      answers.set(referenceId, answered.body);
      done.push({
        body: answered.body ?? null,
        httpHeaders: {},
        httpStatusCode: answered.status,
        referenceId,
      });
      if (answered.status >= 400 && body.allOrNone === true) throw new Halted();
    }
  };
  try {
    org.run('synchronous', request.user, run);
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    const halted = [
      {
        errorCode: 'PROCESSING_HALTED',
        message: 'The transaction was rolled back since another operation in the same transaction failed.',
      },
    ];
    const compositeResponse = wanted.map((each, index) => {
      const own = done[index];
      return own && own.httpStatusCode >= 400
        ? own
        : { body: halted, httpHeaders: {}, httpStatusCode: 400, referenceId: each.referenceId ?? '' };
    });
    return { status: 200, body: { compositeResponse } };
  }
  return { status: 200, body: { compositeResponse: done } };
}

/** /composite/batch: requests that know nothing of each other. */
export function compositeBatch(org: LocalOrg, resource: Resource, request: RestRequest): RestAnswer {
  const body = (request.body ?? {}) as { haltOnError?: unknown; batchRequests?: unknown };
  let hasErrors = false;
  const wanted = subrequests(body.batchRequests);
  // Of a batch each subrequest counts against the limits, of /composite the whole call once.
  org.counters.apiCalls += Math.max(0, wanted.length - 1);
  const results = wanted.map((each) => {
    if (hasErrors && body.haltOnError === true)
      return {
        statusCode: 412,
        result: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }],
      };
    const answered = ask(org, resource, request, each);
    if (answered.status >= 400) hasErrors = true;
    return { statusCode: answered.status, result: answered.body ?? null };
  });
  return { status: 200, body: { hasErrors, results } };
}

interface TreeRecord {
  readonly attributes?: { readonly type?: string; readonly referenceId?: string };
  readonly [field: string]: unknown;
}

/** /composite/tree/Account: records with their children, all or none. */
export function compositeTree(
  org: LocalOrg,
  resource: Resource,
  request: RestRequest,
  objectName: string,
  version: string,
): RestAnswer {
  const roots = ((request.body ?? {}) as { records?: unknown }).records;
  if (!Array.isArray(roots)) throw new RestError(400, 'JSON_PARSER_ERROR', 'records is expected');
  const results: { referenceId: string; id: unknown }[] = [];
  const problems: { referenceId: string; errors: unknown }[] = [];
  const save = (record: TreeRecord, type: string, link: Record<string, unknown>): void => {
    const object = org.schema.object(type);
    const fields: Record<string, unknown> = { ...link };
    const children: [string, readonly TreeRecord[]][] = [];
    for (const [name, value] of Object.entries(record)) {
      const nested =
        typeof value === 'object' && value !== null && 'records' in value ? value.records : undefined;
      if (Array.isArray(nested)) children.push([name, nested as TreeRecord[]]);
      else if (name !== 'attributes') fields[name] = value;
    }
    const url = `/services/data/${version}/sobjects/${type}`;
    const answered = ask(org, resource, request, { method: 'POST', url, body: fields });
    const referenceId = record.attributes?.referenceId ?? '';
    if (answered.status >= 400) {
      problems.push({ referenceId, errors: answered.body });
      throw new Halted();
    }
    const { id } = answered.body as { id: unknown };
    results.push({ referenceId, id });
    for (const [name, records] of children) {
      const relationship = object?.children.get(name.toLowerCase());
      if (!relationship) throw new RestError(400, 'INVALID_FIELD', `No such relationship ${name} on ${type}`);
      for (const child of records)
        save(child, child.attributes?.type ?? relationship.childObject, { [relationship.field]: id });
    }
  };
  try {
    org.run('synchronous', request.user, () => {
      for (const root of roots as TreeRecord[]) save(root, root.attributes?.type ?? objectName, {});
    });
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    return { status: 400, body: { hasErrors: true, results: problems } };
  }
  return { status: 201, body: { hasErrors: false, results } };
}
