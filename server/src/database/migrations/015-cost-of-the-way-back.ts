import { COALESCE, TRIGGER_FUNCTION } from './008-capture-consent.ts';
import type { Migration } from './migration.ts';

/**
 * Deliveries are recorded by their ids, which had no index, so that each call's results read the whole outbox. And what an
 * org says of consent is told to that org too, but for the very field that it said it in.
 */
export const costOfTheWayBack: Migration = {
  name: '015-cost-of-the-way-back',
  up: async (knex) => {
    await knex.raw('CREATE UNIQUE INDEX delivery_id ON di.delivery (id)');
    await knex.raw(captureFunction('insert', CHANGED));
    await knex.raw(
      captureFunction('update', `${CHANGED} EXCEPT SELECT opt_in_id, identity_id, status FROM before`),
    );
  },
};

const CHANGED = 'SELECT opt_in_id, identity_id, status FROM changed';

/**
 * Whether a checkbox f of an integration g is the very field in which g's own org said what stands now: the proof of the
 * act that decided. Where every record of an address is written, one of them has said it, and others may not know.
 */
const SAID_IT_ITSELF = `
  g.connection_id::text IS NOT DISTINCT FROM current_setting('di.origin', true)
  AND coalesce(g.matching->>'several', '') <> 'all'
  AND EXISTS (
    SELECT FROM di.consent c JOIN di.consent_event e ON e.id = c.event_id
    WHERE c.opt_in_id = n.opt_in_id AND c.identity_id = n.identity_id
      AND e.actor_kind = 'connection' AND e.actor_id = g.connection_id::text
      AND lower(e.proof->>'object') = lower(g.object) AND lower(e.proof->>'field') = lower(f->>'field'))`;

/** As 008 made it, but for what is kept from the origin. */
function captureFunction(operation: 'insert' | 'update', changes: string): string {
  return `
    CREATE OR REPLACE FUNCTION di.capture_consent_${operation}() ${TRIGGER_FUNCTION} AS $$
    BEGIN
      INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, is_consent_changed, due_at)
      SELECT DISTINCT g.id, g.connection_id, n.identity_id, true, coalesce(g.next_run_at, now())
      FROM (${changes}) n
      CROSS JOIN LATERAL (SELECT p.code FROM di.opt_in p WHERE p.id = n.opt_in_id OFFSET 0) AS o
      CROSS JOIN LATERAL (SELECT r.table_id FROM di.record_identity r WHERE r.id = n.identity_id OFFSET 0) AS i
      JOIN di.integration g ON g.table_id = i.table_id
      WHERE g.status IN ('active', 'paused') AND 'consent' = ANY (g.operations)
        AND EXISTS (
          SELECT FROM jsonb_array_elements(g.opt_in_fields) f
          WHERE (f->>'optIn' IS NULL OR f->>'optIn' = o.code) AND NOT (${SAID_IT_ITSELF}))
      ORDER BY 1, 3 ${COALESCE};
      RETURN NULL;
    END $$`;
}
