import type { Migration } from './migration.ts';

/** A row says since when it is there. Of rows that were there before nobody knows: the column is empty, and no row is written for it. */
export const createdRows: Migration = {
  name: '039-created-rows',
  up: async (knex) => {
    await knex.raw(`
      DO $migration$
      DECLARE
        project_table regclass;
      BEGIN
        FOR project_table IN
          SELECT to_regclass(format('%I.%I', p.schema_name, t.built->>'code'))
          FROM di.project_table t JOIN di.project p ON p.id = t.project_id
          WHERE t.built IS NOT NULL AND to_regclass(format('%I.%I', p.schema_name, t.built->>'code')) IS NOT NULL
        LOOP
          EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS "_created_at" timestamptz', project_table);
          EXECUTE format('ALTER TABLE %s ALTER COLUMN "_created_at" SET DEFAULT now()', project_table);
        END LOOP;
      END $migration$`);
  },
};
