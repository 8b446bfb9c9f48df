import type { BuiltField } from '../../projects/tables.ts';

/** What is to be noticed of a table's rows for one integration. */
export interface Watch {
  readonly integrationId: string;
  readonly connectionId: string;
  readonly creates: boolean;
  readonly deletes: boolean;
  /** Changes of rows are sent. */
  readonly updates: boolean;
  /** Columns that are written to a record that is there. */
  readonly columns: readonly string[];
  /** Columns by which the records of a person's consent are found; null where consent is not sent. */
  readonly consent: readonly string[] | null;
}

export interface WatchedTable {
  readonly id: string;
  readonly schemaName: string;
  readonly code: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
}
