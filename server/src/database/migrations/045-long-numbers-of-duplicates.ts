import type { Migration } from './migration.ts';

/**
 * Rows that stand double were listed by keys that a float had read: a long number in them may be its neighbour's, so that the
 * list knows neither row. The server that starts next looks for those of such tables again, and lists them by their keys.
 */
export const longNumbersOfDuplicates: Migration = {
  name: '045-long-numbers-of-duplicates',
  up: async (knex) => {
    await knex.raw(
      `UPDATE di.project_table t SET is_normalized = false
       WHERE EXISTS (
         SELECT FROM di.duplicate_row d CROSS JOIN jsonb_each_text(d.record_key) AS k (name, value)
         WHERE d.table_id = t.id AND k.value ~ '^-{0,1}[0-9]{16,}$')`,
    );
  },
};
