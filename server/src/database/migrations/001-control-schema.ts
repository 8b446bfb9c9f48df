import type { Knex } from 'knex';
import type { Migration } from './migration.ts';

/** The control schema. No foreign key leaves it: a project's schema may move to another machine. */
export const controlSchema: Migration = {
  name: '001-control-schema',
  up: async (knex) => {
    const id = (table: Knex.CreateTableBuilder): void => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    };
    await knex.schema.withSchema('di').createTable('account', (table) => {
      id(table);
      table.text('name').notNullable().unique();
    });
    await knex.schema.withSchema('di').createTable('project', (table) => {
      id(table);
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.text('code').notNullable();
      table.text('name').notNullable();
      table.text('type').notNullable();
      table.text('schema_name').notNullable().unique();
      table.unique(['account_id', 'code']);
    });
    await knex.schema.withSchema('di').createTable('project_table', (table) => {
      id(table);
      table.uuid('project_id').notNullable().references('id').inTable('di.project');
      table.text('code').notNullable();
      table.text('name').notNullable();
      table.specificType('primary_key', 'text[]').notNullable();
      table.timestamp('built_at', { useTz: true });
      table.unique(['project_id', 'code']);
    });
    await knex.schema.withSchema('di').createTable('table_field', (table) => {
      id(table);
      table.uuid('table_id').notNullable().references('id').inTable('di.project_table');
      table.text('name').notNullable();
      table.text('label').notNullable();
      table.text('type').notNullable();
      table.integer('length');
      table.integer('precision');
      table.integer('scale');
      table.boolean('required').notNullable();
      table.jsonb('picklist');
      table.integer('position').notNullable();
      table.unique(['table_id', 'name']);
    });
    await knex.schema.withSchema('di').createTable('connection', (table) => {
      id(table);
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.uuid('project_id').notNullable().references('id').inTable('di.project');
      table.text('name').notNullable();
      table.text('key_id').notNullable().unique();
      table.specificType('secret_hash', 'bytea').notNullable();
      table.text('status').notNullable().defaultTo('active');
      table.text('organization_id');
      table.jsonb('organization');
      table.timestamp('authorized_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('transfer', (table) => {
      id(table);
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection');
      table.uuid('table_id').notNullable().references('id').inTable('di.project_table');
      table.text('object').notNullable();
      table.text('status').notNullable().defaultTo('draft');
      table.integer('version').notNullable().defaultTo(1);
      table.jsonb('mapping').notNullable();
      table.unique(['connection_id', 'table_id', 'object']);
    });
    await knex.schema.withSchema('di').createTable('batch', (table) => {
      table.uuid('connection_id').notNullable();
      table.text('key').notNullable();
      table.specificType('body_hash', 'bytea').notNullable();
      // json, not jsonb: a replay is answered to the letter as the first time.
      table.json('answer');
      table.timestamp('received_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.primary(['connection_id', 'key']);
    });
    await knex.schema.withSchema('di').createTable('tombstone', (table) => {
      table.uuid('table_id').notNullable();
      table.text('salesforce_id').notNullable();
      table.timestamp('deleted_at', { useTz: true }).notNullable();
      table.primary(['table_id', 'salesforce_id']);
    });
    await knex('di.account').insert({ name: 'default' });
  },
};
