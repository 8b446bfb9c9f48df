import { z } from 'zod';
import { MAXIMUM_IDENTIFIER } from '../database/identifiers.ts';

/** Columns that PostgreSQL has in every table, beside those that somebody defines. */
const POSTGRES_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/**
 * Whether PostgreSQL would not make a column of the name. In other letters it would: but whoever does not quote it in SQL
 * would read PostgreSQL's.
 */
export function isPostgresColumn(name: string): boolean {
  return POSTGRES_COLUMNS.has(name.toLowerCase());
}

/**
 * What a column may be called: a letter first. Names that begin with an underscore are the server's own: its columns in a
 * project's tables, and every column, alias and variable that stands beside a project's columns in a statement. So the two
 * never meet, whatever a column is called; and a project's columns are always named with the table that they are of.
 */
export const columnName = z
  .string()
  .max(MAXIMUM_IDENTIFIER)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'letters, digits and underscores, a letter first')
  .refine((name) => !isPostgresColumn(name), {
    error: 'is a column that PostgreSQL has in every table already: choose another name',
  });
