import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import type { Field } from '../values/field-types.ts';

type Column = Pick<Field, 'name' | 'type'>;

/** Arguments that a function of PostgreSQL takes at most. */
const ARGUMENTS = 100;

/**
 * In SQL, columns of a row as one JSON object. A value is spelled alike in every session, whatever its time zone, so that
 * two objects can be compared.
 *
 * @param row the row's alias
 */
export function columnsAsJson(row: string, fields: readonly Column[]): string {
  return jsonObject(fields, ({ name, type }) => {
    const column = `${row}.${quoteIdentifier(name)}`;
    return type === 'timestamp' ? `${column} AT TIME ZONE 'UTC'` : column;
  });
}

/**
 * In SQL, one JSON object of as many columns as a table may have.
 *
 * @param value the expression of a column's value
 */
export function jsonObject<Each extends Column>(
  fields: readonly Each[],
  value: (field: Each) => string,
): string {
  const members = fields.map((field) => `${quoteLiteral(field.name)}, ${value(field)}`);
  const objects: string[] = [];
  for (let start = 0; start === 0 || start < members.length; start += ARGUMENTS / 2)
    objects.push(`jsonb_build_object(${members.slice(start, start + ARGUMENTS / 2).join(', ')})`);
  return objects.length === 1 ? objects.join('') : `(${objects.join(' || ')})`;
}
