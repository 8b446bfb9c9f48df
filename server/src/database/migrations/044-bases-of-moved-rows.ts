import type { Migration } from './migration.ts';

/**
 * What waits of a row that takes another key waits for longer than what the change of the key has just noted: of a column of
 * both the older base counts, and the later moment. It keeps its id, with what a creation was tried with, since it may be on its
 * way: what becomes of it is told by that.
 */
export const basesOfMovedRows: Migration = {
  name: '044-bases-of-moved-rows',
  up: async (knex) => {
    await knex.raw(FOLLOW_MERGED);
  },
};

/** A delivery of the same row under the key that it has left, before the one of the key that it has. */
const COALESCE = `
  ON CONFLICT (integration_id, identity_id) DO UPDATE SET
    row_change = di.coalesced_change(d.row_change, EXCLUDED.row_change),
    base = CASE WHEN waiting.turn = 1
      THEN di.coalesced_base(EXCLUDED.row_change, EXCLUDED.base, d.row_change, d.base)
      ELSE di.coalesced_base(d.row_change, d.base, EXCLUDED.row_change, EXCLUDED.base) END,
    edited_at = CASE WHEN waiting.turn = 1
      THEN coalesce(EXCLUDED.edited_at, '{}') || coalesce(d.edited_at, '{}')
      ELSE coalesce(d.edited_at, '{}') || coalesce(EXCLUDED.edited_at, '{}') END,
    is_consent_changed = d.is_consent_changed OR EXCLUDED.is_consent_changed,
    changed_opt_ins = di.united_opt_ins(d.is_consent_changed, d.changed_opt_ins, EXCLUDED.is_consent_changed, EXCLUDED.changed_opt_ins),
    salesforce_id = coalesce(EXCLUDED.salesforce_id, d.salesforce_id),
    id = CASE WHEN waiting.turn = 1 THEN EXCLUDED.id ELSE d.id END,
    tried_value = coalesce(d.tried_value, EXCLUDED.tried_value),
    revision = greatest(d.revision, EXCLUDED.revision) + 1, state = 'pending', attempts = 0, last_code = NULL, last_message = NULL,
    changed_at = greatest(d.changed_at, EXCLUDED.changed_at),
    due_at = CASE WHEN d.state <> 'pending' THEN EXCLUDED.due_at ELSE least(d.due_at, EXCLUDED.due_at) END`;

/** As 024 made it, but for which base counts. */
const FOLLOW_MERGED = `
  CREATE OR REPLACE FUNCTION di.follow_merged_identity() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    waiting record;
  BEGIN
    INSERT INTO di.record_link (identity_id, connection_id, object, salesforce_id, is_gone, linked_at)
    SELECT NEW.merged_into, connection_id, object, salesforce_id, is_gone, linked_at
    FROM di.record_link WHERE identity_id = NEW.id
    ON CONFLICT DO NOTHING;
    DELETE FROM di.record_link l USING di.record_link k
    WHERE l.identity_id = NEW.id AND k.identity_id = NEW.merged_into AND k.connection_id = l.connection_id
      AND k.object = l.object AND k.salesforce_id = l.salesforce_id;
    FOR waiting IN
      WITH left_behind AS (
        DELETE FROM di.delivery d WHERE d.identity_id = NEW.id AND NOT EXISTS (
          SELECT FROM di.record_link l WHERE l.identity_id = NEW.id AND l.connection_id = d.connection_id)
        RETURNING d.integration_id, d.connection_id, d.is_consent_changed, d.changed_opt_ins, d.changed_at, d.due_at,
          CASE d.row_change WHEN 'deleted' THEN 'updated' ELSE d.row_change END AS row_change,
          CASE d.row_change WHEN 'deleted' THEN '{}' ELSE d.base END AS base,
          d.edited_at, d.id, d.tried_value, d.revision
      )
      SELECT w.*, 1 AS turn FROM left_behind w
      UNION ALL
      SELECT g.id, g.connection_id, false, NULL, now(), coalesce(g.next_run_at, now()), 'updated', key.base, key.edited_at, NULL, NULL, 0, 2
      FROM di.record_link l JOIN di.integration g ON g.connection_id = l.connection_id AND lower(g.object) = lower(l.object)
      CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(k.name, NULL) AS base, jsonb_object_agg(k.name, now()) AS edited_at
        FROM di.record_identity i CROSS JOIN jsonb_object_keys(i.record_key) AS k (name) WHERE i.id = NEW.merged_into) key
      WHERE l.identity_id = NEW.merged_into AND NOT l.is_gone AND g.table_id = NEW.table_id
        AND g.status IN ('active', 'paused') AND 'updated' = ANY (g.operations)
        AND g.connection_id::text IS DISTINCT FROM current_setting('di.origin', true)
      ORDER BY 1, turn
    LOOP
      INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, base, edited_at,
        is_consent_changed, changed_opt_ins, changed_at, due_at, id, tried_value, revision)
      VALUES (waiting.integration_id, waiting.connection_id, NEW.merged_into, waiting.row_change, waiting.base,
        waiting.edited_at, waiting.is_consent_changed, waiting.changed_opt_ins, waiting.changed_at, waiting.due_at,
        coalesce(waiting.id, nextval(pg_get_serial_sequence('di.delivery', 'id'))), waiting.tried_value, waiting.revision + 1)
      ${COALESCE};
    END LOOP;
    RETURN NULL;
  END $$`;
