/** Whether PostgreSQL keeps a text as it is: it takes neither a NUL nor half a character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Whether PostgreSQL keeps a JSON text: JSON.stringify writes NUL and halves of characters, and nothing else of this kind,
 * as escapes; a backslash that is itself escaped begins none.
 */
export function isStorableJson(json: string): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(json);
}

/** A text as PostgreSQL can store it, in JSON too. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
