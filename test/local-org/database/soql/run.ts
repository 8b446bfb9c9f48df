import { ApexDate, ApexDatetime, ApexTime } from '../../values/dates.ts';
import { platformException } from '../../values/exception.ts';
import { ApexDecimal, isApexNumber, toBig } from '../../values/numbers.ts';
import type { ApexValue } from '../../values/object.ts';
import { ApexSObject } from '../../values/sobject.ts';
import { ApexList, ApexSet } from '../../values/collections.ts';
import type {
  FieldPath,
  SoqlFunction,
  SoqlOperand,
  SoqlQuery,
  SoqlValue,
} from '../../language/syntax/query-ast.ts';
import type { ObjectSchema, OrgSchema } from '../schema.ts';
import type { RecordStore, StoredRecord } from '../store.ts';
import { aggregateRows, isAggregateQuery } from './aggregate.ts';
import { isPath, resolvePath, withoutAlias } from './check.ts';
import { compareValues } from './compare.ts';
import { candidateRows } from './candidates.ts';
import { matches } from './conditions.ts';
import { datePart } from './dates.ts';
import { selected } from './select.ts';
import { addressOf } from '../addresses.ts';
import { formulaValue } from '../formulas.ts';

/** What a query runs on. */
export interface QueryEnvironment {
  readonly schema: OrgSchema;
  readonly store: RecordStore;
  /** Milliseconds: what TODAY is measured from. */
  readonly now: number;
  /** Milliseconds that the user's time zone is before UTC at a time: days of date literals are the user's. */
  readonly localOffset?: (time: number) => number;
  /** What lets a row of an object through for who asks; null: every row. */
  readonly visible?: (object: ObjectSchema) => ((row: StoredRecord) => boolean) | null;
  /** What `$User.Id` and the like stand for in formulas. */
  readonly global?: (path: readonly string[]) => ApexValue;
}

/** Rows that are sorted whole, whatever is asked for. */
const FEW_ROWS = 2000;

interface KeyedRow {
  readonly row: StoredRecord;
  /** What it is sorted by. */
  readonly keys: readonly ApexValue[];
}

/** A query with the values of its binds, in the order of bindExpressions. */
export class QueryRun {
  readonly environment: QueryEnvironment;
  readonly query: SoqlQuery;
  readonly object: ObjectSchema;
  readonly #binds: BindValues;

  constructor(environment: QueryEnvironment, query: SoqlQuery, object: ObjectSchema, binds: BindValues) {
    this.environment = environment;
    this.query = query;
    this.object = object;
    this.#binds = binds;
  }

  /** The rows that the conditions let through, in order, cut to LIMIT and OFFSET. */
  rows(within?: readonly StoredRecord[]): StoredRecord[] {
    const { query } = this;
    const where = query.where;
    const deleted = query.allRows;
    const rows: StoredRecord[] = [];
    const isVisible = this.environment.visible?.(this.object) ?? null;
    const most = query.orderBy.length > 0 || isAggregateQuery(query) ? Infinity : this.#end;
    for (const row of within ?? candidateRows(this)) {
      if (!deleted && row.get('isdeleted') === true) continue;
      if (isVisible && !isVisible(row)) continue;
      if (where === null || matches(this, where, row)) rows.push(row);
      if (rows.length === most) break;
    }
    return rows;
  }

  /** Sorted and cut: what is left to select from. */
  page(rows: StoredRecord[]): StoredRecord[] {
    const sorted = this.query.orderBy.length > 0 ? this.#sorted(rows) : rows;
    return sorted.slice(this.#offset, this.#end);
  }

  get #offset(): number {
    return this.query.offset ? Number(this.literal(this.query.offset)) : 0;
  }

  /** The row behind the last one that is answered. */
  get #end(): number {
    return this.query.limit ? this.#offset + Number(this.literal(this.query.limit)) : Infinity;
  }

  /** Of many rows of which few are answered, the others are let go of on the way: a queue may hold a million. */
  #sorted(rows: StoredRecord[]): StoredRecord[] {
    const kept = Math.max(this.#end, FEW_ROWS);
    let keyed: KeyedRow[] = [];
    for (const row of rows) {
      keyed.push({ row, keys: this.query.orderBy.map((order) => this.value(row, order.field)) });
      if (keyed.length >= 2 * kept) keyed = this.#ordered(keyed).slice(0, kept);
    }
    return this.#ordered(keyed).map(({ row }) => row);
  }

  #ordered(rows: KeyedRow[]): KeyedRow[] {
    return rows.sort((left, right) => {
      for (const [index, order] of this.query.orderBy.entries()) {
        const difference = compareNulls(
          left.keys[index] ?? null,
          right.keys[index] ?? null,
          order.nullsLast,
          order.descending,
        );
        if (difference !== 0) return difference;
      }
      return 0;
    });
  }

  /** The value of a path or function for a row. */
  value(row: StoredRecord, operand: SoqlOperand): ApexValue {
    if (!isPath(operand)) return this.#functionValue(row, operand);
    return this.pathValue(row, this.object, withoutAlias(this.query, operand));
  }

  pathValue(row: StoredRecord, object: ObjectSchema, path: FieldPath): ApexValue {
    const [first = '', ...rest] = path;
    if (rest.length === 0) return fieldValue(this.environment, object, row, first);
    const parent = parentRow(this.environment, object, row, first);
    if (parent && isTypeName(object, path)) return parent.object.name;
    return parent ? this.pathValue(parent.row, parent.object, rest) : null;
  }

  #functionValue(row: StoredRecord, call: SoqlFunction): ApexValue {
    if (call.argument === null) return null;
    const value = this.value(row, call.argument);
    if (call.name === 'TOLABEL') return this.#label(call.argument, value);
    if (
      call.name === 'CONVERTTIMEZONE' ||
      call.name === 'FORMAT' ||
      call.name === 'CONVERTCURRENCY' ||
      call.name === 'GROUPING'
    )
      return value;
    const time =
      value instanceof ApexDatetime ? value.time : value instanceof ApexDate ? value.days * 86_400_000 : null;
    if (time === null) return null;
    if (call.name === 'DAY_ONLY') return new ApexDatetime(time).date();
    const part = datePart(call.name, time);
    if (part === undefined)
      throw platformException('System.QueryException', `unexpected function ${call.name}`);
    return part;
  }

  /** The label of a picklist's value, of each of several. */
  #label(operand: SoqlOperand, value: ApexValue): ApexValue {
    if (!isPath(operand) || typeof value !== 'string') return value;
    const path = withoutAlias(this.query, operand);
    const picklist = resolvePath(this.environment.schema, this.object, path).field?.picklist ?? [];
    return value
      .split(';')
      .map((each) => picklist.find((known) => known.value === each)?.label ?? each)
      .join(';');
  }

  /** A literal or bind as a value; lists as ApexList. */
  literal(value: SoqlValue): ApexValue {
    switch (value.kind) {
      case 'null':
        return null;
      case 'boolean':
      case 'string':
        return value.value;
      case 'number':
        return ApexDecimal.of(value.value);
      case 'date':
        return new ApexDate(Math.floor(Date.parse(value.value) / 86_400_000));
      case 'datetime':
        return new ApexDatetime(Date.parse(value.value));
      case 'time':
        return new ApexTime(Date.parse(`1970-01-01T${value.value}`));
      case 'bind':
        return bound(this.#binds.get(value) ?? null);
      default:
        return null;
    }
  }

  get binds(): BindValues {
    return this.#binds;
  }
}

