import type { Migration } from './migration.ts';

/**
 * Addresses and ids are stored in one spelling. What tables hold from before is put right when the server starts, table by
 * table; rows that turn out to be the same one stay as they are, and are listed.
 */
export const oneSpelling: Migration = {
  name: '021-one-spelling',
  up: async (knex) => {
    await knex.schema.withSchema('di').alterTable('project_table', (table) => {
      table.boolean('is_normalized').notNullable().defaultTo(true);
    });
    await knex.raw('UPDATE di.project_table SET is_normalized = false WHERE built IS NOT NULL');
    await knex.schema.withSchema('di').createTable('duplicate_row', (table) => {
      table.bigIncrements('id');
      table
        .uuid('table_id')
        .notNullable()
        .references('id')
        .inTable('di.project_table')
        .onDelete('CASCADE')
        .index();
      // The unique field whose value another row has; null where it is the primary key.
      table.uuid('field_id');
      // The row that was left as it is, and the key that it would have, or that the other row has.
      table.jsonb('record_key').notNullable();
      table.jsonb('normal_key').notNullable();
      table.timestamp('found_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.index(['table_id', 'record_key']);
      table.index(['table_id', 'normal_key']);
    });
  },
};
