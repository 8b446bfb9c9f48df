import type pg from 'pg';
import type { RecordKey } from '../../people/record-identities.ts';
import type { Integration } from '../integrations/integrations.ts';

/** A delivery that is due, with what is known of its record. */
export interface Claim {
  readonly id: number;
  readonly identityId: string;
  readonly recordKey: RecordKey;
  readonly rowChange: 'created' | 'updated' | 'deleted' | null;
  /** What the columns that changed were before, as JSON of the database; null where every column is sent. */
  readonly base: string | null;
  readonly isConsentChanged: boolean;
  /** Ids of the opt-ins that changed since they were last sent; null for every one. */
  readonly changedOptIns: readonly string[] | null;
  /** Of a deleted row: the record it came from. */
  readonly salesforceId: string | null;
  /** The matching value of a creation of which nobody knows what became. */
  readonly triedValue: string | null;
  readonly revision: number;
  readonly attempts: number;
  /** When the row or the consent changed last, as the database writes it. */
  readonly changedAt: string;
  /** Of the change that it comes from, where one was told. */
  readonly traceparent: string | null;
  /** The record that an earlier delivery made or found. */
  readonly linkedId: string | null;
  /** That record was deleted in the org. */
  readonly isLinkGone: boolean;
  /** That record was found just now, for one that is gone: the row does not know of it yet. */
  readonly isLinkNew?: true;
  /** What the project has put into a row that was archived before it was sent: the record it came from, and the columns as JSON. */
  readonly archivedEdit?: { readonly recordId: string; readonly values: string };
}

/** Where a reading of the outbox stands. */
export interface Place {
  readonly dueAt: string;
  readonly id: number;
}

export const START: Place = { dueAt: '-infinity', id: 0 };

interface ClaimRow {
  readonly id: number;
  readonly identity_id: string;
  readonly record_key: RecordKey;
  readonly row_change: Claim['rowChange'];
  readonly base: string | null;
  readonly is_consent_changed: boolean;
  readonly changed_opt_ins: string[] | null;
  readonly salesforce_id: string | null;
  readonly tried_value: string | null;
  readonly revision: number;
  readonly attempts: number;
  readonly due_at: string;
  readonly changed_at: string;
  readonly traceparent: string | null;
  readonly linked_id: string | null;
  readonly is_link_gone: boolean | null;
}

/**
 * Due deliveries in their order, after a place: whatever becomes of one, a reading goes on. They are not marked: whoever
 * sends holds the lease of the connection, and a delivery is done only where it is still the one that was read.
 */
const dueSql = (also: string): string => `
  SELECT d.id, d.identity_id, i.record_key, d.row_change, d.base::text AS base, d.is_consent_changed, d.changed_opt_ins, d.salesforce_id,
    d.tried_value, d.revision, d.attempts, d.due_at::text AS due_at, d.changed_at::text AS changed_at, d.traceparent, l.salesforce_id AS linked_id, l.is_gone AS is_link_gone
  FROM di.delivery d
  JOIN di.record_identity i ON i.id = d.identity_id
  LEFT JOIN di.record_link l ON l.identity_id = d.identity_id AND l.connection_id = d.connection_id AND l.object = $2
  WHERE d.integration_id = $1 AND d.state = 'pending' AND d.due_at <= now() AND (d.due_at, d.id) > ($3::timestamptz, $4) ${also}
  ORDER BY d.due_at, d.id LIMIT $5`;

/** Which of the due deliveries: all, or those with consent, for which there is an index of their own. */
export type DueKind = 'all' | 'consent';
const OF_KIND: Readonly<Record<DueKind, string>> = { all: '', consent: 'AND d.is_consent_changed' };

/** The next due deliveries of an integration, and where to read on. */
export async function dueClaims(
  pool: pg.Pool,
  integration: Integration,
  kind: DueKind,
  after: Place,
  limit: number,
): Promise<{ claims: Claim[]; last: Place }> {
  const { rows } = await pool.query<ClaimRow>(dueSql(OF_KIND[kind]), [
    integration.id,
    integration.object,
    after.dueAt,
    after.id,
    limit,
  ]);
  const last = rows.at(-1);
  return {
    claims: rows.map(claimOf),
    last: last ? { dueAt: last.due_at, id: last.id } : after,
  };
}

/** Deliveries that have been read, as they are now; without those that have come to their end meanwhile. */
export async function readAgain(
  pool: pg.Pool,
  integration: Integration,
  claims: readonly Claim[],
): Promise<Claim[]> {
  const { rows } = await pool.query<ClaimRow>(dueSql('AND d.id = ANY ($6::bigint[])'), [
    ...[integration.id, integration.object, START.dueAt, START.id, claims.length],
    claims.map(({ id }) => id),
  ]);
  return rows.map(claimOf);
}

/** Whether at least so many deliveries are due. */
export async function areDue(
  pool: pg.Pool,
  integrationId: string,
  kind: DueKind,
  least: number,
): Promise<boolean> {
  const found = await pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT FROM di.delivery d WHERE d.integration_id = $1 AND d.state = 'pending' AND d.due_at <= now() ${OF_KIND[kind]}
       LIMIT $2) d`,
    [integrationId, least],
  );
  return (found.rows[0]?.count ?? 0) >= least;
}

function claimOf(row: ClaimRow): Claim {
  return {
    id: row.id,
    identityId: row.identity_id,
    recordKey: row.record_key,
    rowChange: row.row_change,
    base: row.base,
    isConsentChanged: row.is_consent_changed,
    changedOptIns: row.changed_opt_ins,
    salesforceId: row.salesforce_id,
    triedValue: row.tried_value,
    revision: row.revision,
    attempts: row.attempts,
    changedAt: row.changed_at,
    traceparent: row.traceparent,
    linkedId: row.linked_id,
    isLinkGone: row.is_link_gone ?? false,
  };
}
