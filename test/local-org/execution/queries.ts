import { ApexList } from '../values/collections.ts';
import { platformException } from '../values/exception.ts';
import { SourceError, type ApexValue } from '../values/object.ts';
import type { Expression } from '../language/syntax/ast.ts';
import type { SoqlQuery, SoqlValue } from '../language/syntax/query-ast.ts';
import { parseQuery } from '../language/syntax/parse.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { BindResolver } from '../language/runtime/binds.ts';
import { isAggregateQuery } from '../database/soql/aggregate.ts';
import { bindNodes } from '../database/soql/binds.ts';
import { checkQuery } from '../database/soql/check.ts';
import { isSelective } from '../database/soql/candidates.ts';
import {
  QueryRun,
  runCount,
  runQuery,
  type BindValues,
  type QueryEnvironment,
} from '../database/soql/run.ts';
import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { checkQueryAccess } from './permissions.ts';
import { isSharingHeld, sharingFilter } from './sharing.ts';
import { defineAsked } from './definition-queries.ts';
import { current, type Transaction } from './transaction.ts';

/** Runs a query whose names were checked when it was compiled, counting it and its rows. */
export function runStaticQuery(query: SoqlQuery, values: readonly ApexValue[]): ApexList {
  const binds = new Map<SoqlValue, ApexValue>(
    bindNodes(query).map((node, index) => [node, values[index] ?? null]),
  );
  return counted(current(), query, binds);
}

export function runStaticCount(query: SoqlQuery, values: readonly ApexValue[]): number {
  const transaction = current();
  const binds = new Map<SoqlValue, ApexValue>(
    bindNodes(query).map((node, index) => [node, values[index] ?? null]),
  );
  defineAsked(transaction, query, binds);
  transaction.limits.count('queries');
  transaction.limits.count('queryRows');
  refuseUnselective(transaction, query, binds);
  return runCount(environmentFor(transaction, query.access === 'user'), query, binds);
}

/** What a query runs on: where sharing is held against the code that asks, or the user, only records shared with the user. */
function environmentFor(transaction: Transaction, isUserMode: boolean): QueryEnvironment {
  const { org } = transaction;
  let isHeld: boolean | null = isUserMode ? true : null;
  const visible = (object: ObjectSchema): ((row: StoredRecord) => boolean) | null => {
    const filter = sharingFilter(org, object, 'Read', transaction.user);
    return filter !== null && (isHeld ??= isSharingHeld(org)) ? filter : null;
  };
  return { ...org.queryEnvironment(), visible };
}

function counted(
  transaction: Transaction,
  query: SoqlQuery,
  binds: BindValues,
  isUserMode = query.access === 'user',
): ApexList {
  if (query.access === 'user' || query.access === 'securityEnforced') checkQueryAccess(query, query.access);
  defineAsked(transaction, query, binds);
  transaction.limits.count('queries');
  refuseUnselective(transaction, query, binds);
  const use = { aggregated: 0 };
  const records = runQuery(environmentFor(transaction, isUserMode), query, binds, use);
  if (query.forUpdate) refuseHeld(transaction, records);
  // Children of sub-queries are rows too.
  const children = records.reduce(
    (sum, record) =>
      sum + [...record.children.values()].reduce((total, list) => total + list.items.length, 0),
    0,
  );
  // An aggregate is each row that it puts together; counting alone is one row for each group. (Apex Developer Guide.)
  const answered = isAggregateQuery(query) && !onlyCounts(query) ? use.aggregated : records.length;
  transaction.limits.count('queryRows', answered + children);
  const name = isAggregateQuery(query)
    ? 'AggregateResult'
    : (transaction.org.schema.object(query.from)?.name ?? query.from);
  return new ApexList({ kind: 'sobject', name }, records);
}

/** A query given as text, its names checked, and in user mode the user's rights. Throws System.QueryException. */
function checked(transaction: Transaction, text: string, isUserMode: boolean): SoqlQuery {
  const query = parsed(text);
  const problem = checkQuery(query, transaction.org.schema);
  if (problem !== null) throw platformException('System.QueryException', problem);
  if (isUserMode) checkQueryAccess(query, 'user');
  return query;
}

