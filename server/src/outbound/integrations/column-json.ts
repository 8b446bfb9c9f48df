import { quoteIdentifier, quoteLiteral } from '../../database/identifiers.ts';
import type { Field } from '../../values/field-types.ts';

/** Arguments that a function of PostgreSQL takes at most. */
const ARGUMENTS = 100;

/**
 * In SQL, columns of a row as one JSON object. A value is spelled alike in every session, whatever its time zone, so that
 * two objects can be compared.
 *
 * @param row the row's alias
 */
export function columnsAsJson(row: string, fields: readonly Pick<Field, 'name' | 'type'>[]): string {
  const members = fields.map(({ name, type }) => {
    const column = `${row}.${quoteIdentifier(name)}`;
    return [quoteLiteral(name), type === 'timestamp' ? `${column} AT TIME ZONE 'UTC'` : column];
  });
  const objects: string[] = [];
  for (let start = 0; start === 0 || start < members.length; start += ARGUMENTS / 2)
    objects.push(
      `jsonb_build_object(${members
        .slice(start, start + ARGUMENTS / 2)
        .flat()
        .join(', ')})`,
    );
  return objects.length === 1 ? objects.join('') : `(${objects.join(' || ')})`;
}
