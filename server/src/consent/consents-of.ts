import type { Knex } from 'knex';
import { knexSession } from '../database/session.ts';
import type { RecordKey } from '../people/record-identities.ts';
import type { ConsentStatus } from './consent-rules.ts';

/** What one contact said of an opt-in. */
export interface ContactConsent {
  readonly optIn: string;
  readonly name: string;
  readonly isArchived: boolean;
  /** Null: never asked. */
  readonly status: ConsentStatus | null;
  readonly changedAt: string | null;
  readonly pendingUntil: string | null;
}

/** Every opt-in of a project, the oldest first, with what a contact said of it. */
export async function consentsOf(
  knex: Knex,
  projectId: string,
  tableId: string,
  key: RecordKey,
): Promise<ContactConsent[]> {
  const rows = await knexSession(knex).query<{
    code: string;
    name: string;
    is_archived: boolean;
    status: ConsentStatus | null;
    changed_at: Date | null;
    pending_until: Date | null;
  }>(
    `SELECT o.code, o.name, o.archived_at IS NOT NULL AS is_archived, c.status, c.changed_at, c.pending_until
     FROM di.opt_in o
     LEFT JOIN di.record_identity i ON i.table_id = $2::uuid AND i.record_key = $3::jsonb
     LEFT JOIN di.consent c ON c.opt_in_id = o.id AND c.identity_id = i.id
     WHERE o.project_id = $1::uuid ORDER BY o.created_at, o.code`,
    [projectId, tableId, JSON.stringify(key)],
  );
  return rows.map((row) => ({
    optIn: row.code,
    name: row.name,
    isArchived: row.is_archived,
    status: row.status,
    changedAt: row.changed_at?.toISOString() ?? null,
    pendingUntil: row.pending_until?.toISOString() ?? null,
  }));
}
