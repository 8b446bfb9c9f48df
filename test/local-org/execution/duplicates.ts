import { indexKey, type RecordStore } from '../database/store.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RowError } from './dml.ts';

/** Records of an object that agree in all fields are duplicates; empty values agree with nothing. */
export interface Likeness {
  readonly object: string;
  readonly fields: readonly string[];
}

export const DUPLICATES_DETECTED: RowError = {
  statusCode: 'DUPLICATES_DETECTED',
  message: 'Use one of these records?',
  fields: [],
};

/** Whether the org has another record that a rule takes for the same. */
export function hasDuplicate(store: RecordStore, rule: Likeness, record: ApexSObject): boolean {
  if (rule.object.toLowerCase() !== record.schema.name.toLowerCase()) return false;
  const keys = rule.fields.map((field) => field.toLowerCase());
  const [first = ''] = keys;
  if (keys.some((key) => (record.values.get(key) ?? null) === null)) return false;
  return store
    .findBy(record.schema.name, first, record.values.get(first) ?? null)
    .some(
      (row) =>
        row.get('isdeleted') !== true &&
        row.get('id') !== record.id &&
        keys.every((key) => indexKey(row.get(key) ?? null) === indexKey(record.values.get(key) ?? null)),
    );
}
