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
      table.index(['table_id', 'deleted_at']);
    });
    // Ends a statement in its middle: what it has written is taken back with it.
    await knex.raw(`
      CREATE FUNCTION di.unless(problem boolean, code text, answer json) RETURNS json LANGUAGE plpgsql AS
        $$ BEGIN IF problem THEN RAISE EXCEPTION 'refused: %', code USING ERRCODE = code; END IF; RETURN answer; END $$`);
  },
};
