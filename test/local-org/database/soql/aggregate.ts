import { ApexDecimal, divideDecimals, isApexNumber, toBig } from '../../values/numbers.ts';
import type { ApexValue } from '../../values/object.ts';
import { ApexSObject } from '../../values/sobject.ts';
import { KnownInstances, valueKey } from '../../values/equality.ts';
import type {
  SoqlCondition,
  SoqlField,
  SoqlFunction,
  SoqlOperand,
  SoqlQuery,
} from '../../language/syntax/query-ast.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import { PLAIN_FIELD, type FieldSchema, type ObjectSchema } from '../schema.ts';
import type { StoredRecord } from '../store.ts';
import { isPath } from './check.ts';
import { compareValues } from './compare.ts';
import { compareWith } from './conditions.ts';
import type { QueryRun } from './run.ts';

const AGGREGATES = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);

export function isAggregateQuery(query: SoqlQuery): boolean {
  return (
    query.groupBy !== null ||
    query.fields.some((field) => field.kind === 'function' && AGGREGATES.has(field.function.name))
  );
}

interface Group {
  readonly rows: StoredRecord[];
  /** Fields that a subtotal goes over: null in its row. */
  readonly rolledUp: ReadonlySet<string>;
}

/** Rows of an aggregate query: records of AggregateResult with the selected names and expr0, expr1 … */
export function aggregateRows(run: QueryRun, rows: readonly StoredRecord[]): ApexSObject[] {
  const { groupBy } = run.query;
  const having = groupBy?.having ?? null;
  const groups = grouped(run, rows).filter((group) => having === null || holds(run, having, group));
  const names = selectedNames(run.query.fields);
  const schema = resultSchema(names);
  const results = groups.map((group) => {
    const record = new ApexSObject(schema);
    run.query.fields.forEach((field, index) => {
      if (field.kind === 'path' || field.kind === 'function')
        record.values.set((names[index] ?? '').toLowerCase(), fieldOf(run, group, field));
    });
    return { group, record };
  });
  return ordered(run, results).map((each) => each.record);
}

/** What stands for a grouped field, however it is written. */
const nameOf = (operand: SoqlOperand): string => JSON.stringify(operand).toLowerCase();

/** The fields each kind of group is made by: ROLLUP leaves the last ones out one by one, CUBE every choice of them. */
function groupings(run: QueryRun): (readonly SoqlOperand[])[] {
  const fields = run.query.groupBy?.fields ?? [];
  switch (run.query.groupBy?.kind) {
    case 'rollup':
      return [...fields.keys(), fields.length].reverse().map((size) => fields.slice(0, size));
    case 'cube':
      return Array.from({ length: 2 ** fields.length }, (_, choice) =>
        fields.filter((_field, index) => (choice & (1 << index)) === 0),
      );
    default:
      return [fields];
  }
}

function grouped(run: QueryRun, rows: readonly StoredRecord[]): Group[] {
  const all = run.query.groupBy?.fields ?? [];
  // Without GROUP BY everything is one group, even where there is nothing.
  if (all.length === 0) return [{ rows: [...rows], rolledUp: new Set() }];
  return groupings(run).flatMap((fields) => {
    const rolledUp = new Set(all.filter((field) => !fields.includes(field)).map(nameOf));
    const groups = new Map<string, Group>();
    for (const row of rows) {
      const key = fields
        .map((field) => run.value(row, field))
        .map((each) =>
          typeof each === 'string' ? each.toLowerCase() : String(valueKey(each, new KnownInstances())),
        )
        .join('\u0001');
      const group = groups.get(key);
      if (group) group.rows.push(row);
      else groups.set(key, { rows: [row], rolledUp });
    }
    return [...groups.values()];
  });
}

function fieldOf(
  run: QueryRun,
  group: Group,
  field: Extract<SoqlField, { kind: 'path' | 'function' }>,
): ApexValue {
  return operandOf(run, group, field.kind === 'path' ? field.path : field.function);
}

