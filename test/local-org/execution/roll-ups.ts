import { compareValues } from '../database/soql/compare.ts';
import type { FieldSchema, ObjectSchema, RollUpSchema } from '../database/schema.ts';
import { fieldValue } from '../database/soql/run.ts';
import { fieldText } from '../database/field-text.ts';
import type { StoredRecord } from '../database/store.ts';
import { apexEquals } from '../values/equality.ts';
import { ApexDecimal, isApexNumber, toBig } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { coerce } from '../values/sobject.ts';
import type { LocalOrg } from '../org.ts';
import { opportunityAmounts } from './line-items.ts';

/** A master whose roll-up summaries have changed with its children. */
export interface RolledUp {
  readonly object: ObjectSchema;
  readonly id: string;
  readonly values: ReadonlyMap<string, ApexValue>;
}

/** What the masters of these children, before and after a change, have to be given. */
export function rollUps(
  org: LocalOrg,
  child: ObjectSchema,
  rows: readonly (StoredRecord | null | undefined)[],
): RolledUp[] {
  if (child.name === 'OpportunityLineItem') return opportunityAmounts(org, rows);
  const changed: RolledUp[] = [];
  for (const field of child.fields.values()) {
    if (!field.masterDetail) continue;
    const [target = ''] = field.referenceTo;
    const master = org.schema.object(target);
    const wanted = org.schema.rollUps(target).filter((each) => isOf(each, child, field));
    if (!master || wanted.length === 0) continue;
    const ids = new Set(rows.map((row) => row?.get(field.name.toLowerCase())));
    for (const id of ids) {
      const stored = typeof id === 'string' ? org.store.get(master.name, id) : undefined;
      if (typeof id !== 'string' || !stored) continue;
      const values = new Map<string, ApexValue>();
      for (const rollUp of wanted) {
        const key = rollUp.field.toLowerCase();
        const value = summary(org, master, rollUp, child, id);
        if (!apexEquals(stored.get(key) ?? null, value)) values.set(key, value);
      }
      if (values.size > 0) changed.push({ object: master, id, values });
    }
  }
  return changed;
}

const isOf = (rollUp: RollUpSchema, child: ObjectSchema, field: FieldSchema): boolean =>
  rollUp.childObject.toLowerCase() === child.name.toLowerCase() &&
  rollUp.foreignKey.toLowerCase() === field.name.toLowerCase();

function summary(
  org: LocalOrg,
  master: ObjectSchema,
  rollUp: RollUpSchema,
  child: ObjectSchema,
  id: string,
): ApexValue {
  const rows = org.store
    .findBy(child.name, rollUp.foreignKey, id)
    .filter(
      (row) => row.get('isdeleted') !== true && rollUp.filters.every((filter) => passes(child, row, filter)),
    );
  const field = master.fields.get(rollUp.field.toLowerCase());
  if (rollUp.operation === 'count') return ApexDecimal.of(rows.length);
  const values = rows
    .map((row) => fieldValue(org.queryEnvironment(), child, row, rollUp.summarized ?? ''))
    .filter((value) => value !== null);
  if (rollUp.operation === 'sum')
    return new ApexDecimal(values.filter(isApexNumber).reduce((sum, each) => sum.add(toBig(each)), toBig(0)));
  const sign = rollUp.operation === 'min' ? 1 : -1;
  const best = values.reduce<ApexValue>(
    (found, value) => (found === null || compareValues(value, found) * sign < 0 ? value : found),
    null,
  );
  return field ? coerce(field, best) : best;
}

function passes(child: ObjectSchema, row: StoredRecord, filter: RollUpSchema['filters'][number]): boolean {
  const field = child.fields.get(filter.field.toLowerCase());
  if (!field) return false;
  const value = row.get(field.name.toLowerCase()) ?? null;
  const texts = filter.value.split(',').map((each) => each.trim());
  const wanted = texts.map((each) => (each === '' ? null : fieldText(field, each)));
  const equals = wanted.some(
    (each) => each === value || (each !== null && value !== null && same(value, each)),
  );
  const [first = null] = wanted;
  const difference = value === null || first === null ? null : compareValues(value, first);
  switch (filter.operation) {
    case 'equals':
      return equals;
    case 'notEqual':
      return !equals;
    case 'lessThan':
      return difference !== null && difference < 0;
    case 'greaterThan':
      return difference !== null && difference > 0;
    case 'lessOrEqual':
      return difference !== null && difference <= 0;
    case 'greaterOrEqual':
      return difference !== null && difference >= 0;
    case 'contains':
      return texts.some((each) => String(value).toLowerCase().includes(each.toLowerCase()));
    case 'startsWith':
      return texts.some((each) => String(value).toLowerCase().startsWith(each.toLowerCase()));
    case 'notContain':
      return !texts.some((each) => String(value).toLowerCase().includes(each.toLowerCase()));
    default:
      return false;
  }
}

const same = (left: ApexValue, right: ApexValue): boolean =>
  typeof left === 'string' && typeof right === 'string'
    ? left.toLowerCase() === right.toLowerCase()
    : apexEquals(left, right);
