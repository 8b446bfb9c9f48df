import type { Migration } from './migration.ts';

/**
 * A table's definition and what was built of it part ways: definitions may change at any time, batches are written by what
 * was built.
 */
export const tableDefinitions: Migration = {
  name: '003-table-definitions',
  up: async (knex) => {
    await knex.schema.withSchema('di').alterTable('project', (table) => {
      table.timestamp('archived_at', { useTz: true });
    });
    await knex.schema.withSchema('di').alterTable('project_table', (table) => {
      table.timestamp('archived_at', { useTz: true });
      table.integer('version').notNullable().defaultTo(1);
      table.jsonb('built');
    });
    await knex.schema.withSchema('di').alterTable('table_field', (table) => {
      table.boolean('is_unique').notNullable().defaultTo(false);
      table.jsonb('default_value');
      table.jsonb('reference');
      table.timestamp('archived_at', { useTz: true });
    });
    await knex.raw(`
      UPDATE di.project_table t SET built = jsonb_build_object('code', t.code, 'primaryKey', to_jsonb(t.primary_key),
        'fields', (SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'label', f.label, 'type', f.type, 'length', f.length,
          'precision', f.precision, 'scale', f.scale, 'required', f.required, 'unique', false, 'default', NULL, 'reference', NULL,
          'picklist', f.picklist) ORDER BY f.position) FROM di.table_field f WHERE f.table_id = t.id))
      WHERE t.built_at IS NOT NULL`);
    await knex.schema.withSchema('di').createTable('object_description', (table) => {
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection').onDelete('CASCADE');
      // In lower case, as Salesforce compares names.
      table.text('object').notNullable();
      table.jsonb('fields').notNullable();
      table.timestamp('described_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.primary(['connection_id', 'object']);
    });
  },
};
