import { TRIGGER_FUNCTION } from './008-capture-consent.ts';
import type { Migration } from './migration.ts';

/** What actions are bound to beside events: a contact that comes into being, and one who withdraws consent. */
export const occasions: Migration = {
  name: '014-occasions',
  up: async (knex) => {
    // Whoever notices something notices it of many at once.
    await knex.raw('DROP FUNCTION di.queue_actions(uuid, text, text, text, jsonb)');
    for (const statement of [QUEUE_ACTIONS, ROW_ITEM, ...OPT_OUTS])
      await knex.raw(statement.replaceAll('?', '\\?'));
    // Consent that a file tells of is proven by who started its import.
    await knex.raw('ALTER TABLE di.import ADD COLUMN actor jsonb');
  },
};

/**
 * Queues an item of each happening for each active action of a project that is bound to the occasion. The caller's
 * transaction decides. What came from a connection is not written back to it.
 */
const QUEUE_ACTIONS = `
  CREATE FUNCTION di.queue_actions(project uuid, occurred text, keys text[], persons text[], items jsonb[])
    RETURNS bigint LANGUAGE sql AS $$
      WITH queued AS (
        INSERT INTO di.write_item (queue_id, key, person, occasion, body)
        SELECT a.id, g.key, left(g.person, 500), occurred, g.item
        FROM di.action a
        JOIN di.write_queue q ON q.id = a.id
        CROSS JOIN unnest(keys, persons, items) WITH ORDINALITY AS g (key, person, item, place)
        WHERE a.project_id = project AND a.status = 'active' AND a.archived_at IS NULL
          AND a.definition -> 'trigger' ->> 'on' = occurred
          AND q.connection_id::text IS DISTINCT FROM current_setting('di.origin', true)
          AND coalesce(a.definition -> 'trigger' ->> 'optIn', g.item ->> '_optIn') IS NOT DISTINCT FROM g.item ->> '_optIn'
        ORDER BY g.place
        ON CONFLICT (queue_id, key) DO NOTHING
        RETURNING 1)
      SELECT count(*) FROM queued
    $$`;

/** A row as an item: without the system's columns, and with numbers as texts, so that no decimal passes through a float. */
const ROW_ITEM = `
  CREATE FUNCTION di.row_item(stored jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'number' THEN to_jsonb(value #>> '{}') ELSE value END), '{}')
    FROM jsonb_each(stored) WHERE left(key, 1) <> '_'
  $$`;

const NOW_WITHDRAWN = "SELECT opt_in_id, identity_id FROM changed WHERE status = 'withdrawn'";

/**
 * The triggers that notice who withdrew. The row of the person is read along, from whatever table it is in; somebody
 * without a row is known by the key alone. An item's key is the event of the ledger: one withdrawal is one item.
 */
const OPT_OUTS: readonly string[] = [
  noticeOptOuts('insert', NOW_WITHDRAWN),
  noticeOptOuts(
    'update',
    `${NOW_WITHDRAWN} EXCEPT SELECT opt_in_id, identity_id FROM before WHERE status = 'withdrawn'`,
  ),
  `CREATE TRIGGER di_occasion_insert AFTER INSERT ON di.consent REFERENCING NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION di.notice_opt_out_insert()`,
  `CREATE TRIGGER di_occasion_update AFTER UPDATE ON di.consent REFERENCING OLD TABLE AS before NEW TABLE AS changed
     FOR EACH STATEMENT EXECUTE FUNCTION di.notice_opt_out_update()`,
];

function noticeOptOuts(operation: 'insert' | 'update', withdrawn: string): string {
  return `
    CREATE FUNCTION di.notice_opt_out_${operation}() ${TRIGGER_FUNCTION} AS $$
    DECLARE
      home record;
      keys text[];
      persons text[];
      items jsonb[];
    BEGIN
      FOR home IN
        SELECT DISTINCT t.id, t.project_id, p.schema_name, t.built ->> 'code' AS code, t.built -> 'primaryKey' AS key
        FROM (${withdrawn}) w
        CROSS JOIN LATERAL (SELECT r.table_id FROM di.record_identity r WHERE r.id = w.identity_id OFFSET 0) AS i
        JOIN di.project_table t ON t.id = i.table_id
        JOIN di.project p ON p.id = t.project_id
        WHERE t.built IS NOT NULL AND EXISTS (
          SELECT FROM di.action a WHERE a.project_id = t.project_id AND a.status = 'active' AND a.archived_at IS NULL
            AND a.definition -> 'trigger' ->> 'on' = 'opt-out')
      LOOP
        EXECUTE format(
          $query$
            SELECT array_agg('withdrawn ' || c.event_id ORDER BY c.event_id),
              array_agg(lower(i.record_key::text) ORDER BY c.event_id),
              array_agg(di.row_item(i.record_key || coalesce(r.stored, '{}'))
                || jsonb_build_object('_optIn', o.code, '_occurredAt', c.changed_at, '_source', e.source) ORDER BY c.event_id)
            FROM (${withdrawn}) w
            CROSS JOIN LATERAL (SELECT n.* FROM di.record_identity n WHERE n.id = w.identity_id OFFSET 0) AS i
            JOIN di.consent c ON c.opt_in_id = w.opt_in_id AND c.identity_id = w.identity_id
            JOIN di.consent_event e ON e.id = c.event_id
            JOIN di.opt_in o ON o.id = w.opt_in_id
            LEFT JOIN LATERAL (
              SELECT to_jsonb(s) AS stored FROM jsonb_populate_record(NULL::%1$I.%2$I, i.record_key) k
              JOIN %1$I.%2$I s ON %3$s OFFSET 0) AS r ON true
            WHERE i.table_id = $1
          $query$,
          home.schema_name, home.code,
          (SELECT string_agg(format('s.%1$I = k.%1$I', name), ' AND ') FROM jsonb_array_elements_text(home.key) AS name))
        INTO keys, persons, items USING home.id;
        PERFORM di.queue_actions(home.project_id, 'opt-out', keys, persons, items);
      END LOOP;
      RETURN NULL;
    END $$`;
}
