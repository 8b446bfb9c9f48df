import type { Migration } from './migration.ts';

/** How a connection reaches its org, log-ins on their way, and what the org said of the installed package. */
export const salesforceAuthorizations: Migration = {
  name: '006-salesforce-authorizations',
  up: async (knex) => {
    await knex.schema.withSchema('di').createTable('salesforce_authorization', (table) => {
      table.uuid('connection_id').primary().references('id').inTable('di.connection').onDelete('CASCADE');
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.text('kind').notNullable();
      table.text('login_origin').notNullable();
      table.text('client_id');
      table.text('user_name').notNullable();
      table.text('user_id').notNullable();
      table.text('organization_id').notNullable();
      table.jsonb('organization').notNullable();
      table.text('instance_url').notNullable();
      table.text('sealed_credentials').notNullable();
      table.text('sealed_session');
      // Moves with every new session: two copies of the server never use one refresh token.
      table.integer('session_version').notNullable().defaultTo(1);
      table.timestamp('renewing_until', { useTz: true });
      table.text('status').notNullable().defaultTo('authorized');
      table.text('status_code');
      table.text('status_message');
      table.timestamp('status_since', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.timestamp('authorized_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.text('authorized_by').notNullable();
      table.integer('api_used');
      table.integer('api_limit');
      table.timestamp('api_seen_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('authorization_request', (table) => {
      table.specificType('state_hash', 'bytea').primary();
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.uuid('connection_id').notNullable().references('id').inTable('di.connection').onDelete('CASCADE');
      table.text('actor_kind').notNullable();
      table.text('actor_id');
      table.text('actor_name').notNullable();
      table.text('login_origin').notNullable();
      table.text('sealed_request').notNullable();
      table.timestamp('expires_at', { useTz: true }).notNullable().index();
    });
    await knex.schema.withSchema('di').alterTable('connection', (table) => {
      table.text('package_version');
    });
    await knex.raw("UPDATE di.connection SET package_version = organization->>'packageVersion'");
  },
};
