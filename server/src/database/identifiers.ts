/** A name as SQL takes it. The one place where identifiers are quoted. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('An identifier holds no NUL character.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Bytes of a name that PostgreSQL keeps; it cuts what is longer without a word. */
export const MAXIMUM_IDENTIFIER = 63;
