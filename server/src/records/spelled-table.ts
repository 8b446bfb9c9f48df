import type { BuiltTable } from '../projects/tables.ts';

/** A table whose rows are put into one spelling. */
export interface SpelledTable extends Omit<BuiltTable, 'name'> {
  readonly schemaName: string;
}

/** A row of the table whose values are to be written otherwise, in the order of the columns. */
export interface SpelledRow {
  readonly key: readonly string[];
  readonly values: readonly (string | null)[];
  readonly newKey: readonly string[];
  readonly newValues: readonly (string | null)[];
}
