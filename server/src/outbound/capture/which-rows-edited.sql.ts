import { quoteIdentifier } from '../../database/identifiers.ts';
import { keyFields, keyObject } from '../../people/record-keys.ts';
import { columnsAsJson } from '../../projects/column-json.ts';
import type { WatchedTable } from './watch.ts';

/** A row's primary key as di.record_identity has it. */
export function keyOf(table: WatchedTable, alias: string): string {
  return keyObject(keyFields(table), ({ name }) => `${alias}.${quoteIdentifier(name)}`);
}

/** What differs before and after, as sets: a join of both would be planned once for a row, and run for two thousand. */
function differing(shown: readonly string[], side: 'before' | 'changed'): string {
  const columns = shown.join(', ');
  const other = side === 'before' ? 'changed' : 'before';
  return `(SELECT ${columns} FROM ${side} n EXCEPT SELECT ${columns} FROM ${other} n)`;
}

const shownOf = (columns: readonly string[]): string[] => [
  ...new Set(columns.map((name) => `n.${quoteIdentifier(name)}`)),
  'n."_archived_at" IS NULL AS "_is_live"',
];

/** Rows by which the records of a person's consent would be found elsewhere than before. */
export function lookedUpElsewhere(table: WatchedTable, columns: readonly string[], place: number): string {
  return `SELECT ${keyOf(table, 'e')} AS record_key, ${place} AS place, NULL::jsonb AS base
      FROM ${differing(shownOf([...table.primaryKey, ...columns]), 'changed')} e WHERE e."_is_live"`;
}

/**
 * Rows whose written columns differ, with what those were. What a row was is known by its record, where it has one: it
 * may have another key now. Of a row that comes back from the archive, and of one that is not told from others, every
 * column is written.
 */
export function editedRows(table: WatchedTable, columns: readonly string[], place: number): string {
  const shown = [...shownOf([...table.primaryKey, ...columns]), 'n."_salesforce_id"'];
  const fields = table.fields.filter(({ name }) => columns.includes(name));
  const side = (name: 'before' | 'changed'): string =>
    `SELECT ${keyOf(table, 'e')} AS record_key, e."_salesforce_id", e."_is_live", ${String(name === 'changed')} AS is_now,
        ${columnsAsJson('e', fields)} AS shown FROM ${differing(shown, name)} e`;
  return `SELECT n.record_key, ${place} AS place, n.base FROM (
      SELECT unnest(p.keys) AS record_key, CASE WHEN cardinality(p.keys) = 1 AND p.was IS NOT NULL THEN coalesce((
          SELECT jsonb_object_agg(o.name, o.value) FROM jsonb_each(p.was) AS o (name, value)
          WHERE p.now->o.name <> o.value), '{}') END AS base
      FROM (
        SELECT array_agg(e.record_key) FILTER (WHERE e.is_now AND e."_is_live") AS keys,
          (array_agg(e.shown) FILTER (WHERE e.is_now AND e."_is_live"))[1] AS now,
          (array_agg(e.shown) FILTER (WHERE NOT e.is_now AND e."_is_live"))[1] AS was
        FROM (${side('changed')} UNION ALL ${side('before')}) e
        GROUP BY coalesce(e."_salesforce_id", e.record_key::text)) p
    ) n WHERE n.base IS DISTINCT FROM '{}'`;
}
