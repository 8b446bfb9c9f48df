import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { shortest } from '../values/exact-numbers.ts';
import type { OrgApi } from './api.ts';
import { BASE } from './api-versions.ts';
import { finishedJob } from './bulk-jobs.ts';
import { errorOf } from './error-answers.ts';
import { faultOf } from './faults.ts';
import { NUMBER_TYPES } from './number-types.ts';
import { SalesforceFault, type OrgField, type OrgRecord } from './org.ts';

const page = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  nextRecordsUrl: z.string().startsWith('/services/').nullish(),
});
type Page = z.output<typeof page>;

/** Records of a query, up to 2,000 at a time. */
export function queryPages(api: OrgApi, soql: string, all: boolean): AsyncIterable<readonly OrgRecord[]> {
  return pagesFrom(api, queryPath(soql, all));
}

const queryPath = (soql: string, all: boolean): string =>
  `/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;

async function* pagesFrom(api: OrgApi, start: string): AsyncIterable<readonly OrgRecord[]> {
  const headers = { 'Sforce-Query-Options': 'batchSize=2000' };
  let path: string | null = start;
  while (path !== null) {
    const answer: Page = await api.json(page, { method: 'GET', path, headers });
    if (answer.records.length > 0) yield answer.records.map((record) => flat(record));
    path = answer.nextRecordsUrl ?? null;
  }
}

/**
 * Queries that one call takes (REST API, *Composite*: five of its 25 subrequests may be queries, and all of it counts as one
 * call. Of *Composite Batch* each subrequest counts).
 */
export const QUERIES_A_CALL = 5;

const compositeAnswer = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.int() })),
});

/**
 * Records of several queries, by a call for five of them and one more for every 2,000 records that one of them finds beyond
 * the first. Each call is a page, an empty one too. Their text goes in the body, where it may be as long as a statement can
 * be. Throws the SalesforceFault of the first that is refused.
 */
export async function* severalQueriesPages(
  api: OrgApi,
  soqls: readonly string[],
  all: boolean,
): AsyncIterable<readonly OrgRecord[]> {
  for (let start = 0; start < soqls.length; start += QUERIES_A_CALL) {
    const pages = await compositePages(api, soqls.slice(start, start + QUERIES_A_CALL), all);
    yield pages.flatMap(({ records }) => records.map((record) => flat(record)));
    for (const { nextRecordsUrl } of pages)
      if (typeof nextRecordsUrl === 'string') yield* pagesFrom(api, nextRecordsUrl);
  }
}

async function compositePages(api: OrgApi, soqls: readonly string[], all: boolean): Promise<readonly Page[]> {
  const { compositeResponse } = await api.json(compositeAnswer, {
    method: 'POST',
    path: '/composite',
    json: {
      allOrNone: false,
      compositeRequest: soqls.map((soql, place) => ({
        method: 'GET',
        url: BASE + queryPath(soql, all),
        referenceId: `query${place}`,
      })),
    },
  });
  if (compositeResponse.length !== soqls.length)
    throw new SalesforceFault(
      'retry',
      'unexpected-answer',
      'Salesforce answered another number of queries than were asked.',
    );
  return compositeResponse.map(({ body, httpStatusCode }) => {
    if (httpStatusCode >= 300) {
      const { code, message } = errorOf({ status: httpStatusCode, text: JSON.stringify(body) });
      throw faultOf(code, message, httpStatusCode);
    }
    return page.parse(body);
  });
}

/** A parent's fields stand beside the record's own, as `Account.Name`: the same shape that Bulk API answers. */
function flat(record: Readonly<Record<string, unknown>>, prefix = ''): OrgRecord {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes') continue;
    if (isParent(value)) Object.assign(values, flat(value, `${prefix}${name}.`));
    else values[prefix + name] = value;
  }
  return values;
}

/** A record says what it is; an address or a location, which is an object too, does not. */
function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'attributes' in value;
}

/** Rows of one answer: each answer is a call, and is held in memory. */
const ROWS = 20_000;
const PAGE = 2000;
const BYTES = 150_000_000;
const TIMEOUT = 600_000;

/**
 * Records of a query by Bulk API 2.0, up to 2,000 at a time, in the order in which Salesforce gives them out. Numbers of the
 * object's own fields are read as those of REST are.
 */
export async function* queryBulkPages(
  api: OrgApi,
  soql: string,
  fields: readonly OrgField[],
  all: boolean,
): AsyncIterable<readonly OrgRecord[]> {
  const created = await api.json(z.object({ id: z.string() }), {
    method: 'POST',
    path: '/jobs/query',
    json: { operation: all ? 'queryAll' : 'query', query: soql, columnDelimiter: 'COMMA', lineEnding: 'LF' },
  });
  const job = await finishedJob(api, 'query', created.id);
  if (job.state !== 'JobComplete')
    throw new SalesforceFault(
      'give-up',
      'BULK_QUERY_FAILED',
      job.errorMessage ?? `The query’s job is ${job.state}.`,
    );
  const numbers = new Set(
    fields.filter(({ type }) => NUMBER_TYPES.has(type)).map(({ name }) => name.toLowerCase()),
  );
  let locator: string | null = '';
  while (locator !== null) {
    const rest: string = locator === '' ? '' : `&locator=${encodeURIComponent(locator)}`;
    const answer = await api.call({
      method: 'GET',
      path: `/jobs/query/${created.id}/results?maxRecords=${ROWS}${rest}`,
      headers: { Accept: 'text/csv' },
      limit: BYTES,
      timeout: TIMEOUT,
      isFollowUp: true,
    });
    yield* pagesOf(answer.text, numbers);
    const next: string | null = answer.headers.get('Sforce-Locator');
    locator = next === null || next === 'null' || next === '' ? null : next;
  }
}

function* pagesOf(csv: string, numbers: ReadonlySet<string>): Iterable<readonly OrgRecord[]> {
  const rows: Record<string, string>[] = parse(csv, { columns: true, bom: true, skip_empty_lines: true });
  const cell = (name: string, text: string): string | null => {
    if (text === '') return null;
    return numbers.has(name.toLowerCase()) ? shortest(text) : text;
  };
  for (let start = 0; start < rows.length; start += PAGE)
    yield rows
      .slice(start, start + PAGE)
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, cell(name, text)])));
}
