import type { Migration } from './migration.ts';

/** A row says that a change of it waits to be sent, and what both sides have changed of it is kept. */
export const editedRows: Migration = {
  name: '025-edited-rows',
  up: async (knex) => {
    await knex.raw(MARK_COLUMN);
    await knex.raw(`
      CREATE TABLE di.conflict (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        project_id uuid NOT NULL REFERENCES di.project (id) ON DELETE CASCADE,
        table_id uuid NOT NULL REFERENCES di.project_table (id) ON DELETE CASCADE,
        identity_id uuid NOT NULL REFERENCES di.record_identity (id) ON DELETE CASCADE,
        integration_id uuid NOT NULL REFERENCES di.integration (id) ON DELETE CASCADE,
        connection_id uuid NOT NULL,
        object text NOT NULL,
        salesforce_id text NOT NULL,
        column_name text NOT NULL,
        field text NOT NULL,
        -- What both sides had before, and what each has made of it.
        base jsonb NOT NULL,
        project_value jsonb NOT NULL,
        salesforce_value jsonb NOT NULL,
        edited_at timestamptz,
        source_modstamp timestamptz NOT NULL,
        rule text NOT NULL,
        winner text NOT NULL CHECK (winner IN ('project', 'salesforce'))
      )`);
    await knex.raw('CREATE INDEX ON di.conflict (project_id, id)');
    await knex.raw('CREATE INDEX ON di.conflict (identity_id)');
    await knex.raw('CREATE INDEX ON di.conflict (connection_id, at)');
    await knex.raw('CREATE INDEX ON di.conflict (at)');
  },
};

/** A column that every table of a project gets; null, so that no row is written for it. */
const MARK_COLUMN = `
  DO $migration$
  DECLARE
    project_table regclass;
  BEGIN
    FOR project_table IN
      SELECT to_regclass(format('%I.%I', p.schema_name, t.built->>'code'))
      FROM di.project_table t JOIN di.project p ON p.id = t.project_id
      WHERE t.built IS NOT NULL AND to_regclass(format('%I.%I', p.schema_name, t.built->>'code')) IS NOT NULL
    LOOP
      EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS "_edited_at" timestamptz', project_table);
    END LOOP;
  END $migration$`;
