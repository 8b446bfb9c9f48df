import type { Migration } from './migration.ts';

/** Comparisons of a table with an object of an org, their runs, and what differed. */
export const comparisons: Migration = {
  name: '033-comparisons',
  up: async (knex) => {
    await knex.raw('CREATE TABLE di_lock.comparison_claim ()');
    await knex.raw(`
      CREATE TABLE di.comparison (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL REFERENCES di.account (id) ON DELETE CASCADE,
        connection_id uuid NOT NULL REFERENCES di.connection (id) ON DELETE CASCADE,
        table_id uuid NOT NULL REFERENCES di.project_table (id) ON DELETE CASCADE,
        object text NOT NULL,
        -- Null where it runs on demand only.
        cron text,
        time_zone text NOT NULL DEFAULT 'UTC',
        next_run_at timestamptz,
        -- Minutes that a change may be on its way from Salesforce before it counts as missing.
        grace_minutes integer NOT NULL DEFAULT 15,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await knex.raw(
      'CREATE UNIQUE INDEX comparison_pair ON di.comparison (connection_id, table_id, lower(object))',
    );
    await knex.raw('CREATE INDEX ON di.comparison (account_id)');
    await knex.raw('CREATE INDEX ON di.comparison (table_id)');
    await knex.raw(`
      CREATE TABLE di.comparison_run (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        comparison_id uuid NOT NULL REFERENCES di.comparison (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('compare', 'heal')),
        reason text NOT NULL CHECK (reason IN ('schedule', 'request')),
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        queued_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        -- How far it is: what it reads, and the last id or key of that; another worker goes on there.
        stage text,
        place text,
        expected integer,
        records integer NOT NULL DEFAULT 0,
        rows integer NOT NULL DEFAULT 0,
        -- How many records and rows differ for a reason that is known, by the reason.
        explained jsonb NOT NULL DEFAULT '{}',
        differences integer NOT NULL DEFAULT 0,
        code text,
        message text,
        lease uuid,
        leased_until timestamptz
      )`);
    await knex.raw(
      `CREATE UNIQUE INDEX comparison_run_open ON di.comparison_run (comparison_id) WHERE state IN ('queued', 'running')`,
    );
    await knex.raw('CREATE INDEX ON di.comparison_run (comparison_id, queued_at)');
    await knex.raw('CREATE INDEX ON di.comparison_run (finished_at)');
    await knex.raw(`
      CREATE TABLE di.difference (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_id uuid NOT NULL REFERENCES di.comparison_run (id) ON DELETE CASCADE,
        at timestamptz NOT NULL DEFAULT now(),
        identity_id uuid NOT NULL REFERENCES di.record_identity (id) ON DELETE CASCADE,
        salesforce_id text,
        kind text NOT NULL CHECK (kind IN ('field', 'missing-row', 'missing-record')),
        -- What sends the row; null where nothing does.
        integration_id uuid REFERENCES di.integration (id) ON DELETE CASCADE,
        -- The record can be taken by a transfer.
        may_take boolean NOT NULL,
        column_name text,
        field text,
        row_value jsonb,
        salesforce_value jsonb,
        -- What somebody asked for and is not done yet.
        wanted text CHECK (wanted IN ('take', 'send')),
        healed_at timestamptz,
        healed_by text CHECK (healed_by IN ('take', 'send')),
        -- Why it could not be healed.
        message text
      )`);
    await knex.raw('CREATE INDEX ON di.difference (run_id, id)');
    await knex.raw('CREATE INDEX ON di.difference (run_id, salesforce_id)');
    await knex.raw('CREATE INDEX ON di.difference (identity_id)');
    await knex.raw('CREATE INDEX ON di.difference (integration_id)');
  },
};
