import { checkQuery } from '../database/soql/check.ts';
import { bindNodes } from '../database/soql/binds.ts';
import { runQuery } from '../database/soql/run.ts';
import { currentBinds, type BindResolver } from '../language/runtime/binds.ts';
import type { SearchPart } from '../language/runtime/host.ts';
import type { SoqlQuery, SoqlValue } from '../language/syntax/query-ast.ts';
import { parseSearch } from '../language/syntax/parse.ts';
import { platformClass } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { SourceError, type ApexValue } from '../values/object.ts';
import { boundValue } from './queries.ts';
import { current } from './transaction.ts';

/** Rows that a search gives back for one object at most. (SOSL limits.) */
const MOST = 2000;

/**
 * Runs a search. A test finds the records that Test.setFixedSearchResults named and no others, since a test's records
 * are in no index; outside of tests the words of the term are looked for in the text fields of every record.
 */
export function runSearch(
  term: string | null,
  group: string,
  returning: readonly SearchPart[],
  limit: number | null,
): ApexList {
  const transaction = current();
  transaction.limits.count('soslQueries');
  const wanted = term ?? throwNull();
  if (wanted.replace(/[*?"'\s]/g, '').length < 2)
    throwPlatform('System.QueryException', 'search term must be longer than one character: ' + wanted);
  let left = limit ?? MOST;
  const lists = returning.map(([query, values]) => {
    const object = transaction.org.schema.object(query.from);
    const ids = transaction.test
      ? transaction.test.fixedSearchResults.filter(
          (id) => object?.keyPrefix && id.startsWith(object.keyPrefix),
        )
      : found(wanted, group, query);
    const binds = new Map<SoqlValue, ApexValue>(
      bindNodes(query).map((node, index) => [node, values[index] ?? null]),
    );
    const rows = runQuery(transaction.org.queryEnvironment(), among(query, ids), binds).slice(0, left);
    left -= rows.length;
    return new ApexList({ kind: 'sobject', name: object?.name ?? null }, rows);
  });
  return new ApexList({ kind: 'list', element: { kind: 'sobject', name: null } }, lists);
}

/** The query, of these records only. */
function among(query: SoqlQuery, ids: readonly string[]): SoqlQuery {
  const values = ids.map((value): SoqlValue => ({ kind: 'string', value }));
  const these = {
    kind: 'compare',
    field: ['Id'],
    operator: 'IN',
    value: { kind: 'list', values },
  } as const;
  return { ...query, where: query.where ? { kind: 'and', parts: [these, query.where] } : these };
}

/** Ids of records in whose fields every word of the term begins a word; `*` and `?` stand for characters. */
function found(term: string, group: string, query: SoqlQuery): string[] {
  const { org } = current();
  const object = org.schema.object(query.from);
  if (!object) return [];
  const types = { EMAIL: ['email'], PHONE: ['phone'] }[group];
  const fields = [...object.fields.values()].filter((field) =>
    group === 'NAME'
      ? ['Name', 'FirstName', 'LastName', 'Subject', 'Title'].includes(field.name)
      : (types ?? ['string', 'email', 'phone', 'textarea', 'url', 'picklist']).includes(field.type),
  );
  const words = term
    .replace(/["()]/g, ' ')
    .split(/\s+(?:AND\s+)?/)
    .filter((word) => word !== '');
  const patterns = words.map((word) => {
    const escaped = word
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}`, 'iu');
  });
  return [...org.store.all(object.name)].flatMap((row) => {
    if (row.get('isdeleted') === true) return [];
    const text = fields
      .map((field) => row.get(field.name.toLowerCase()))
      .filter((value) => typeof value === 'string')
      .join('\n');
    return patterns.every((pattern) => pattern.test(text)) ? [String(row.get('id'))] : [];
  });
}

/** Search.query: parsed and checked now. */
export function dynamicSearch(text: string | null, resolver: BindResolver | null): ApexList {
  try {
    const search = parseSearch(text ?? throwNull());
    const term = search.term.kind === 'literal' ? search.term.value : boundValue(search.term, resolver);
    const parts = search.returning.map((query): SearchPart => {
      const problem = checkQuery(query, current().org.schema);
      if (problem !== null) throw platformException('System.QueryException', problem);
      return [query, bindNodes(query).map((node) => boundValue(node.expression, resolver))];
    });
    const limit = search.limit?.kind === 'number' ? Number(search.limit.value) : null;
    return runSearch(typeof term === 'string' ? term : null, search.group, parts, limit);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw platformException('System.QueryException', error.message.replace(/^query:\d+:\d+ /, ''));
  }
}

platformClass({
  name: 'System.Search',
  statics: {
    'query/1': (text: string | null) => dynamicSearch(text, currentBinds()),
    'query/2': (text: string | null) => dynamicSearch(text, currentBinds()),
  },
});
