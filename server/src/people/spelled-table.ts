import type { BuiltField } from '../projects/tables.ts';

/** A table whose rows are put into one spelling. */
export interface SpelledTable {
  readonly id: string;
  readonly schemaName: string;
  readonly code: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
}

/** A row of the table whose values are to be written otherwise, in the order of the columns. */
export interface SpelledRow {
  readonly key: readonly string[];
  readonly values: readonly (string | null)[];
  readonly newKey: readonly string[];
  readonly newValues: readonly (string | null)[];
}
