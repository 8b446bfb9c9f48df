import type { Migration } from './migration.ts';

/** A batch's record says which table it was for and which records it carried: the history of a row is found by it. */
export const batchHistory: Migration = {
  name: '004-batch-history',
  up: async (knex) => {
    await knex.schema.withSchema('di').alterTable('batch', (table) => {
      table.uuid('table_id');
      table.text('object');
      table.specificType('upserted_ids', 'text[]');
      table.specificType('archived_ids', 'text[]');
      table.specificType('deleted_ids', 'text[]');
      table.index(['table_id', 'received_at']);
      table.index(['received_at']);
    });
    await knex.schema.withSchema('di').alterTable('tombstone', (table) => {
      table.index(['deleted_at']);
    });
  },
};
