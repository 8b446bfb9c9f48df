import type { ApexValue } from '../values/object.ts';
import type { ApexSObject } from '../values/sobject.ts';
import { ApexBlob } from '../values/dates.ts';
import { ApexDecimal } from '../values/numbers.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import type { LocalOrg } from '../org.ts';
import type { RowError } from './dml.ts';
import { DUPLICATES_DETECTED, hasDuplicate } from './duplicates.ts';

/** What the platform checks between before and after triggers: required, length, format, picklist, lookups, uniqueness. */
export function validate(
  org: LocalOrg,
  operation: string,
  object: ObjectSchema,
  record: ApexSObject,
  before: StoredRecord | null,
): RowError[] {
  if (operation === 'delete' || operation === 'undelete') return [];
  const errors: RowError[] = [];
  const missing = missingFields(operation, object, record);
  if (missing.length > 0)
    errors.push({
      statusCode: 'REQUIRED_FIELD_MISSING',
      message: `Required fields are missing: [${missing.join(', ')}]`,
      fields: missing,
    });
  for (const [key, value] of record.values) {
    const field = object.fields.get(key);
    if (value === null && field?.type === 'boolean' && field.createable)
      errors.push({
        statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD',
        message: `${field.label}: value not of required type: `,
        fields: [field.name],
      });
    if (!field || value === null || value === before?.get(key)) continue;
    const error = checkValue(org, field, value) ?? checkUnique(org, object, field, record, value);
    if (error) errors.push({ ...error, fields: [field.name] });
  }
  if (org.duplicateRules.some((rule) => hasDuplicate(org.store, rule, record)))
    errors.push(DUPLICATES_DETECTED);
  return errors;
}

function missingFields(operation: string, object: ObjectSchema, record: ApexSObject): string[] {
  const missing: string[] = [];
  for (const field of object.fields.values()) {
    if (field.nillable || !field.createable || field.type === 'boolean' || field.name === 'OwnerId') continue;
    const value = record.values.get(field.name.toLowerCase());
    const isEmpty =
      value === null ||
      (typeof value === 'string' && value.trim() === '') ||
      (value instanceof ApexBlob && value.bytes.length === 0);
    const hasDefault = field.defaultValue !== null && field.defaultValue !== undefined;
    if (isEmpty || (value === undefined && operation === 'insert' && !hasDefault)) missing.push(field.name);
  }
  return missing;
}

type Problem = Omit<RowError, 'fields'>;

function checkValue(org: LocalOrg, field: FieldSchema, value: ApexValue): Problem | null {
  if (typeof value === 'string') return checkText(org, field, value);
  if (value instanceof ApexDecimal && field.precision > 0) {
    const whole = value.big.abs().toPlainString().split('.')[0] ?? '';
    if (whole.replace(/^0+/, '').length > field.precision - field.scale)
      return {
        statusCode: 'NUMBER_OUTSIDE_VALID_RANGE',
        message: `${field.label}: value outside of valid range on numeric field: ${value.toString()}`,
      };
  }
  return null;
}

function checkText(org: LocalOrg, field: FieldSchema, value: string): Problem | null {
  if (field.type === 'reference') return checkReference(org, field, value);
  if (field.length > 0 && value.length > field.length && field.type !== 'id') {
    return {
      statusCode: 'STRING_TOO_LONG',
      message: `${field.label}: data value too large: ${value.slice(0, 255)} (max length=${field.length})`,
    };
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    return {
      statusCode: 'INVALID_EMAIL_ADDRESS',
      message: `${field.label}: invalid email address: ${value}`,
    };
  if (
    field.type === 'picklist' &&
    field.restrictedPicklist &&
    !field.picklist.some((each) => each.value.toLowerCase() === value.toLowerCase())
  ) {
    return {
      statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      message: `${field.label}: bad value for restricted picklist field: ${value}`,
    };
  }
  return null;
}

function checkReference(org: LocalOrg, field: FieldSchema, value: string): Problem | null {
  if (field.referenceTo.length === 0) return null;
  // A lookup of many targets takes records of custom objects too.
  const any = field.referenceTo.length > 2 ? org.schema.objectByPrefix(value.slice(0, 3)) : undefined;
  const targets = any ? [any.name] : field.referenceTo;
  const found = targets.map((target) => org.store.get(target, value)).find(Boolean);
  if (!found) return { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id' };
  return found.get('isdeleted') === true
    ? { statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }
    : null;
}

function checkUnique(
  org: LocalOrg,
  object: ObjectSchema,
  field: FieldSchema,
  record: ApexSObject,
  value: ApexValue,
): Problem | null {
  if (!field.unique) return null;
  const other = org.store
    .findBy(object.name, field.name, value)
    .find(
      (each) =>
        each.get('isdeleted') !== true &&
        each.get('id') !== record.id &&
        (!field.caseSensitive || each.get(field.name.toLowerCase()) === value),
    );
  if (!other) return null;
  return {
    statusCode: 'DUPLICATE_VALUE',
    message: `duplicate value found: ${field.name} duplicates value on record with id: ${String(other.get('id')).slice(0, 15)}`,
  };
}
