import { RoundingMode } from 'bigdecimal.js';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import { ApexDatetime } from '../values/dates.ts';
import { ApexDecimal } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { Row } from './trigger-run.ts';

/** An empty text is none; addresses are kept in small letters, whatever was typed (Knowledge article 000384328). */
export function asStored({ type, precision, scale, custom }: FieldSchema, value: ApexValue): ApexValue {
  if (value === '') return null;
  // A number has the places of its field.
  if (custom && precision > 0 && value instanceof ApexDecimal && value.big.scale() > scale)
    return new ApexDecimal(value.big.setScale(scale, RoundingMode.HALF_UP));
  if (value instanceof ApexDatetime) return value.stored;
  return type === 'email' && typeof value === 'string' ? value.toLowerCase() : value;
}

/** Text loses the blanks around it, and is null where nothing is left. (Apex Developer Guide, Primitive Data Types, String.) */
export function normalise(record: ApexSObject): void {
  for (const [key, value] of record.values) {
    if (typeof value !== 'string' || record.schema.fields.get(key)?.apexType.kind !== 'primitive') continue;
    const text = value.trim();
    if (text !== value || text === '') record.values.set(key, text === '' ? null : text);
  }
}

/** Cuts texts to what their fields hold. (Apex Reference Guide, Database.DMLOptions.AllowFieldTruncation.) */
export function truncate(record: ApexSObject): void {
  for (const [key, value] of record.values) {
    const field = record.schema.fields.get(key);
    const isText =
      field !== undefined && ['string', 'textarea', 'email', 'phone', 'picklist'].includes(field.type);
    if (isText && typeof value === 'string' && field.length > 0)
      record.values.set(key, value.slice(0, field.length));
  }
}

/** A field that a record can be named by in place of its Id: an external id, a unique one, the name of a profile or role. */
export function isKeyOf(object: string, field: FieldSchema): boolean {
  const isNamed = object === 'Profile' || object === 'UserRole' || object === 'PermissionSet';
  return field.externalId || field.unique || (isNamed && field.name === 'Name');
}

/** Fields of a User that make its update a change of the set-up. */
const SETUP_FIELDS = [
  'userroleid',
  'isactive',
  'forecastenabled',
  'isportalenabled',
  'username',
  'profileid',
];

/** Setup records that may be written beside others: groups that are saved, users whose rights do not change. */
export function mixes(operation: Row['operation'], object: ObjectSchema, rows: readonly Row[]): boolean {
  if (object.name === 'Group') return operation === 'insert' || operation === 'update';
  // A user without a role may be created beside other records.
  if (object.name === 'User' && operation === 'insert')
    return rows.every((row) => (row.record.values.get('userroleid') ?? null) === null);
  return (
    object.name === 'User' &&
    operation === 'update' &&
    rows.every((row) => !SETUP_FIELDS.some((field) => row.record.values.has(field)))
  );
}
