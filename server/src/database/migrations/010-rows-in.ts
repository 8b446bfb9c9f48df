import type { Migration } from './migration.ts';

/** Rows from outside: writes that are known by their Idempotency-Key, and imports with their files. */
export const rowsIn: Migration = {
  name: '010-rows-in',
  up: async (knex) => {
    await knex.schema.withSchema('di').createTable('row_write', (table) => {
      table.uuid('table_id').notNullable();
      table.text('key').notNullable();
      table.specificType('request_hash', 'bytea').notNullable();
      // json, not jsonb: a repeated request is answered to the letter as the first time.
      table.json('answer');
      table.timestamp('received_at', { useTz: true }).notNullable().defaultTo(knex.fn.now()).index();
      table.primary(['table_id', 'key']);
    });
    await knex.schema.withSchema('di').createTable('import', (table) => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.uuid('project_id').notNullable().references('id').inTable('di.project');
      table.text('name').notNullable();
      // A table of the project, or an object of the org of a connection.
      table.uuid('table_id').references('id').inTable('di.project_table');
      table.uuid('connection_id').references('id').inTable('di.connection');
      table.text('object');
      table.text('status').notNullable();
      table.text('message');
      table.bigInteger('bytes').notNullable().defaultTo(0);
      // What was found in the file, and what was chosen.
      table.jsonb('found');
      table.jsonb('settings');
      // What the org said of the object when the file came.
      table.jsonb('described');
      // Which run the counts and rejects are of: each check and each start is a new one.
      table.integer('run').notNullable().defaultTo(0);
      table.boolean('is_dry_run').notNullable().defaultTo(false);
      // Where the next portion begins: bytes of the file's text in UTF-8, and the line.
      table.bigInteger('position').notNullable().defaultTo(0);
      table.bigInteger('line').notNullable().defaultTo(0);
      table.jsonb('counts').notNullable().defaultTo('{}');
      // A portion that a job of the org is at: written down before the job may begin.
      table.jsonb('job');
      table.timestamp('started_at', { useTz: true });
      table.timestamp('finished_at', { useTz: true });
      table.double('seconds').notNullable().defaultTo(0);
      table.uuid('lease');
      table.timestamp('leased_until', { useTz: true });
      table.timestamp('served_at', { useTz: true });
      table.index(['account_id', 'created_at']);
    });
    await knex.raw(
      "CREATE INDEX import_due ON di.import (served_at NULLS FIRST) WHERE status IN ('checking', 'running')",
    );
    await knex.schema.withSchema('di').createTable('import_chunk', (table) => {
      table.uuid('import_id').notNullable().references('id').inTable('di.import').onDelete('CASCADE');
      table.bigInteger('start').notNullable();
      table.specificType('bytes', 'bytea').notNullable();
      table.primary(['import_id', 'start']);
    });
    // Read once or twice, whole: compressing it costs more than it saves.
    await knex.raw('ALTER TABLE di.import_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL');
    await knex.schema.withSchema('di').createTable('import_result', (table) => {
      table.uuid('import_id').notNullable().references('id').inTable('di.import').onDelete('CASCADE');
      table.bigInteger('line').notNullable();
      // Null where a record was saved: of an org's records every result is kept.
      table.text('code');
      table.text('column_name');
      table.text('message');
      table.text('salesforce_id');
      table.boolean('is_created');
      table.jsonb('cells').notNullable();
      table.primary(['import_id', 'line']);
    });
  },
};
