import { captureConsentSql } from './008-capture-consent.ts';
import type { Migration } from './migration.ts';

/** The way to Salesforce: integrations, the outbox that triggers fill, links to records, and the state of each connection's drain. */
export const deliveries: Migration = {
  name: '008-deliveries',
  up: async (knex) => {
    await knex.schema.withSchema('di').createTable('integration', (table) => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection');
      table.uuid('table_id').notNullable().references('id').inTable('di.project_table').index();
      table.text('name').notNullable();
      table.text('object').notNullable();
      table.text('status').notNullable().defaultTo('draft');
      table.integer('version').notNullable().defaultTo(1);
      table.specificType('operations', 'text[]').notNullable();
      table.jsonb('mapping').notNullable();
      table.jsonb('opt_in_fields').notNullable();
      table.jsonb('matching').notNullable();
      table.jsonb('settings').notNullable();
      table.timestamp('stopped_at', { useTz: true });
      table.text('stopped_code');
      table.text('stopped_message');
      // Of a schedule; null where changes may be sent at once.
      table.timestamp('next_run_at', { useTz: true });
      table.timestamp('waits_until', { useTz: true });
      table.text('waits_message');
      table.timestamp('last_success_at', { useTz: true });
      table.bigInteger('api_calls').notNullable().defaultTo(0);
      table.index(['connection_id', 'status']);
    });
    await knex.schema.withSchema('di').createTable('delivery', (table) => {
      table.bigIncrements('id', { primaryKey: false }).unique();
      table
        .uuid('integration_id')
        .notNullable()
        .references('id')
        .inTable('di.integration')
        .onDelete('CASCADE');
      table.uuid('connection_id').notNullable();
      table
        .uuid('identity_id')
        .notNullable()
        .references('id')
        .inTable('di.record_identity')
        .onDelete('CASCADE');
      table.text('row_change');
      table.boolean('is_consent_changed').notNullable().defaultTo(false);
      // What the row of a deletion was in Salesforce: the row itself is gone.
      table.text('salesforce_id');
      // What a creation was sent with, before it is known what became of it.
      table.text('tried_value');
      // Moves with every change, so that what changes while it is being sent is sent again.
      table.bigInteger('revision').notNullable().defaultTo(1);
      table.text('state').notNullable().defaultTo('pending');
      table.integer('attempts').notNullable().defaultTo(0);
      table.text('last_code');
      table.text('last_message');
      table.timestamp('changed_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.timestamp('due_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      // One of a record: changes of it meet here, whatever became of the last one.
      table.primary(['integration_id', 'identity_id']);
      table.index(['identity_id']);
    });
    await knex.raw(
      "CREATE INDEX delivery_due ON di.delivery (integration_id, due_at, id) WHERE state = 'pending'",
    );
    await knex.raw("CREATE INDEX delivery_dead ON di.delivery (integration_id, id) WHERE state = 'dead'");
    await knex.schema.withSchema('di').createTable('record_link', (table) => {
      table
        .uuid('identity_id')
        .notNullable()
        .references('id')
        .inTable('di.record_identity')
        .onDelete('CASCADE');
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection');
      table.text('object').notNullable();
      table.text('salesforce_id').notNullable();
      // Deleted in the org, as an answer said.
      table.boolean('is_gone').notNullable().defaultTo(false);
      table.timestamp('linked_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.primary(['identity_id', 'connection_id', 'object']);
      table.index(['connection_id', 'salesforce_id']);
    });
    await knex.schema.withSchema('di').createTable('delivery_channel', (table) => {
      table.uuid('connection_id').primary().references('id').inTable('di.connection').onDelete('CASCADE');
      table.uuid('lease');
      table.timestamp('leased_until', { useTz: true });
      table.timestamp('resume_at', { useTz: true });
      table.integer('failures').notNullable().defaultTo(0);
      table.timestamp('held_at', { useTz: true });
      table.text('code');
      table.text('message');
      table.integer('api_used');
      table.integer('api_limit');
      table.timestamp('api_seen_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('delivery_count', (table) => {
      table
        .uuid('integration_id')
        .notNullable()
        .references('id')
        .inTable('di.integration')
        .onDelete('CASCADE');
      table.date('day').notNullable();
      table.text('outcome').notNullable();
      table.bigInteger('count').notNullable();
      table.primary(['integration_id', 'day', 'outcome']);
    });
    await knex.schema.withSchema('di').createTable('org_object', (table) => {
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection').onDelete('CASCADE');
      // In lower case, as Salesforce compares names.
      table.text('object').notNullable();
      table.jsonb('described').notNullable();
      table.timestamp('described_at', { useTz: true }).notNullable();
      table.primary(['connection_id', 'object']);
    });
    await knex.raw(`
      CREATE FUNCTION di.coalesced_change(before text, after text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE
          WHEN after IS NULL THEN before
          WHEN before IS NULL OR after = 'deleted' THEN after
          WHEN before IN ('created', 'deleted') THEN 'created'
          ELSE after
        END $$`);
    for (const statement of captureConsentSql()) await knex.raw(statement);
  },
};
