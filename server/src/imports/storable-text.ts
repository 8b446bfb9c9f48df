/** A text as PostgreSQL can store it, in JSON too: it takes neither a NUL nor half a character. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
