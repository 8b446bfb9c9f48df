import type { Migration } from './migration.ts';

/** What was given up since its record was merged into the one of another row waits for a record, too: it may be undeleted. */
export const mergedRecords: Migration = {
  name: '031-merged-records',
  up: async (knex) => {
    await knex.raw(`
      DROP INDEX di.delivery_wants_record;
      CREATE INDEX delivery_wants_record ON di.delivery (integration_id, identity_id)
        WHERE state = 'unreached' OR state = 'dead' AND last_code IN (
          'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'INVALID_ID_FIELD', 'merged-with-another-row')`);
  },
};
