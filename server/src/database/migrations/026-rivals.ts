import type { Migration } from './migration.ts';

/** Several records of one primary key, records without one, and records whose newer version was refused. */
export const rivals: Migration = {
  name: '026-rivals',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.rival (
        table_id uuid NOT NULL REFERENCES di.project_table (id) ON DELETE CASCADE,
        salesforce_id text NOT NULL,
        -- Where the record came from; null where several connections fill the table and the row does not say which.
        connection_id uuid REFERENCES di.connection (id) ON DELETE SET NULL,
        record_key jsonb NOT NULL,
        -- The record's own SystemModstamp.
        modstamp timestamptz NOT NULL,
        -- By column, as to_jsonb writes them.
        values jsonb NOT NULL,
        -- A converted lead: it takes a row only where nobody else does.
        is_converted boolean NOT NULL DEFAULT false,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- Since when the record does not count, archived or without a key: an older version of it does not come back.
        away_at timestamptz,
        PRIMARY KEY (table_id, salesforce_id)
      )`);
    await knex.raw('CREATE INDEX ON di.rival (table_id, record_key) WHERE away_at IS NULL');
    await knex.raw(`
      ALTER TABLE di.project_table ADD COLUMN rivals text NOT NULL DEFAULT 'latest-change'
        CHECK (rivals IN ('latest-change', 'first-come', 'oldest-record'))`);
    await knex.raw(`
      CREATE TABLE di.left_out (
        transfer_id uuid NOT NULL REFERENCES di.transfer (id) ON DELETE CASCADE,
        salesforce_id text NOT NULL,
        PRIMARY KEY (transfer_id, salesforce_id)
      )`);
    await knex.raw('ALTER TABLE di.batch_fault ADD COLUMN is_outdated boolean NOT NULL DEFAULT false');
    await knex.raw(
      'CREATE INDEX batch_fault_outdated ON di.batch_fault (connection_id, table_code, object) WHERE is_outdated',
    );
    await knex.raw(`
      ALTER TABLE di.pull_run ADD COLUMN rivals integer NOT NULL DEFAULT 0,
        ADD COLUMN left_out integer NOT NULL DEFAULT 0`);
  },
};
