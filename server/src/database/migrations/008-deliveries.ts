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
    await knex.raw(FOLLOW_MERGED);
    await knex.raw(`
      CREATE TRIGGER di_follow_merged AFTER UPDATE OF merged_into ON di.record_identity
        FOR EACH ROW WHEN (NEW.merged_into IS NOT NULL AND OLD.merged_into IS DISTINCT FROM NEW.merged_into)
        EXECUTE FUNCTION di.follow_merged_identity()`);
    for (const statement of captureConsentSql()) await knex.raw(statement);
  },
};

/**
 * A row that takes another key was noted as deleted under the old one and created under the new one. Where its person goes
 * over to the new one, the links go along, and nothing is deleted in the org: the record is updated.
 */
const FOLLOW_MERGED = `
  CREATE FUNCTION di.follow_merged_identity() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO di.record_link (identity_id, connection_id, object, salesforce_id, is_gone, linked_at)
    SELECT NEW.merged_into, connection_id, object, salesforce_id, is_gone, linked_at
    FROM di.record_link WHERE identity_id = NEW.id
    ON CONFLICT DO NOTHING;
    DELETE FROM di.record_link l USING di.record_link k
    WHERE l.identity_id = NEW.id AND k.identity_id = NEW.merged_into AND k.connection_id = l.connection_id
      AND k.object = l.object AND k.salesforce_id = l.salesforce_id;
    DELETE FROM di.delivery d WHERE d.identity_id = NEW.id AND NOT EXISTS (
      SELECT FROM di.record_link l WHERE l.identity_id = NEW.id AND l.connection_id = d.connection_id);
    RETURN NULL;
  END $$`;
