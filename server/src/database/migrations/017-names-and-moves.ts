import type { Migration } from './migration.ts';

/**
 * Whoever withdrew is noticed with the row that is theirs. `to_jsonb(s)` is that row only as long as no column is called
 * `s`; `s.*` always is.
 */
export const wholeRows: Migration = {
  name: '017-whole-rows',
  up: async (knex) => {
    await knex.raw(`
      DO $migration$
      DECLARE
        notice regprocedure;
      BEGIN
        FOREACH notice IN ARRAY ARRAY['di.notice_opt_out_insert()', 'di.notice_opt_out_update()']::regprocedure[] LOOP
          EXECUTE replace(pg_get_functiondef(notice), 'to_jsonb(s) AS stored', 'to_jsonb(s.*) AS stored');
        END LOOP;
      END $migration$`);
  },
};
