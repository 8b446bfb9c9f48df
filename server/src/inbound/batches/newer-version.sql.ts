import { anyDiffers } from '../../database/any-differs.ts';
import { quoteIdentifier } from '../../database/identifiers.ts';
import type { Field } from '../../values/field-types.ts';
import { incoming, names, tuple, valueOf } from './incoming.sql.ts';
import { ROW_EDITED } from './merge.sql.ts';

/** Records that were deleted later than the version that comes was made. */
export const BURIED = `
  SELECT i.id FROM unnest($2::text[], $3::timestamptz[]) AS i(id, stamp)
  JOIN di.tombstone d ON d.table_id = $1 AND d.salesforce_id = i.id
  WHERE d.deleted_at > i.stamp`;

/**
 * Ends the statement at a row of which a change waits to be sent. It is asked of the row as it is when it is locked, so that
 * no change is overlooked that was made a moment ago.
 */
export const UNEDITED = `CASE WHEN r."_edited_at" IS NULL THEN true ELSE di.unless(true, '${ROW_EDITED}', NULL) IS NULL END`;
/** The same where rows have been locked and merged: what this transaction has changed since, in moving rows, waits for others. */
export const UNEDITED_BY_OTHERS = `(r.xmin = pg_current_xact_id_if_assigned()::xid OR ${UNEDITED})`;

/** What records bring, and which of it fills columns only where a row has nothing in them. */
export interface WrittenFields {
  readonly fields: readonly Field[];
  readonly fills: ReadonlySet<string>;
}

/**
 * A row is written where it is new, or the record's own and not older than what is there: a row of another record is handed
 * over first. Equal moments write, since two changes in one second carry the same SystemModstamp, but only what differs.
 */
export function upsert(
  table: string,
  key: readonly Field[],
  { fields, fills }: WrittenFields,
  first: number,
  condition: string,
): string {
  const columns = names(fields);
  const isKey = new Set(names(key));
  const isFilled = new Set([...fills].map(quoteIdentifier));
  const written = [...columns.filter((column) => !isKey.has(column)), '"_salesforce_id"'];
  const become = (column: string): string =>
    isFilled.has(column) ? `coalesce(r.${column}, EXCLUDED.${column})` : `EXCLUDED.${column}`;
  const values = fields.map(valueOf);
  const all = [...columns, '"_salesforce_id"', '"_source_modstamp"'];
  return `
    INSERT INTO ${table} AS r (${all.join(', ')})
    SELECT ${[...values, 'i."_id"', 'i."_stamp"'].join(', ')}
    FROM ${incoming(fields, first + 2, [`$${first}::text[]`, `$${first + 1}::timestamptz[]`])} AS i("_id", "_stamp", ${columns.join(', ')})
    ON CONFLICT (${names(key).join(', ')}) DO UPDATE
    SET ${[...written, '"_source_modstamp"'].map((column) => `${column} = ${become(column)}`).join(', ')}, "_changed_at" = now(), "_archived_at" = NULL
    WHERE (r."_salesforce_id" IS NULL OR r."_salesforce_id" = EXCLUDED."_salesforce_id") AND (r."_source_modstamp" IS NULL OR r."_source_modstamp" < EXCLUDED."_source_modstamp"
      OR (r."_source_modstamp" = EXCLUDED."_source_modstamp"
          AND (r."_archived_at" IS NOT NULL OR ${anyDiffers(written.map((column) => [`r.${column}`, become(column)]))})))
      AND ${condition}
    RETURNING r."_salesforce_id" AS id, r.xmax = 0 AS is_new`;
}

/** Of rows that were not written: how many are the records’ own, and how many of those hold a later version. */
export function standing(table: string, key: readonly Field[]): string {
  return `
    SELECT count(*) AS own, count(*) FILTER (WHERE r."_source_modstamp" > i."_stamp") AS stale
    FROM ${incoming(key, 3, ['$1::text[]', '$2::timestamptz[]'])} AS i("_id", "_stamp", ${names(key).join(', ')})
    CROSS JOIN LATERAL (${found(table, ownRow(key))}) AS r`;
}

/** In SQL, whether a row `r` has the key of a record `i`, and no other record. */
export const ownRow = (key: readonly Field[]): string =>
  `${tuple('r', key)} = ${tuple('i', key)} AND (r."_salesforce_id" IS NULL OR r."_salesforce_id" = i."_id")`;

/**
 * The rows of a table for one record, by index. The OFFSET keeps the planner from turning the join round: it would read
 * the whole table in search of the first of a few matches, where mostly there is none.
 */
export function found(table: string, condition: string): string {
  return `SELECT r."_salesforce_id", r."_source_modstamp" FROM ${table} r WHERE ${condition} OFFSET 0`;
}