/** Numbers of any type compare alike; a record stands for its id. */
function bound(value: ApexValue): ApexValue {
  if (value instanceof ApexSObject) return value.id;
  return isApexNumber(value) ? new ApexDecimal(toBig(value)) : value;
}

/** The values of a query's binds, by the bind. */
export type BindValues = ReadonlyMap<SoqlValue, ApexValue>;

function compareNulls(left: ApexValue, right: ApexValue, nullsLast: boolean, descending: boolean): number {
  if (left === null && right === null) return 0;
  if (left === null) return nullsLast ? 1 : -1;
  if (right === null) return nullsLast ? -1 : 1;
  const difference = compareValues(left, right);
  return descending ? -difference : difference;
}

/** A stored field, or a formula worked out now. */
export function fieldValue(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  name: string,
): ApexValue {
  const key = name.toLowerCase();
  const field = object.fields.get(key);
  if (field?.formula) return formulaValue(environment, object, row, field);
  if (field?.type === 'address') return addressOf(row, key.replace(/address$/, ''));
  // A checkbox is never empty.
  return row.get(key) ?? (field?.type === 'boolean' ? false : null);
}

/** `What.Type`: where a lookup may point at several objects, the name of the one that it does. */
export function isTypeName(object: ObjectSchema, [first = '', second, ...more]: FieldPath): boolean {
  const targets = object.parents.get(first.toLowerCase())?.targets ?? [];
  return targets.length > 1 && second?.toLowerCase() === 'type' && more.length === 0;
}

/** The record a lookup points at, deleted ones too. */
export function parentRow(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  relationship: string,
): { row: StoredRecord; object: ObjectSchema } | undefined {
  const parent = object.parents.get(relationship.toLowerCase());
  const id = parent ? row.get(parent.field.name.toLowerCase()) : null;
  if (!parent || typeof id !== 'string') return undefined;
  const any =
    parent.targets.length > 2
      ? [...environment.schema.objects.values()].find((each) => each.keyPrefix === id.slice(0, 3))
      : undefined;
  for (const target of any ? [any.name] : parent.targets) {
    const found = environment.store.get(target, id);
    const targetObject = environment.schema.object(target);
    if (found && targetObject) return { row: found, object: targetObject };
  }
  return undefined;
}

/** What a query takes of the limit for rows, beside the records that it answers. */
export interface QueryUse {
  /** Rows that were put together into what is answered. */
  aggregated: number;
}

/** Runs a query. Records come with what was selected and nothing else. */
export function runQuery(
  environment: QueryEnvironment,
  query: SoqlQuery,
  binds: BindValues,
  use: QueryUse = { aggregated: 0 },
): ApexSObject[] {
  const object = environment.schema.object(query.from);
  if (!object)
    throw platformException('System.QueryException', `sObject type '${query.from}' is not supported.`);
  const run = new QueryRun(environment, query, object, binds);
  if (isAggregateQuery(query)) {
    const rows = run.rows();
    use.aggregated = rows.length;
    return aggregateRows(run, rows);
  }
  return run.page(run.rows()).map((row) => selected(run, row));
}

/** `SELECT COUNT()`. */
export function runCount(environment: QueryEnvironment, query: SoqlQuery, binds: BindValues): number {
  const object = environment.schema.object(query.from);
  if (!object)
    throw platformException('System.QueryException', `sObject type '${query.from}' is not supported.`);
  const run = new QueryRun(environment, query, object, binds);
  return run.page(run.rows()).length;
}

/** What IN compares with: the items of a collection, or the one value. */
export function itemsOf(value: ApexValue): ApexValue[] {
  return value instanceof ApexList || value instanceof ApexSet ? [...value].map(bound) : [bound(value)];
}
