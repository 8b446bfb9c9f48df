import { quoteIdentifier } from '../../database/identifiers.ts';
import { sqlType, type Field } from '../../values/field-types.ts';

/** In SQL, the key of a row or record. */
export const tuple = (alias: string, key: readonly Field[]): string =>
  `(${key.map((field) => `${alias}.${quoteIdentifier(field.name)}`).join(', ')})`;

/** Arrays as columns side by side. A list of values in one column comes as text, since arrays of arrays are rectangles. */
export function incoming(fields: readonly Field[], first: number, before: readonly string[]): string {
  const arrays = fields.map((field, index) => `$${first + index}::${elementType(field)}[]`);
  return `unnest(${[...before, ...arrays].join(', ')})`;
}

function elementType(field: Field): string {
  return field.type === 'multipicklist' ? 'text' : sqlType(field);
}

export const names = (fields: readonly Field[]): string[] =>
  fields.map((field) => quoteIdentifier(field.name));

/** A value of the arrays that come, as its column takes it; `i` is the record. */
export function valueOf(field: Field): string {
  const value = `i.${quoteIdentifier(field.name)}`;
  return field.type === 'multipicklist' ? `${value}::text[]` : value;
}
