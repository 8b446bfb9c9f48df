const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;
/** What JSON writes of control characters: an array would take the letter for the character. */
const ESCAPED_CONTROL = /\\[bfnrtu]/;

/**
 * A list of values as PostgreSQL reads the text of an array (manual, 8.15.6). The driver would do the same, several times
 * slower, and it would be the longest part of a batch's way. JSON differs from it in its brackets, and in what it makes of
 * control characters.
 */
export function arrayLiteral(values: readonly (string | null)[]): string {
  const json = JSON.stringify(values);
  if (!ESCAPED_CONTROL.test(json)) return `{${json.slice(1, -1)}}`;
  const elements = values.map((value) => {
    if (value === null) return 'NULL';
    return `"${SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, '\\$&') : value}"`;
  });
  return `{${elements.join(',')}}`;
}
