import pg from 'pg';

/** A name as SQL takes it. The one place where identifiers are quoted. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('An identifier holds no NUL character.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table of a project's schema as SQL takes it. */
export function quoteTable(schemaName: string, tableName: string): string {
  return `${quoteIdentifier(schemaName)}.${quoteIdentifier(tableName)}`;
}

/** A value in a statement that defines something, where PostgreSQL takes no bound one. */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) throw new Error('A text holds no NUL character.');
  return pg.escapeLiteral(value);
}

/** A statement without bound values for knex, which takes a question mark for a place to bind. */
export function unbound(statement: string): string {
  return statement.replaceAll('?', '\\?');
}

/** Bytes of a name that PostgreSQL keeps; it cuts what is longer without a word. */
export const MAXIMUM_IDENTIFIER = 63;
