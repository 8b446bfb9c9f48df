import { anyDiffers } from '../../database/any-differs.ts';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../../database/identifiers.ts';
import type { Watch, WatchedTable } from './watch.ts';

const OPERATIONS = ['insert', 'update'] as const;
type Operation = (typeof OPERATIONS)[number];

/** Triggers that mark rows are named like this. */
export const MARK_TRIGGER = 'di_mark_';

/** Takes the triggers away that mark rows: a column that their conditions name cannot have another type. */
export const releaseMarksSql = (table: string): readonly string[] =>
  OPERATIONS.map((operation) => `DROP TRIGGER IF EXISTS ${MARK_TRIGGER}${operation} ON ${table}`);

/**
 * Marks rows that are changed for an org to hear of, so that what comes from that org sees on the row itself that
 * something waits. The conditions are looked at without a function being called: a batch of the org itself hardly pays.
 */
export function markSql(table: WatchedTable, watches: readonly Watch[]): readonly string[] {
  const name = quoteTable(table.schemaName, table.code);
  const isOthers = ({ connectionId }: Watch): string =>
    `current_setting('di.origin', true) IS DISTINCT FROM ${quoteLiteral(connectionId)}`;
  const inserted = watches.filter((watch) => watch.creates || watch.updates).map(isOthers);
  const updated = watches
    .filter((watch) => watch.updates && watch.columns.length > 0)
    .map((watch) => {
      const columns = watch.columns.map(quoteIdentifier);
      const differs = anyDiffers(columns.map((column) => [`NEW.${column}`, `OLD.${column}`]));
      return `(${isOthers(watch)} AND ${differs})`;
    });
  return [...markTrigger(name, 'insert', inserted), ...markTrigger(name, 'update', updated)];
}

function markTrigger(table: string, operation: Operation, conditions: readonly string[]): string[] {
  if (conditions.length === 0) return [];
  return [
    `CREATE TRIGGER ${MARK_TRIGGER}${operation} BEFORE ${operation.toUpperCase()} ON ${table} FOR EACH ROW
       WHEN (NEW."_archived_at" IS NULL AND (${[...new Set(conditions)].join(' OR ')})) EXECUTE FUNCTION di.mark_edited()`,
  ];
}
