import { ApexList, ApexSet } from '../../values/collections.ts';
import { ApexDate, ApexDatetime } from '../../values/dates.ts';
import { platformException } from '../../values/exception.ts';
import type { ApexValue } from '../../values/object.ts';
import type { SoqlCondition, SoqlOperand, SoqlValue } from '../../language/syntax/query-ast.ts';
import type { StoredRecord } from '../store.ts';
import { indexKey } from '../store.ts';
import { isPath, resolvePath, withoutAlias } from './check.ts';
import { compareValues, sameValue } from './compare.ts';
import { periodOf } from './dates.ts';
import { itemsOf, QueryRun } from './run.ts';

type Comparison = Extract<SoqlCondition, { kind: 'compare' }>;

/** Whether a row satisfies a condition. */
export function matches(run: QueryRun, condition: SoqlCondition, row: StoredRecord): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => matches(run, part, row));
    case 'or':
      return condition.parts.some((part) => matches(run, part, row));
    case 'not':
      return !matches(run, condition.part, row);
    case 'compare':
      return compareWith(run, condition, run.value(row, condition.field));
  }
}

/** One comparison, for a value already found: WHERE asks for a row's, HAVING for a group's. */
export function compareWith(run: QueryRun, condition: Comparison, value: ApexValue): boolean {
  const { operator } = condition;
  if (condition.value.kind === 'dateFormula') return comparePeriod(run, condition, value, condition.value);
  if (operator === 'IN') return isAmong(run, condition, value);
  if (operator === 'NOT IN') return !isAmong(run, condition, value);
  if (operator === 'INCLUDES' || operator === 'EXCLUDES')
    return includes(run, condition, value) === (operator === 'INCLUDES');
  const other = run.literal(condition.value);
  // A collection bound to = or != is asked for as by IN and NOT IN, one bound to LIKE as any of its patterns.
  if (other instanceof ApexList || other instanceof ApexSet) {
    if (operator === '=') return isAmong(run, condition, value);
    if (operator === '!=') return !isAmong(run, condition, value);
    if (operator === 'LIKE')
      return value !== null && [...other].some((pattern) => like(String(value), String(pattern)));
  }
  const isReference = isIdField(run, condition.field);
  if (operator === '=') return sameValue(emptyAsNull(value), emptyAsNull(other), isReference);
  if (operator === '!=') return !sameValue(emptyAsNull(value), emptyAsNull(other), isReference);
  if (value === null || other === null) return false;
  if (operator === 'LIKE') return like(String(value), String(other));
  const difference = compareValues(value, other);
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

/** An empty text is stored as null, and asked for as either. */
function emptyAsNull(value: ApexValue): ApexValue {
  return value === '' ? null : value;
}

function isIdField(run: QueryRun, operand: SoqlOperand): boolean {
  if (!isPath(operand)) return false;
  const type = resolvePath(run.environment.schema, run.object, withoutAlias(run.query, operand)).field?.type;
  return type === 'id' || type === 'reference';
}

const sets = new WeakMap<QueryRun, Map<Comparison, ReadonlySet<string>>>();

/** The values of an IN, worked out once a run. */
function isAmong(run: QueryRun, condition: Comparison, value: ApexValue): boolean {
  let byCondition = sets.get(run);
  if (!byCondition) sets.set(run, (byCondition = new Map<Comparison, ReadonlySet<string>>()));
  let keys = byCondition.get(condition);
  if (!keys) {
    keys = new Set(inValues(run, condition.value).map((each) => indexKey(normalised(each))));
    byCondition.set(condition, keys);
  }
  return keys.has(indexKey(normalised(value)));
}

function normalised(value: ApexValue): ApexValue {
  return value === '' ? null : value;
}

/** The values on the right of IN. */
export function inValues(run: QueryRun, value: SoqlValue): ApexValue[] {
  if (value.kind === 'list')
    return value.values.flatMap((each) =>
      each.kind === 'bind' ? itemsOf(run.literal(each)) : [run.literal(each)],
    );
  if (value.kind === 'query') return subQueryValues(run, value.query);
  return itemsOf(run.literal(value));
}

function subQueryValues(run: QueryRun, query: Extract<SoqlValue, { kind: 'query' }>['query']): ApexValue[] {
  const object = run.environment.schema.object(query.from);
  const [field] = query.fields;
  if (!object || field?.kind !== 'path')
    throw platformException('System.QueryException', 'A sub-query of IN selects one field');
  const inner = new QueryRun(run.environment, query, object, run.binds);
  return inner
    .page(inner.rows())
    .map((row) => inner.value(row, field.path))
    .filter((value) => value !== null);
}

/** `INCLUDES ('A;B', 'C')`: A and B, or C. */
function includes(run: QueryRun, condition: Comparison, value: ApexValue): boolean {
  const chosen = new Set(typeof value === 'string' ? value.split(';').map((each) => each.toLowerCase()) : []);
  return inValues(run, condition.value).some((each) =>
    String(each)
      .split(';')
      .every((part) => chosen.has(part.trim().toLowerCase())),
  );
}

/** LIKE: `%` any text, `_` one character, a backslash takes their meaning away; case does not count. */
function like(value: string, pattern: string): boolean {
  let expression = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    if (character === '\\') expression += escaped(pattern[++index] ?? '');
    else if (character === '%') expression += '[^]*';
    else if (character === '_') expression += '[^]';
    else expression += escaped(character);
  }
  return new RegExp(`^${expression}$`, 'iu').test(value);
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function comparePeriod(
  run: QueryRun,
  condition: Comparison,
  value: ApexValue,
  literal: Extract<SoqlValue, { kind: 'dateFormula' }>,
): boolean {
  const { now, localOffset = () => 0 } = run.environment;
  const period = periodOf(literal.name, literal.count, now + localOffset(now));
  if (!period) throw platformException('System.QueryException', `unexpected token: ${literal.name}`);
  const time =
    value instanceof ApexDatetime
      ? value.time + localOffset(value.time)
      : value instanceof ApexDate
        ? value.days * 86_400_000
        : null;
  if (time === null) return condition.operator === '!=';
  switch (condition.operator) {
    case '=':
      return time >= period.from && time < period.to;
    case '!=':
      return time < period.from || time >= period.to;
    case '<':
      return time < period.from;
    case '<=':
      return time < period.to;
    case '>':
      return time >= period.to;
    case '>=':
      return time >= period.from;
    default:
      throw platformException('System.QueryException', `invalid operator ${condition.operator} on a date`);
  }
}
