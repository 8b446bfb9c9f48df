import type { ConsentKeys } from '../../consent/consent-keys.ts';
import type { Lowering } from '../../consent/lowering-rules.ts';
import type { BatchBody } from './batch-body.ts';
import type { Mapping, Rejection } from '../../projects/mapping.ts';
import type { TableSql } from './table.sql.ts';
import type { Target } from './target.ts';

/** What became of a batch. */
export interface BatchAnswer {
  readonly applied: number;
  /** Rows that were just as they came. */
  readonly unchanged: number;
  /** Records that a newer version, or a later delete, had overtaken. */
  readonly stale: number;
  readonly archived: number;
  readonly deleted: number;
  readonly rejected: readonly Rejection[];
}

export interface Batch {
  readonly target: Target;
  readonly mapping: Mapping;
  readonly sql: TableSql;
  /** What of the records withdraws consent; null where nothing does. */
  readonly lowering: Lowering | null;
  readonly consentKeys: ConsentKeys;
  readonly organizationId: string;
  readonly idempotencyKey: string;
  /** The body as it came, for telling a replay from a changed one. */
  readonly rawBody: Buffer;
  readonly body: BatchBody;
  /**
   * Of records that were read for what waits to be sent to them: rows with changes that wait are merged at once.
   * `isOwnWrite` says whether what a record has for a column is what the org has just made of DI's own write.
   */
  readonly edits?: { readonly isOwnWrite: (recordId: string, column: string) => boolean };
}

/** The transfer or the table is no longer what the statements were made for. */
export class TargetChanged extends Error {}

/** What is done of a batch beyond the usual, once the usual way has failed. */
export interface Care {
  /** Rows of records whose key changed are moved first. */
  readonly moves: boolean;
  /** What comes is merged with changes that wait to be sent: a row with one was met. */
  readonly merges: boolean;
  /** Rows are written in parts, to find those that the database refuses. */
  readonly parts: boolean;
}
