import { quoteLiteral, quoteTable } from '../../database/identifiers.ts';
import { hasKey, keyFields } from '../../people/record-keys.ts';
import type { Watch, WatchedTable } from './watch.ts';

const COLUMN = '"_edited_at"';

/** Rows are no longer marked as they are made. */
export const releaseMarkSql = (table: string): string =>
  `ALTER TABLE ${table} ALTER COLUMN ${COLUMN} DROP DEFAULT`;

/**
 * Marks rows that are made for an org to hear of, so that what comes from that org sees on the row itself that something
 * waits. By a default, not by a trigger: a trigger for each row would cost every batch of the org itself.
 */
export function markInsertedSql(table: WatchedTable, watches: readonly Watch[]): readonly string[] {
  const marking = watches.filter((watch) => watch.creates || watch.updates);
  if (marking.length === 0) return [];
  const isOthers = marking.map(
    ({ connectionId }) => `current_setting('di.origin', true) IS DISTINCT FROM ${quoteLiteral(connectionId)}`,
  );
  return [
    `ALTER TABLE ${quoteTable(table.schemaName, table.code)} ALTER COLUMN ${COLUMN}
       SET DEFAULT CASE WHEN ${[...new Set(isOthers)].join(' OR ')} THEN clock_timestamp() END`,
  ];
}

/**
 * Marks rows that have been changed, in the statement that notes their change: they are locked by whoever changes them.
 *
 * @param keys keys of rows and the looks that they differ in, side by side
 * @param looks those of rows
 */
export function markUpdatedSql(table: WatchedTable, keys: string, looks: readonly number[]): string {
  if (looks.length === 0) return '';
  return `UPDATE ${quoteTable(table.schemaName, table.code)} r SET ${COLUMN} = clock_timestamp()
    FROM (SELECT DISTINCT x.record_key FROM unnest(${keys}) AS x (record_key, place) WHERE x.place IN (${looks.join(', ')})) x
    WHERE ${hasKey(keyFields(table), 'r', 'x.record_key')};`;
}
