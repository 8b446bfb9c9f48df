import type { Session } from '../../database/session.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Batch } from './batch.ts';
import type { ConflictRule, Side } from './merge-field.ts';

/** A column that waits to be sent, and the record that comes. */
export interface Contested {
  readonly place: number;
  readonly is_own: boolean;
  readonly identity_id: string;
  readonly integration_id: string;
  readonly name: string;
  readonly field: string;
  readonly rule: ConflictRule;
  readonly fills: boolean;
  /** Values as JSON of the database. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** The row's value, as PostgreSQL reads it. */
  readonly our_text: string | null;
  readonly is_ours_base: boolean;
  readonly is_theirs_base: boolean;
  readonly is_agreed: boolean;
  readonly is_ours_newer: boolean | null;
  readonly edited_at: string | null;
}

/** One that is decided. */
export interface Decided extends Contested {
  readonly winner: Side;
  readonly isConflict: boolean;
}

/** Begins the statement that keeps conflicts: what follows selects a value for each of these. */
export const INTO_CONFLICTS = `INSERT INTO di.conflict (project_id, table_id, connection_id, object, integration_id, identity_id,
  salesforce_id, column_name, field, base, project_value, salesforce_value, edited_at, source_modstamp, rule, winner)`;

/** Keeps what both sides had changed, and who won. */
export async function keepConflicts(
  session: Session,
  { target, body }: Batch,
  records: MappedRecords,
  decided: readonly Decided[],
): Promise<void> {
  const conflicts = decided.filter(({ isConflict }) => isConflict);
  if (conflicts.length === 0) return;
  const all = <T>(value: (each: Decided) => T): T[] => conflicts.map(value);
  await session.query(
    `${INTO_CONFLICTS}
     SELECT $1, $2, $3, $4, c.* FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::jsonb[],
       $12::jsonb[], $13::timestamptz[], $14::timestamptz[], $15::text[], $16::text[]) AS c`,
    [
      ...[target.projectId, target.tableId, target.connectionId, body.object],
      all((each) => each.integration_id),
      all((each) => each.identity_id),
      all(({ place }) => records.ids[place]),
      all((each) => each.name),
      all((each) => each.field),
      all((each) => each.base),
      all((each) => each.ours),
      all((each) => each.theirs),
      all((each) => each.edited_at),
      all(({ place }) => records.stamps[place]),
      all((each) => each.rule),
      all((each) => each.winner),
    ],
  );
}

/**
 * Tells deliveries what is left of them: what the project has won over is compared with what Salesforce says now, the rest
 * waits no more. An update of which nothing is left has come to its end. A creation stays: its record is there.
 */
export async function settleContested(session: Session, decided: readonly Decided[]): Promise<void> {
  const changed = decided.filter((each) => each.winner === 'salesforce' || !each.is_theirs_base);
  if (changed.length === 0) return;
  await session.query(
    `WITH told AS (
       SELECT c.integration_id, c.identity_id,
         coalesce(array_agg(c.name) FILTER (WHERE c.is_over), '{}') AS over,
         coalesce(jsonb_object_agg(c.name, c.theirs) FILTER (WHERE NOT c.is_over), '{}') AS bases
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::boolean[]) AS c (integration_id, identity_id, name, theirs, is_over)
       GROUP BY 1, 2
     ), held AS (
       SELECT t.integration_id, t.identity_id, d.base - t.over || t.bases AS base
       FROM (SELECT * FROM told ORDER BY 1, 2) t
       CROSS JOIN LATERAL (
         SELECT d.base FROM di.delivery d
         WHERE d.integration_id = t.integration_id AND d.identity_id = t.identity_id AND d.base IS NOT NULL FOR UPDATE) d
     ), ended AS (
       DELETE FROM di.delivery d USING held h
       WHERE d.integration_id = h.integration_id AND d.identity_id = h.identity_id
         AND h.base = '{}' AND d.row_change = 'updated' AND NOT d.is_consent_changed
     )
     UPDATE di.delivery d SET
       row_change = CASE WHEN h.base = '{}' AND d.row_change = 'updated' THEN NULL ELSE d.row_change END,
       base = CASE WHEN h.base = '{}' AND d.row_change = 'updated' THEN NULL ELSE h.base END
     FROM held h
     WHERE d.integration_id = h.integration_id AND d.identity_id = h.identity_id
       AND NOT (h.base = '{}' AND d.row_change = 'updated' AND NOT d.is_consent_changed)`,
    [
      changed.map((each) => each.integration_id),
      changed.map((each) => each.identity_id),
      changed.map((each) => each.name),
      changed.map((each) => each.theirs),
      changed.map((each) => each.winner === 'salesforce'),
    ],
  );
}
