import type { Knex } from 'knex';
import type { Migration } from './migration.ts';

/** One person erased everywhere: what stays of it, so that an opt-out outlives the person's data, and the receipts. */
export const persons: Migration = {
  name: '013-persons',
  up: async (knex) => {
    await knex.schema.withSchema('di').alterTable('record_identity', (table) => {
      // Its key is blanked: what hangs on it is a proof of nobody in particular.
      table.timestamp('erased_at', { useTz: true });
    });
    await knex.schema.withSchema('di').alterTable('tombstone', (table) => {
      // Kept for ever: a pull of everything would bring the person back otherwise.
      table.boolean('is_erasure').notNullable().defaultTo(false);
    });
    await createErasures(knex);
    await widenDoor(knex);
  },
};

async function createErasures(knex: Knex): Promise<void> {
  const di = knex.schema.withSchema('di');
  await di.createTable('erasure', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.uuid('account_id').notNullable().references('id').inTable('di.account');
    table.uuid('project_id').notNullable().references('id').inTable('di.project');
    table.timestamp('erased_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.text('actor_kind').notNullable();
    table.text('actor_id');
    table.text('actor_name').notNullable();
    table.text('request_id').notNullable();
    table.jsonb('erased').notNullable();
    table.jsonb('kept').notNullable();
    // Keyed, as those below: whoever knows the address or the key finds the receipt by it.
    table.specificType('hash', 'bytea').notNullable();
    table.index(['project_id', 'erased_at']);
  });
  await knex.raw(`
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON di.erasure
      FOR EACH STATEMENT EXECUTE FUNCTION di.refuse_change()`);
  await knex.schema.withSchema('di').createTable('erased_mark', (table) => {
    table.uuid('project_id').notNullable();
    table.specificType('hash', 'bytea').notNullable();
    // The receipt is written last, when it is known what went.
    table.uuid('erasure_id').notNullable().references('id').inTable('di.erasure').deferrable('deferred');
    table.index(['erasure_id']);
    // Whose opt-outs stand for whoever comes with this address, key or record; null for somebody who was no contact.
    table.uuid('identity_id').references('id').inTable('di.record_identity');
    table.index(['project_id', 'hash']);
  });
}

/** References are the caller's own texts, and may hold an address: they go through the ledger's door too. */
async function widenDoor(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE OR REPLACE FUNCTION di.refuse_consent_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE personal CONSTANT text[] := ARRAY['record_key', 'proof', 'note', 'reference'];
    BEGIN
      IF current_setting('di.erasing', true) = 'on'
        AND NEW.record_key IS NULL AND NEW.proof IS NULL AND NEW.note IS NULL AND NEW.reference IS NULL
        AND to_jsonb(NEW) - personal = to_jsonb(OLD) - personal
      THEN RETURN NEW; END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$`);
  await knex.raw(`
    CREATE OR REPLACE FUNCTION di.erase_consent_events(identities uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE erased bigint;
    BEGIN
      UPDATE di.consent_event SET record_key = NULL, proof = NULL, note = NULL, reference = NULL
        WHERE identity_id = ANY(identities) AND num_nonnulls(record_key, proof, note, reference) > 0;
      GET DIAGNOSTICS erased = ROW_COUNT;
      RETURN erased;
    END $$`);
}
