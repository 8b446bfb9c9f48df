/**
 * Whether the database can keep a JSON text: its text has no NUL character and no half of one of two. JSON.stringify writes
 * both, and nothing else of this kind, as an escape; a backslash that is itself escaped begins none.
 */
export function isStorable(json: string): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(json);
}
