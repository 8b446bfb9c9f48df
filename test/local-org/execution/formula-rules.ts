import { evaluateFormula, formulaValue, type FormulaSubject } from '../database/formulas.ts';
import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { hasCustomPermission } from '../standard-data.ts';
import { Unsupported } from '../values/unsupported.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject, coerce } from '../values/sobject.ts';
import { settingRecord } from '../database/settings.ts';
import type { RowError } from './dml.ts';
import type { Transaction } from './transaction.ts';

/** `$User.Id`, `$Permission.X`, `$Setup.X__c.Y__c` … of the transaction that runs. */
export function globalValue(transaction: Transaction, path: readonly string[]): ApexValue {
  const { org, user } = transaction;
  const [root = '', first = '', second = ''] = path;
  const stored = (object: string, id: string, field: string): ApexValue =>
    org.store.get(object, id)?.get(field.toLowerCase()) ?? null;
  switch (root.toLowerCase()) {
    case '$user':
      return stored('User', user.id, first);
    case '$profile':
      return stored('Profile', user.profileId, first);
    case '$organization':
      return stored('Organization', org.organization.id, first);
    case '$permission':
      return hasCustomPermission(org, user.id, first);
    case '$label':
      return org.schema.label(first) ?? null;
    case '$setup': {
      const record = settingRecord(first, 'getinstance', []);
      return record instanceof ApexSObject ? (record.values.get(second.toLowerCase()) ?? null) : null;
    }
    default:
      throw new Unsupported('formula', 1, 1, `${root} in formulas`);
  }
}

function subject(
  transaction: Transaction,
  object: ObjectSchema,
  row: StoredRecord,
  before: StoredRecord | null,
): FormulaSubject {
  return {
    environment: transaction.org.queryEnvironment(),
    object,
    row,
    before,
    global: (path) => globalValue(transaction, path),
  };
}

/** The validation rules that refuse a record as it would be stored. */
export function brokenRules(
  transaction: Transaction,
  object: ObjectSchema,
  record: ApexSObject,
  before: StoredRecord | null,
): RowError[] {
  const rules = transaction.org.schema.validationRules(object.name);
  if (rules.length === 0) return [];
  const row = new Map([...(before ?? []), ...record.values]);
  return rules
    .filter((rule) => evaluateFormula(rule.condition, subject(transaction, object, row, before)) === true)
    .map((rule) => ({
      statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: rule.message,
      fields: rule.field === null ? [] : [rule.field],
    }));
}

/** Defaults that are formulas, for fields that a new record was given no value for. */
export function defaultsByFormula(transaction: Transaction, object: ObjectSchema, record: ApexSObject): void {
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    if (field.defaultFormula === null || record.values.has(key)) continue;
    const value = evaluateFormula(field.defaultFormula, subject(transaction, object, record.values, null));
    if (value !== null) record.values.set(key, coerce(field, value));
  }
}

/** Formula fields as a trigger sees them on a record. */
export function withFormulas(transaction: Transaction, record: ApexSObject): ApexSObject {
  for (const field of record.schema.fields.values()) {
    if (field.formula === null) continue;
    const environment = transaction.org.queryEnvironment();
    record.values.set(
      field.name.toLowerCase(),
      formulaValue(environment, record.schema, record.values, field),
    );
  }
  return record;
}
