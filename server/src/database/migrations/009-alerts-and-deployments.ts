import type { Knex } from 'knex';
import type { Migration } from './migration.ts';

/** What went wrong and whom to tell; what is deployed to an org, and what came of it. */
export const alertsAndDeployments: Migration = {
  name: '009-alerts-and-deployments',
  up: async (knex) => {
    await createIncidents(knex);
    await createAlerts(knex);
    await createDeployments(knex);
    await createDeployed(knex);
  },
};

async function createIncidents(knex: Knex): Promise<void> {
  await knex.schema.withSchema('di').createTable('incident', (table) => {
    identified(knex, table);
    owned(table);
    table.text('kind').notNullable();
    // Which of several that could have the same trouble: an integration's name, say.
    table.text('subject').notNullable().defaultTo('');
    table.text('message').notNullable();
    table.integer('waiting');
    table.timestamp('closed_at', { useTz: true });
    table.integer('times').notNullable().defaultTo(1);
    table.index(['account_id', 'created_at']);
  });
  await knex.raw(`
    CREATE UNIQUE INDEX incident_open ON di.incident (connection_id, kind, subject) WHERE closed_at IS NULL`);
}

async function createAlerts(knex: Knex): Promise<void> {
  await knex.schema.withSchema('di').createTable('alert_channel', (table) => {
    identified(knex, table);
    table.uuid('account_id').notNullable().references('id').inTable('di.account');
    table.text('kind').notNullable();
    table.text('address').notNullable();
    table.text('language').notNullable();
    table.boolean('is_active').notNullable().defaultTo(true);
    table.text('sealed_secret');
    table.timestamp('told_at', { useTz: true });
    table.text('last_error');
    table.unique(['account_id', 'kind', 'address']);
  });
  await knex.schema.withSchema('di').createTable('alert', (table) => {
    identified(knex, table);
    table.uuid('account_id').notNullable().references('id').inTable('di.account');
    table.uuid('incident_id').notNullable().references('id').inTable('di.incident').onDelete('CASCADE');
    // Null for an owner who is told because nobody else is.
    table.uuid('channel_id').references('id').inTable('di.alert_channel').onDelete('CASCADE');
    table.text('address').notNullable();
    table.text('event').notNullable();
    table.timestamp('due_at', { useTz: true }).notNullable();
    table.integer('attempts').notNullable().defaultTo(0);
    table.uuid('lease');
    table.timestamp('sent_at', { useTz: true });
    table.timestamp('failed_at', { useTz: true });
    table.text('last_error');
    table.index(['incident_id']);
  });
  await knex.raw('CREATE INDEX alert_due ON di.alert (due_at) WHERE sent_at IS NULL AND failed_at IS NULL');
}

async function createDeployments(knex: Knex): Promise<void> {
  await knex.schema.withSchema('di').createTable('deployment', (table) => {
    identified(knex, table);
    owned(table);
    table.text('kind').notNullable();
    table.text('object').notNullable();
    table.jsonb('request').notNullable();
    table.text('status').notNullable().defaultTo('queued');
    table.jsonb('plan');
    // Salesforce's id, kept as soon as it is known: whoever takes over asks after it.
    table.text('deploy_id');
    table.jsonb('progress');
    table.jsonb('failures').notNullable().defaultTo('[]');
    table.text('code');
    table.text('message');
    table.integer('attempts').notNullable().defaultTo(0);
    table.timestamp('due_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.uuid('lease');
    table.timestamp('leased_until', { useTz: true });
    table.timestamp('started_at', { useTz: true });
    table.timestamp('finished_at', { useTz: true });
    table.text('requested_by').notNullable();
    table.index(['account_id', 'created_at']);
  });
  await knex.raw('CREATE INDEX deployment_due ON di.deployment (due_at) WHERE finished_at IS NULL');
}

/** What the server has put into orgs: names that are taken, and triggers to be removed one day. */
async function createDeployed(knex: Knex): Promise<void> {
  await knex.schema.withSchema('di').createTable('org_field', (table) => {
    identified(knex, table);
    owned(table);
    table.text('organization_id').notNullable();
    table.text('object').notNullable();
    table.text('field').notNullable();
    table.text('purpose').notNullable();
    // Of di.opt_in; null for the field that is nobody's in particular, the record's id.
    table.uuid('opt_in_id');
    table.timestamp('made_at', { useTz: true });
  });
  await knex.raw(
    'CREATE UNIQUE INDEX org_field_name ON di.org_field (organization_id, lower(object), lower(field))',
  );
  await knex.schema.withSchema('di').createTable('org_trigger', (table) => {
    identified(knex, table);
    owned(table);
    table.text('organization_id').notNullable();
    table.text('object').notNullable();
    table.text('name').notNullable();
    table.timestamp('removal_asked_at', { useTz: true });
  });
  await knex.raw('CREATE UNIQUE INDEX org_trigger_object ON di.org_trigger (organization_id, lower(object))');
}

function identified(knex: Knex, table: Knex.CreateTableBuilder): void {
  table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
  table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
}

function owned(table: Knex.CreateTableBuilder): void {
  table.uuid('account_id').notNullable().references('id').inTable('di.account');
  table.uuid('connection_id').notNullable().references('id').inTable('di.connection').onDelete('CASCADE');
}
