/**
 * What the triggers do where a record already waits in the outbox: one delivery stands for all its changes, and a dead one
 * lives again, since another value may be taken.
 */
export const COALESCE = `
  ON CONFLICT (integration_id, identity_id) DO UPDATE SET
    row_change = di.coalesced_change(d.row_change, EXCLUDED.row_change),
    is_consent_changed = d.is_consent_changed OR EXCLUDED.is_consent_changed,
    salesforce_id = coalesce(EXCLUDED.salesforce_id, d.salesforce_id),
    revision = d.revision + 1, state = 'pending', attempts = 0, last_code = NULL, last_message = NULL,
    changed_at = EXCLUDED.changed_at,
    due_at = CASE WHEN d.state = 'dead' THEN EXCLUDED.due_at ELSE least(d.due_at, EXCLUDED.due_at) END`;

/**
 * How functions of triggers run: as their owner, with names that nobody can stand in for, and by index, whatever a young
 * table's statistics say.
 */
export const TRIGGER_FUNCTION = `RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off`;

const CHANGED = 'SELECT opt_in_id, identity_id, status FROM changed';

/**
 * The triggers that note changed consent for the integrations it matters to. The OFFSETs keep the planner from beginning
 * with all identities of a table.
 */
export function captureConsentSql(): readonly string[] {
  return [
    captureFunction('insert', CHANGED),
    captureFunction('update', `${CHANGED} EXCEPT SELECT opt_in_id, identity_id, status FROM before`),
    `CREATE TRIGGER di_deliver_insert AFTER INSERT ON di.consent REFERENCING NEW TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION di.capture_consent_insert()`,
    `CREATE TRIGGER di_deliver_update AFTER UPDATE ON di.consent REFERENCING OLD TABLE AS before NEW TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION di.capture_consent_update()`,
  ];
}

function captureFunction(operation: 'insert' | 'update', changes: string): string {
  return `
    CREATE FUNCTION di.capture_consent_${operation}() ${TRIGGER_FUNCTION} AS $$
    BEGIN
      INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, is_consent_changed, due_at)
      SELECT DISTINCT g.id, g.connection_id, n.identity_id, true, coalesce(g.next_run_at, now())
      FROM (${changes}) n
      CROSS JOIN LATERAL (SELECT p.code FROM di.opt_in p WHERE p.id = n.opt_in_id OFFSET 0) AS o
      CROSS JOIN LATERAL (SELECT r.table_id FROM di.record_identity r WHERE r.id = n.identity_id OFFSET 0) AS i
      JOIN di.integration g ON g.table_id = i.table_id
      WHERE g.status IN ('active', 'paused') AND 'consent' = ANY (g.operations)
        AND g.connection_id::text IS DISTINCT FROM current_setting('di.origin', true)
        AND EXISTS (
          SELECT FROM jsonb_array_elements(g.opt_in_fields) f
          WHERE f->>'optIn' IS NULL OR f->>'optIn' = o.code)
      ORDER BY 1, 3 ${COALESCE};
      RETURN NULL;
    END $$`;
}
