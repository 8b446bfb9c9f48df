import type { Migration } from './migration.ts';

/** What was given up since several records might be the row's own waits for one of them to take the row. */
export const severalRecords: Migration = {
  name: '037-several-records',
  up: async (knex) => {
    await knex.raw(`
      DROP INDEX di.delivery_wants_record;
      CREATE INDEX delivery_wants_record ON di.delivery (integration_id, identity_id)
        WHERE state = 'unreached' OR state = 'dead' AND last_code IN (
          'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'INVALID_ID_FIELD', 'merged-with-another-row',
          'several-records')`);
  },
};
