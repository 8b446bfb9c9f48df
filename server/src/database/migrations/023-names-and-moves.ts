import { COALESCE } from './019-consent-as-said.ts';
import type { Migration } from './migration.ts';

/** Columns may have any name, and what waits of a row goes along where it takes another key. */
export const namesAndMoves: Migration = {
  name: '023-names-and-moves',
  up: async (knex) => {
    await knex.raw(WHOLE_ROWS);
    await knex.raw(FOLLOW_MERGED);
  },
};

/**
 * Whoever withdrew is noticed with the row that is theirs. `to_jsonb(s)` is that row only as long as no column is called
 * `s`; `s.*` always is.
 */
const WHOLE_ROWS = `
  DO $migration$
  DECLARE
    notice regprocedure;
  BEGIN
    FOREACH notice IN ARRAY ARRAY['di.notice_opt_out_insert()', 'di.notice_opt_out_update()']::regprocedure[] LOOP
      EXECUTE replace(pg_get_functiondef(notice), 'to_jsonb(s) AS stored', 'to_jsonb(s.*) AS stored');
    END LOOP;
  END $migration$`;

/**
 * As 008 made it, but that deliveries go along with the links. What waited under the old key waits under the new one; a
 * deletion that was noted there is none, since the row is there. And the record of a link has an old key: an update,
 * where those are sent.
 */
const FOLLOW_MERGED = `
  CREATE OR REPLACE FUNCTION di.follow_merged_identity() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO di.record_link (identity_id, connection_id, object, salesforce_id, is_gone, linked_at)
    SELECT NEW.merged_into, connection_id, object, salesforce_id, is_gone, linked_at
    FROM di.record_link WHERE identity_id = NEW.id
    ON CONFLICT DO NOTHING;
    DELETE FROM di.record_link l USING di.record_link k
    WHERE l.identity_id = NEW.id AND k.identity_id = NEW.merged_into AND k.connection_id = l.connection_id
      AND k.object = l.object AND k.salesforce_id = l.salesforce_id;
    WITH left_behind AS (
      DELETE FROM di.delivery d WHERE d.identity_id = NEW.id AND NOT EXISTS (
        SELECT FROM di.record_link l WHERE l.identity_id = NEW.id AND l.connection_id = d.connection_id)
      RETURNING d.integration_id, d.connection_id, d.is_consent_changed, d.changed_opt_ins, d.changed_at, d.due_at,
        CASE d.row_change WHEN 'deleted' THEN 'updated' ELSE d.row_change END AS row_change
    ), waiting AS (
      SELECT w.integration_id, w.connection_id, w.row_change, w.is_consent_changed, w.changed_opt_ins, w.changed_at, w.due_at
      FROM left_behind w
      UNION ALL
      SELECT g.id, g.connection_id, 'updated', false, NULL, now(), coalesce(g.next_run_at, now())
      FROM di.record_link l JOIN di.integration g ON g.connection_id = l.connection_id AND lower(g.object) = lower(l.object)
      WHERE l.identity_id = NEW.merged_into AND NOT l.is_gone AND g.table_id = NEW.table_id
        AND g.status IN ('active', 'paused') AND 'updated' = ANY (g.operations)
        AND g.connection_id::text IS DISTINCT FROM current_setting('di.origin', true)
    )
    INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, is_consent_changed, changed_opt_ins, changed_at, due_at)
    SELECT w.integration_id, w.connection_id, NEW.merged_into, min(w.row_change), bool_or(w.is_consent_changed),
      max(w.changed_opt_ins), max(w.changed_at), min(w.due_at)
    FROM waiting w GROUP BY 1, 2 ORDER BY 1 ${COALESCE};
    RETURN NULL;
  END $$`;
