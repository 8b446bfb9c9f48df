import { runDynamicQuery } from '../execution/queries.ts';
import { dynamicSearch } from '../execution/search.ts';
import { ApexList } from '../values/collections.ts';
import { ApexSObject } from '../values/sobject.ts';
import { recordJson, RestError } from './json-records.ts';
import type { ResourceContext, RestAnswer } from './resource.ts';

/** Records of a query that one answer holds. */
const PAGE = 2000;
const cursors = new Map<string, { records: Record<string, unknown>[]; size: number }>();
let nextCursor = 1;

export function query({ org, request, version }: ResourceContext): RestAnswer {
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

export function queryMore({ version, parts }: ResourceContext): RestAnswer {
  const cursor = cursors.get(parts[0] ?? '');
  if (!cursor) throw new RestError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  cursors.delete(parts[0] ?? '');
  return page(cursor.records, cursor.size, version);
}

export function search({ org, request, version }: ResourceContext): RestAnswer {
  const text = request.query.get('q');
  if (text === null) throw new RestError(400, 'MALFORMED_SEARCH', 'a search is expected in q');
  const lists = org.run('synchronous', org.admin, () => dynamicSearch(text, null));
  const searchRecords = lists.items.flatMap((list) =>
    list instanceof ApexList
      ? list.items.flatMap((item) => (item instanceof ApexSObject ? [recordJson(item, version)] : []))
      : [],
  );
  return { status: 200, body: { searchRecords } };
}
