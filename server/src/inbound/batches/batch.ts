import type { ConsentKeys } from '../../consent/consent-keys.ts';
import type { Lowering } from '../../consent/lowering-rules.ts';
import type { BatchBody } from './batch-body.ts';
import type { Mapping, Rejection } from '../../projects/mapping.ts';
import type { RivalTable } from '../../records/rivals.ts';
import type { TableSql } from './batch-and-rows.sql.ts';
import type { Target } from './target.ts';

/** What became of a batch. Answers of earlier versions, given again, do not count everything. */
export interface BatchAnswer {
  readonly applied: number;
  /** Rows that were just as they came. */
  readonly unchanged: number;
  /** Records that a newer version, or a later delete, had overtaken. */
  readonly stale: number;
  /** Records that are kept, since another record of the same primary key fills the row. */
  readonly rivals?: number;
  /** Records without a primary key. */
  readonly leftOut?: number;
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

/** The table as those see it that decide between its records. */
export function rivalTableOf(target: Target): RivalTable {
  return { ...target, id: target.tableId, code: target.tableCode };
}

/** The table would get its first rivals: that is done by a batch which has the table to itself. */
export class ExclusiveNeeded extends Error {}

/** The transfer or the table is no longer what the statements were made for. */
export class TargetChanged extends Error {}

/** What is done of a batch beyond the usual, once the usual way has failed. */
export interface Care {
  /** Rows of records whose key changed are moved first. */
  readonly moves: boolean;
  /** What comes is merged with changes that wait to be sent: a row with one was met. */
  readonly merges: boolean;
  /** Records that claim one row are decided between. */
  readonly contests: boolean;
  /** The batch has the table to itself. */
  readonly exclusive: boolean;
  /** Rows are written in parts, to find those that the database refuses. */
  readonly parts: boolean;
}
