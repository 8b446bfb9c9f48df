import type { Knex } from 'knex';
import type { Migration } from './migration.ts';

/** Users, sessions, API keys, the audit log, and the keys that sign access tokens. */
export const accessControl: Migration = {
  name: '002-access-control',
  up: async (knex) => {
    const di = knex.schema.withSchema('di');
    await di.createTable('user', (table) => {
      identified(knex, table);
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      // In lower case: an address is one person, however it is written.
      table.text('email').notNullable().unique();
      table.text('name').notNullable();
      table.text('role').notNullable();
      table.text('password_hash').notNullable();
      table.timestamp('disabled_at', { useTz: true });
      table.timestamp('signed_in_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('session', (table) => {
      table.specificType('token_hash', 'bytea').primary();
      table.uuid('user_id').notNullable().references('id').inTable('di.user').onDelete('CASCADE');
      table.timestamp('expires_at', { useTz: true }).notNullable().index();
    });
    await knex.schema.withSchema('di').createTable('api_key', (table) => {
      identified(knex, table);
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.text('name').notNullable();
      table.text('key_id').notNullable().unique();
      table.specificType('secret_hash', 'bytea').notNullable();
      table.specificType('scopes', 'text[]').notNullable();
      table.timestamp('expires_at', { useTz: true });
      table.timestamp('used_at', { useTz: true });
      table.timestamp('revoked_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('audit_event', (table) => {
      table.bigIncrements('id');
      table.uuid('account_id').notNullable();
      table.timestamp('at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.text('actor_kind').notNullable();
      table.text('actor_id');
      table.text('actor_name').notNullable();
      table.text('action').notNullable();
      table.text('subject').notNullable();
      table.jsonb('detail').notNullable();
      table.text('request_id').notNullable();
      table.index(['account_id', 'id']);
    });
    await knex.raw(`
      CREATE FUNCTION di.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    await knex.raw(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON di.audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION di.refuse_change()`);
    await knex.schema.withSchema('di').createTable('signing_key', (table) => {
      table.text('id').primary();
      table.text('sealed_secret').notNullable();
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.timestamp('signs_from', { useTz: true }).notNullable();
    });
  },
};

function identified(knex: Knex, table: Knex.CreateTableBuilder): void {
  table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
  table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
}
