import type { Migration } from './migration.ts';

/** A whole number of a key that a float would make another of is text in it, as keys are written from now on. */
export const longNumbersInKeys: Migration = {
  name: '036-long-numbers-in-keys',
  up: async (knex) => {
    for (const [table, column] of KEYS)
      await knex.raw(
        `UPDATE di.${table} t SET ${column} = (
           SELECT jsonb_object_agg(e.key, CASE WHEN ${isLong('e.value')} THEN to_jsonb(e.value #>> '{}') ELSE e.value END)
           FROM jsonb_each(t.${column}) AS e)
         WHERE t.${column}::text ~ '[0-9]{16}'
           AND EXISTS (SELECT FROM jsonb_each(t.${column}) AS e WHERE ${isLong('e.value')})`,
      );
  },
};

const KEYS = [
  ['record_identity', 'record_key'],
  ['rival', 'record_key'],
  ['duplicate_row', 'record_key'],
  ['duplicate_row', 'normal_key'],
] as const;

/** The cast stands behind a CASE, since texts are none. */
const isLong = (value: string): string =>
  `CASE WHEN jsonb_typeof(${value}) = 'number' THEN abs((${value})::text::numeric) > ${String(Number.MAX_SAFE_INTEGER)} ELSE false END`;
