import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import { lookup, Refusal } from '../values/check-value.ts';
import { sqlType } from '../values/field-types.ts';
import { indexedBytes } from '../projects/index-limits.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import { givenValue } from './given-value.ts';
import type { RecordKey } from './record-identities.ts';

/** The fields of a table's primary key, in its order. */
export function keyFields(table: Pick<BuiltTable, 'primaryKey' | 'fields'>): readonly BuiltField[] {
  return table.primaryKey.map((name) => {
    const field = table.fields.find((each) => each.name === name);
    if (!field) throw new Error(`The key column ${name} was not built.`);
    return field;
  });
}

/** Reads a key that somebody gives, by column, and writes it as the table would. Answers a Refusal that says what is wrong. */
export function readKey(
  fields: readonly BuiltField[],
  given: Readonly<Record<string, unknown>>,
): RecordKey | Refusal {
  const names = fields.map((field) => field.name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    return new Refusal('invalid-key', `${unknown} is not of the primary key, which is ${names.join(', ')}.`);
  const key: Record<string, unknown> = {};
  for (const field of fields) {
    const coerce = lookup(field, indexedBytes({ primaryKey: names, fields }, field));
    const value = coerce(givenValue(given, field.name));
    if (value instanceof Refusal) return value;
    if (value === null) return new Refusal('required', `${field.name} is required.`);
    key[field.name] = keyValue(field, value);
  }
  return key;
}

/** A coerced value as a key has it: whole numbers that a float would make others of are text, here and in keyObject. */
export function keyValue(field: Pick<BuiltField, 'type'>, value: string): unknown {
  return field.type === 'integer' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/**
 * A key in SQL, as di.record_identity has it.
 * @param value the expression of a field's value
 */
export function keyObject<Column extends Pick<BuiltField, 'name' | 'type'>>(
  fields: readonly Column[],
  value: (field: Column, index: number) => string,
): string {
  const members = fields.map(
    (field, index) => `${quoteLiteral(field.name)}, ${inKey(field, value(field, index))}`,
  );
  return `jsonb_build_object(${members.join(', ')})`;
}

function inKey({ type }: Pick<BuiltField, 'type'>, value: string): string {
  if (type !== 'integer') return value;
  const most = String(Number.MAX_SAFE_INTEGER);
  return `CASE WHEN ${value} BETWEEN -${most} AND ${most} THEN to_jsonb(${value}) ELSE to_jsonb(${value}::text) END`;
}

/** In SQL, whether a row has a key given as jsonb. */
export function hasKey(fields: readonly BuiltField[], row: string, key: string): string {
  return fields
    .map(
      (field) =>
        `${row}.${quoteIdentifier(field.name)} = (${key}->>${quoteLiteral(field.name)})::${sqlType(field)}`,
    )
    .join(' AND ');
}