/** Database.query: parsed and checked now, its binds looked up by name. */
export function runDynamicQuery(text: string, resolver: BindResolver | null, isUserMode = false): ApexList {
  const transaction = current();
  const query = checked(transaction, text, isUserMode);
  const binds = new Map<SoqlValue, ApexValue>(
    bindNodes(query).map((node) => [node, boundValue(node.expression, resolver)]),
  );
  if (isPlainCount(query)) {
    transaction.limits.count('queries');
    const count = runCount(environmentFor(transaction, isUserMode), query, binds);
    return new ApexList({ kind: 'sobject', name: query.from }, new Array<ApexValue>(count).fill(null));
  }
  return counted(transaction, query, binds, isUserMode || query.access === 'user');
}

/** Ten seconds after it was asked for a record that another transaction holds. (Apex Developer Guide, Locking Statements.) */
function refuseHeld(transaction: Transaction, records: readonly ApexSObject[]): void {
  if (records.every(({ id }) => !transaction.org.heldByOthers.has(id ?? ''))) return;
  throw platformException(
    'System.QueryException',
    'Record Currently Unavailable: The record you are attempting to edit, or one of its related records, is currently being modified by another user. Please try again.',
  );
}

const onlyCounts = ({ fields }: SoqlQuery): boolean =>
  fields.every((field) => field.kind !== 'function' || field.function.name === 'COUNT');

/** Rows of an object from which on a trigger's query has to have a filter that an index answers. (Help 000386468.) */
const LARGE_OBJECT = 200_000;

/** A trigger asks a large object by index, and for little of it. */
function refuseUnselective(transaction: Transaction, query: SoqlQuery, binds: BindValues): void {
  if (transaction.trigger === null) return;
  const environment = transaction.org.queryEnvironment();
  const object = environment.schema.object(query.from);
  if (!object || environment.store.count(object.name) < LARGE_OBJECT) return;
  if (isSelective(new QueryRun(environment, query, object, binds))) return;
  throw platformException(
    'System.QueryException',
    `Non-selective query against large object type (more than ${LARGE_OBJECT} rows). Consider an indexed filter or contact salesforce.com about custom indexing.`,
  );
}

function isPlainCount({ fields }: SoqlQuery): boolean {
  const [field] = fields;
  return field?.kind === 'function' && field.function.name === 'COUNT' && field.function.argument === null;
}

/** A query of a caller of an API: with the user's rights, outside of Apex's limits. A count has no records. */
export function runApiQuery(text: string): { records: readonly ApexSObject[]; count: number } {
  const transaction = current();
  const query = checked(transaction, text, true);
  const environment = environmentFor(transaction, true);
  const binds: BindValues = new Map();
  for (const node of bindNodes(query)) boundValue(node.expression, null);
  if (isPlainCount(query)) return { records: [], count: runCount(environment, query, binds) };
  const records = runQuery(environment, query, binds);
  return { records, count: records.length };
}

/** Throws what a query of a caller of an API would be refused for, and runs nothing. */
export function checkApiQuery(text: string): SoqlQuery {
  return checked(current(), text, true);
}

const cache = new Map<string, SoqlQuery>();

function parsed(text: string): SoqlQuery {
  const known = cache.get(text);
  if (known) return known;
  try {
    const query = parseQuery(text);
    if (cache.size > 500) cache.clear();
    cache.set(text, query);
    return query;
  } catch (error) {
    if (error instanceof SourceError)
      throw platformException('System.QueryException', error.message.replace(/^query:\d+:\d+ /, ''));
    throw error;
  }
}

/** Only simple names are bound in dynamic SOQL. (SOQL and SOSL Reference, Dynamic SOQL.) */
export function boundValue(expression: Expression, resolver: BindResolver | null): ApexValue {
  const name = expression.kind === 'name' ? expression.name : null;
  const value = name === null ? undefined : resolver?.(name.toLowerCase());
  if (value === undefined)
    throw platformException('System.QueryException', `Variable does not exist: ${name ?? 'expression'}`);
  return value;
}