function operandOf(run: QueryRun, group: Group, operand: SoqlOperand): ApexValue {
  if (!isPath(operand) && AGGREGATES.has(operand.name)) return aggregate(run, group.rows, operand);
  if (group.rolledUp.has(nameOf(operand))) return null;
  const [first] = group.rows;
  return first ? run.value(first, operand) : null;
}

function aggregate(run: QueryRun, rows: readonly StoredRecord[], call: SoqlFunction): ApexValue {
  const { argument } = call;
  if (argument === null) return rows.length;
  const values = rows.map((row) => run.value(row, argument)).filter((value) => value !== null);
  switch (call.name) {
    case 'COUNT':
      return values.length;
    case 'COUNT_DISTINCT':
      return new Set(
        values.map((value) =>
          typeof value === 'string' ? value.toLowerCase() : valueKey(value, new KnownInstances()),
        ),
      ).size;
    case 'MIN':
      return values.reduce<ApexValue>(
        (best, value) => (best === null || compareValues(value, best) < 0 ? value : best),
        null,
      );
    case 'MAX':
      return values.reduce<ApexValue>(
        (best, value) => (best === null || compareValues(value, best) > 0 ? value : best),
        null,
      );
    default:
      return sumOrAverage(values, call.name === 'AVG');
  }
}

function sumOrAverage(values: readonly ApexValue[], isAverage: boolean): ApexValue {
  const numbers = values.filter(isApexNumber);
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((total, each) => total.add(toBig(each)), toBig(0));
  return new ApexDecimal(isAverage ? divideDecimals(sum, toBig(numbers.length)) : sum);
}

function holds(run: QueryRun, condition: SoqlCondition, group: Group): boolean {
  if (condition.kind === 'and') return condition.parts.every((part) => holds(run, part, group));
  if (condition.kind === 'or') return condition.parts.some((part) => holds(run, part, group));
  if (condition.kind === 'not') return !holds(run, condition.part, group);
  return compareWith(run, condition, operandOf(run, group, condition.field));
}

/** An alias, else the field's last name, else expr0, expr1 … */
function selectedNames(fields: readonly SoqlField[]): string[] {
  let expressions = 0;
  return fields.map((field) => {
    if (field.kind === 'path') return field.alias ?? field.path.at(-1) ?? '';
    if (field.kind === 'function') return field.alias ?? `expr${expressions++}`;
    return '';
  });
}

function resultSchema(names: readonly string[]): ObjectSchema {
  const fields = new Map<string, FieldSchema>(names.map((name) => [name.toLowerCase(), resultField(name)]));
  return {
    name: 'AggregateResult',
    label: 'Aggregate',
    pluralLabel: 'Aggregates',
    keyPrefix: '',
    kind: 'standard',
    settingType: null,
    publishBehavior: null,
    fields,
    parents: new Map(),
    children: new Map(),
  };
}

function resultField(name: string): FieldSchema {
  const apexType: TypeRef = { kind: 'primitive', name: 'Object' };
  return {
    ...PLAIN_FIELD,
    name,
    label: name,
    type: 'anytype',
    apexType,
    length: 0,
    createable: false,
    updateable: false,
  };
}

function ordered(
  run: QueryRun,
  results: { group: Group; record: ApexSObject }[],
): { group: Group; record: ApexSObject }[] {
  const { orderBy, limit, offset } = run.query;
  results.sort((left, right) => {
    for (const order of orderBy) {
      const valueOf = (each: { group: Group; record: ApexSObject }): ApexValue => {
        const alias = isPath(order.field)
          ? each.record.values.get((order.field.at(-1) ?? '').toLowerCase())
          : undefined;
        return alias ?? operandOf(run, each.group, order.field);
      };
      const a = valueOf(left);
      const b = valueOf(right);
      const difference =
        a === null || b === null ? Number(b === null) - Number(a === null) : compareValues(a, b);
      if (difference !== 0) return order.descending ? -difference : difference;
    }
    return 0;
  });
  const start = offset ? Number(run.literal(offset)) : 0;
  return results.slice(start, limit ? start + Number(run.literal(limit)) : undefined);
}
