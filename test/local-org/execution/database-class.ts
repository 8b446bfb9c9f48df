import { ApexList, ApexMap } from '../values/collections.ts';
import { platformException, throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { Bean, beanClass, newBean } from '../library/beans.ts';
import { platformClass } from '../library/registry.ts';
import { currentBinds } from '../language/runtime/binds.ts';
import { dmlException, executeDml, recordsOf, type DmlOperation } from './dml.ts';
import { Cursor, QueryLocator } from './query-locators.ts';
import { Result, resultsOf } from './results.ts';
import { executeBatch } from './batches.ts';
import { current } from './transaction.ts';
import { runDynamicQuery } from './queries.ts';

/** Database.DMLOptions and its headers. Of what they ask OptAllOrNone and AllowFieldTruncation mean something here. */
const OPTIONS = 'Database.DMLOptions';
for (const header of ['AssignmentRuleHeader', 'DuplicateRuleHeader', 'EmailHeader'])
  beanClass(`${OPTIONS}.${header}`);
beanClass(OPTIONS, {
  defaults: () => ({
    allowFieldTruncation: false,
    assignmentRuleHeader: newBean(`${OPTIONS}.AssignmentRuleHeader`),
    duplicateRuleHeader: newBean(`${OPTIONS}.DuplicateRuleHeader`),
    emailHeader: newBean(`${OPTIONS}.EmailHeader`),
  }),
});
const isOptions = (value: ApexValue): value is Bean =>
  value instanceof Bean && value.$type.kind === 'platform' && value.$type.name === OPTIONS;

platformClass({
  name: 'System.AccessLevel',
  staticProperties: { USER_MODE: () => access('USER_MODE'), SYSTEM_MODE: () => access('SYSTEM_MODE') },
});

class AccessLevel extends PlatformObject {
  readonly mode: string;
  constructor(mode: string) {
    super('System.AccessLevel');
    this.mode = mode;
  }
}
const levels = new Map(['USER_MODE', 'SYSTEM_MODE'].map((mode) => [mode, new AccessLevel(mode)]));
function access(mode: string): ApexReference {
  return levels.get(mode) ?? throwNull();
}

/** Ids stand for records in Database.delete and undelete. */
function recordsFor(value: ApexValue): ApexSObject[] {
  const items = value instanceof ApexList ? value.items : [value];
  if (!items.some((item) => typeof item === 'string')) return recordsOf(value);
  return items.map((id) => {
    const object = current().org.schema.objectByPrefix(String(id).slice(0, 3));
    if (!object) throw platformException('System.SObjectException', `Invalid id: ${String(id)}`);
    const record = new ApexSObject(object);
    record.put('Id', id);
    return record;
  });
}

/** `Database.insert(records, allOrNone | options, accessLevel)` in every order of arguments that its overloads have. */
function dmlMethod(operation: DmlOperation) {
  return (value: ApexValue, ...rest: ApexValue[]): ApexReference => {
    const flag = rest.find((each) => typeof each === 'boolean');
    const options = rest.find(isOptions);
    const field = rest.find(
      (each) =>
        typeof each === 'object' &&
        each?.$type.kind === 'platform' &&
        each.$type.name === 'Schema.SObjectField',
    );
    const allOrNone = flag ?? options?.get('optAllOrNone') !== false;
    const externalId =
      typeof field === 'object' && field !== null && 'fieldName' in field ? String(field.fieldName) : null;
    const records = recordsFor(value);
    const truncates = options?.get('allowFieldTruncation') === true;
    const asked = { allOrNone, externalId, truncates, isUserMode: rest.some(isUserMode) };
    const rows = executeDml(operation, records, asked);
    if (allOrNone && rows.some((row) => row.errors.length > 0)) throw dmlException(operation, records, rows);
    const results = rows.map((row) => new Result(operation, row));
    return value instanceof ApexList ? resultsOf(results) : (results[0] ?? throwNull());
  };
}

class Savepoint extends PlatformObject {
  readonly point: number;
  constructor(point: number) {
    super('System.Savepoint');
    this.point = point;
  }
}

function mapBinds(map: ApexMap): (name: string) => ApexValue | undefined {
  const values = new Map([...map].map(([key, value]) => [String(key).toLowerCase(), value]));
  return (name) => values.get(name.toLowerCase());
}
const query = (text: string | null, level: ApexValue = null): ApexList =>
  runDynamicQuery(text ?? throwNull(), currentBinds(), isUserMode(level));
const isUserMode = (level: ApexValue): boolean => level instanceof AccessLevel && level.mode === 'USER_MODE';
const methods: Record<string, ReturnType<typeof dmlMethod>> = {};
for (const operation of ['insert', 'update', 'upsert', 'delete', 'undelete'] as const) {
  for (const count of [1, 2, 3, 4]) methods[`${operation}/${count}`] = dmlMethod(operation);
}

platformClass({
  name: 'System.Database',
  statics: {
    ...methods,
    'query/1': query,
    'query/2': query,
    'queryWithBinds/3': (text: string, binds: ApexMap, level: ApexValue) =>
      runDynamicQuery(text, mapBinds(binds), isUserMode(level)),
    'countQuery/1': (text: string) => count(runDynamicQuery(text, currentBinds())),
    'countQuery/2': (text: string, level: ApexValue) =>
      count(runDynamicQuery(text, currentBinds(), isUserMode(level))),
    'countQueryWithBinds/3': (text: string, binds: ApexMap, level: ApexValue) =>
      count(runDynamicQuery(text, mapBinds(binds), isUserMode(level))),
    'getQueryLocator(System.String)': (text: string) => new QueryLocator(text, query(text)),
    'getQueryLocator(System.String,System.AccessLevel)': (text: string, level: ApexValue) =>
      new QueryLocator(text, query(text, level)),
    'getQueryLocator/1': (records: ApexList) => new QueryLocator('', records),
    'getQueryLocatorWithBinds/3': (text: string, binds: ApexMap) =>
      new QueryLocator(text, runDynamicQuery(text, mapBinds(binds))),
    'getCursor/1': (text: string) => new Cursor(query(text)),
    'getCursor/2': (text: string, level: ApexValue) => new Cursor(query(text, level)),
    'getCursorWithBinds/3': (text: string, binds: ApexMap, level: ApexValue) =>
      new Cursor(runDynamicQuery(text, mapBinds(binds), isUserMode(level))),
    'setSavepoint/0': () => {
      current().limits.count('dmlStatements');
      return new Savepoint(current().org.store.savepoint());
    },
    'rollback/1': (savepoint: Savepoint) => {
      current().limits.count('dmlStatements');
      current().org.store.rollback(savepoint.point);
    },
    'releaseSavepoint/1': () => undefined,
    'executeBatch/1': (batch: ApexValue) => executeBatch(batch, 200),
    'executeBatch/2': executeBatch,
    'deleteImmediate/1': dmlMethod('delete'),
    'deleteImmediate/2': dmlMethod('delete'),
    'insertImmediate/1': dmlMethod('insert'),
    'insertImmediate/2': dmlMethod('insert'),
    'updateImmediate/1': dmlMethod('update'),
    'updateImmediate/2': dmlMethod('update'),
    'emptyRecycleBin/1': (value: ApexValue) => {
      const records = recordsFor(value);
      // Counted like a delete. (Apex Reference Guide, Database.emptyRecycleBin.)
      current().limits.count('dmlStatements');
      current().limits.count('dmlRows', records.length);
      for (const record of records) current().org.store.remove(record.schema.name, record.id ?? '');
      return resultsOf(
        records.map(({ id }) => new Result('emptyRecycleBin', { id, created: false, errors: [] })),
      );
    },
  },
});

/** COUNT() by dynamic SOQL comes back as a list of that many marks. */
function count(list: ApexList): number {
  return list.items.length;
}

/** EventBus.publish: a result for one event, a list of them for a list. */
export function publishRecords(event: ApexValue): ApexReference {
  const records = recordsOf(event);
  const results = executeDml('insert', records, { allOrNone: false }).map((row) => new Result('insert', row));
  return event instanceof ApexList ? resultsOf(results) : (results[0] ?? throwNull());
}
platformClass({ name: 'System.EventBus', statics: { 'publish/1': publishRecords } });
