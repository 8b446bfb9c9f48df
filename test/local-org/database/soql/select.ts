import type { FieldPath, SoqlField, SoqlFunction, SoqlQuery } from '../../language/syntax/query-ast.ts';
import { ApexList } from '../../values/collections.ts';
import { platformException } from '../../values/exception.ts';
import { ApexSObject } from '../../values/sobject.ts';
import type { ObjectSchema } from '../schema.ts';
import type { StoredRecord } from '../store.ts';
import { childName, isPath, withoutAlias } from './check.ts';
import { fieldValue, isTypeName, parentRow, QueryRun, type QueryEnvironment } from './run.ts';

/** A row as a record with what was selected and nothing else. */
export function selected(run: QueryRun, row: StoredRecord): ApexSObject {
  const record = new ApexSObject(run.object);
  record.isQueried = true;
  record.values.set('id', row.get('id') ?? null);
  for (const field of run.query.fields) select(run, row, record, field);
  return record;
}

function select(run: QueryRun, row: StoredRecord, record: ApexSObject, field: SoqlField): void {
  const { environment, object } = run;
  if (field.kind === 'path')
    selectPath(environment, object, row, record, withoutAlias(run.query, field.path));
  else if (field.kind === 'query')
    record.children.set(childName(field.query).toLowerCase(), childRecords(run, row, field.query));
  else if (field.kind === 'function') selectFunction(run, row, record, field.function, field.alias);
  else selectTypeOf(environment, object, row, record, field);
}

function selectPath(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  record: ApexSObject,
  path: FieldPath,
): void {
  const [first = '', ...rest] = path;
  const key = first.toLowerCase();
  if (rest.length === 0) {
    record.values.set(key, fieldValue(environment, object, row, key));
    return;
  }
  const parent = parentRow(environment, object, row, first);
  // The key of a parent of which something is asked for comes with it.
  const lookup = object.parents.get(key)?.field.name.toLowerCase();
  if (lookup !== undefined) record.values.set(lookup, row.get(lookup) ?? null);
  if (!parent) {
    record.parents.set(key, null);
    return;
  }
  let related = record.parents.get(key);
  if (!related) {
    related = new ApexSObject(parent.object);
    related.isQueried = true;
    related.values.set('id', parent.row.get('id') ?? null);
    record.parents.set(key, related);
  }
  if (isTypeName(object, path)) related.values.set('type', parent.object.name);
  else selectPath(environment, parent.object, parent.row, related, rest);
}

function selectFunction(
  run: QueryRun,
  row: StoredRecord,
  record: ApexSObject,
  call: SoqlFunction,
  alias: string | null,
): void {
  if (call.name === 'FIELDS') {
    const which = isPath(call.argument ?? []) ? (call.argument as FieldPath)[0] : 'ALL';
    for (const field of run.object.fields.values()) {
      if (which === 'ALL' || (which === 'CUSTOM') === field.custom)
        selectPath(run.environment, run.object, row, record, [field.name]);
    }
    return;
  }
  const name =
    alias ?? (call.argument !== null && isPath(call.argument) ? call.argument.at(-1) : null) ?? call.name;
  record.values.set(name.toLowerCase(), run.value(row, call));
}

function selectTypeOf(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  record: ApexSObject,
  field: Extract<SoqlField, { kind: 'typeof' }>,
): void {
  const [relationship = ''] = field.path;
  const parent = parentRow(environment, object, row, relationship);
  const fields =
    field.whens.find((when) => when.type.toLowerCase() === parent?.object.name.toLowerCase())?.fields ??
    field.otherwise;
  if (!parent) record.parents.set(relationship.toLowerCase(), null);
  for (const path of fields) selectPath(environment, object, row, record, [relationship, ...path]);
}

function childRecords(run: QueryRun, row: StoredRecord, query: SoqlQuery): ApexList {
  const relationship = run.object.children.get(childName(query).toLowerCase());
  const child = relationship ? run.environment.schema.object(relationship.childObject) : undefined;
  if (!relationship || !child)
    throw platformException(
      'System.QueryException',
      `Didn't understand relationship '${query.from}' in FROM part of query call.`,
    );
  const inner = new QueryRun(run.environment, query, child, run.binds);
  const rows = run.environment.store.findBy(child.name, relationship.field, row.get('id') ?? null);
  const records = inner.page(inner.rows(rows)).map((each) => selected(inner, each));
  return new ApexList({ kind: 'sobject', name: child.name }, records);
}
