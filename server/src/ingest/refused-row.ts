import { sqlState } from '../database/sql-state.ts';
import type { BuiltField } from '../projects/tables.ts';

/** Why the database did not take a row. */
export interface RefusedRow {
  readonly code: 'not-unique' | 'not-stored';
  /** The unique field whose value another row has. */
  readonly field: BuiltField | null;
  readonly message: string;
}

/** Reads an error of class 22 or 23 that one row has caused. */
export function refusedRow(fields: readonly BuiltField[], error: unknown): RefusedRow {
  if (sqlState(error) !== '23505')
    return { code: 'not-stored', field: null, message: 'The database did not take a value of this record.' };
  // The index of a unique field is named by the field's id.
  const index = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
  const field = fields.find((each) => index === `unique_${each.id}`) ?? null;
  return {
    code: 'not-unique',
    field,
    message: `Another row has this record’s ${field?.name ?? 'value of a unique field'}.`,
  };
}
