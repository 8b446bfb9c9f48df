const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;

/**
 * A list of values as PostgreSQL reads the text of an array (manual, 8.15.6). The driver would do the same, several times
 * slower, and it would be the longest part of a batch's way. JSON differs from it in its brackets, and in what it makes of
 * control characters.
 */
export function arrayLiteral(values: readonly (string | null)[]): string {
  const json = JSON.stringify(values);
  if (!json.includes('\\')) return `{${json.slice(1, -1)}}`;
  const elements = values.map((value) => {
    if (value === null) return 'NULL';
    return `"${SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, '\\$&') : value}"`;
  });
  return `{${elements.join(',')}}`;
}
