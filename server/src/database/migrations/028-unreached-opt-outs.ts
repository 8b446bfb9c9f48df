import type { Migration } from './migration.ts';

/** Deliveries that wait for a record of Salesforce: opt-outs that reached nobody, and what was given up since its record is gone. */
export const unreachedOptOuts: Migration = {
  name: '028-unreached-opt-outs',
  up: async (knex) => {
    await knex.raw(`
      CREATE INDEX delivery_wants_record ON di.delivery (integration_id, identity_id)
        WHERE state = 'unreached' OR state = 'dead' AND last_code IN ('ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'INVALID_ID_FIELD')`);
  },
};
