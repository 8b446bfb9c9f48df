import { runApiQuery } from '../execution/queries.ts';
import { dynamicSearch } from '../execution/search.ts';
import type { LocalOrg } from '../org.ts';
import { ApexList } from '../values/collections.ts';
import { makeId } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import { recordJson, RestError } from './json-records.ts';
import type { ResourceContext, RestAnswer } from './resource.ts';

/** Records of a query that one answer holds, unless the caller asks for fewer. */
const PAGE = 2000;
const LEAST = 200;
/** Characters of a statement. */
const LONGEST = 100_000;
/** Locators that an org keeps; an older one is given up for a newer. */
const LOCATORS = 50;

interface Cursor {
  readonly items: readonly ApexSObject[];
  readonly pageSize: number;
}
const cursors = new WeakMap<LocalOrg, Map<string, Cursor>>();

export function query({ org, request, version }: ResourceContext): RestAnswer {
  const text = request.query.get('q');
  if (text === null) throw new RestError(400, 'MALFORMED_QUERY', 'a query is expected in q');
  if (text.length > LONGEST)
    throw new RestError(
      400,
      'MALFORMED_QUERY',
      `SOQL statements cannot be longer than ${LONGEST} characters.`,
    );
  const everything =
    request.path.endsWith('queryAll') && !/\bALL ROWS\b/i.test(text) ? `${text} ALL ROWS` : text;
  const { records: items, count } = org.run('synchronous', request.user, () => runApiQuery(everything));
  if (items.length === 0) return { status: 200, body: { totalSize: count, done: true, records: [] } };
  const wanted = /batchSize\s*=\s*(\d+)/i.exec(request.headers['sforce-query-options'] ?? '')?.[1];
  const pageSize = Math.min(PAGE, Math.max(LEAST, Number(wanted ?? PAGE)));
  return page(org, { items, pageSize }, null, 0, version);
}

/** A page from a place on; a locator names its query and the place, so that a page may be asked for again. */
function page(
  org: LocalOrg,
  cursor: Cursor,
  known: string | null,
  start: number,
  version: string,
): RestAnswer {
  const end = start + cursor.pageSize;
  const records = cursor.items.slice(start, end).map((item) => recordJson(item, version));
  const totalSize = cursor.items.length;
  if (end >= totalSize) return { status: 200, body: { totalSize, done: true, records } };
  const id = known ?? keep(org, cursor);
  const nextRecordsUrl = `/services/data/${version}/query/${id}-${end}`;
  return { status: 200, body: { totalSize, done: false, nextRecordsUrl, records } };
}

function keep(org: LocalOrg, cursor: Cursor): string {
  const kept = cursors.get(org) ?? new Map<string, Cursor>();
  cursors.set(org, kept);
  const id = makeId('01g', org.store.next('cursor'));
  kept.set(id, cursor);
  const [oldest] = kept.keys();
  if (kept.size > LOCATORS && oldest !== undefined) kept.delete(oldest);
  return id;
}

export function queryMore({ org, version, parts }: ResourceContext): RestAnswer {
  const [id = '', place = ''] = (parts[0] ?? '').split('-');
  const cursor = cursors.get(org)?.get(id);
  if (!cursor || !/^\d+$/.test(place))
    throw new RestError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  return page(org, cursor, id, Number(place), version);
}

export function search({ org, request, version }: ResourceContext): RestAnswer {
  const text = request.query.get('q');
  if (text === null) throw new RestError(400, 'MALFORMED_SEARCH', 'a search is expected in q');
  const lists = org.run('synchronous', request.user, () => dynamicSearch(text, null));
  const searchRecords = lists.items.flatMap((list) =>
    list instanceof ApexList
      ? list.items.flatMap((item) => (item instanceof ApexSObject ? [recordJson(item, version)] : []))
      : [],
  );
  return { status: 200, body: { searchRecords } };
}
