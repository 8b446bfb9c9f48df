import type { Migration } from './migration.ts';

/**
 * What was sent to Salesforce is kept for a while, by field and with what came of it: a delivery itself ends when it is done. No
 * foreign keys: each would be looked up for every delivery. What of it is a person's goes with their erasure, all else with its
 * time. A delivery that failed keeps what it was last sent with.
 */
export const sentDeliveries: Migration = {
  name: '046-sent-deliveries',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.sent_delivery (
        integration_id uuid NOT NULL,
        sent_at timestamptz NOT NULL,
        delivery_id bigint NOT NULL,
        identity_id uuid NOT NULL,
        outcome text NOT NULL,
        row_change text,
        is_consent_changed boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        record_id text,
        -- JSON that nobody but the server reads, as text: it is not taken apart for each delivery. By field of the org what was
        -- written, if anything was; by column of the table what was there when it was last sent.
        fields text,
        base text,
        PRIMARY KEY (integration_id, sent_at, delivery_id)
      )`);
    await knex.raw('CREATE INDEX sent_delivery_identity ON di.sent_delivery (identity_id)');
    await knex.raw('ALTER TABLE di.delivery ADD COLUMN sent_fields text');
    await knex.raw(
      "CREATE INDEX delivery_ended ON di.delivery (integration_id, changed_at, id) WHERE state <> 'pending'",
    );
  },
};
