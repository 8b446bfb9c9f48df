import type { Migration } from './migration.ts';

/** Who a row is, for what outlives the row or its key: consent, links, the record made of it in an org. */
export const recordIdentities: Migration = {
  name: '005-record-identities',
  up: async (knex) => {
    await knex.schema.withSchema('di').createTable('record_identity', (table) => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.uuid('table_id').notNullable().references('id').inTable('di.project_table');
      // The values of the primary key by column, as to_jsonb writes them.
      table.jsonb('record_key').notNullable();
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.unique(['table_id', 'record_key']);
    });
  },
};
