import { quoteIdentifier } from '../../database/identifiers.ts';
import { keyObject } from '../../people/record-keys.ts';
import { columnsAsJson, jsonObject } from '../../projects/column-json.ts';
import { sqlType, type Field } from '../../values/field-types.ts';
import { holdsNoLaterVersion } from '../../projects/system-columns.ts';

/** SQLSTATE of a write that has found a row of which a change waits to be sent. */
export const ROW_EDITED = 'DI002';

/** The statements by which a batch is merged with what waits to be sent of its rows. */
export interface MergeSql {
  readonly lockEdited: string;
  readonly contested: string;
  readonly unmark: string;
}

const names = (fields: readonly Field[]): string[] => fields.map((field) => quoteIdentifier(field.name));

export function mergeSql(table: string, key: readonly Field[], fields: readonly Field[]): MergeSql {
  return {
    lockEdited: lockEdited(table, key),
    contested: contested(table, key, fields),
    unmark: unmark(table, key),
  };
}

/** Records with their place among those that are given, as typed columns. */
function placed(fields: readonly Field[]): string {
  const arrays = fields.map(
    (field, index) => `$${index + 3}::${field.type === 'multipicklist' ? 'text' : sqlType(field)}[]`,
  );
  return `unnest(${['$1::text[]', '$2::timestamptz[]', ...arrays].join(', ')})
    WITH ORDINALITY AS i("_id", "_stamp", ${[...names(fields), '"_place"'].join(', ')})`;
}

/** A row that a record would write: its own, or the one of its key where that is no other record's. */
function isWritten(key: readonly Field[]): string {
  const same = names(key).map((column) => `r.${column} = i.${column}`);
  return `(r."_salesforce_id" = i."_id" OR (r."_salesforce_id" IS NULL AND ${same.join(' AND ')}))
    AND ${holdsNoLaterVersion('i."_stamp"')}`;
}

/** One that has a change which waits. */
const isMet = (key: readonly Field[]): string => `${isWritten(key)} AND r."_edited_at" IS NOT NULL`;

/** Locks the rows, in the order of the records; answers the places of those with a change that waits. */
function lockEdited(table: string, key: readonly Field[]): string {
  return `
    SELECT l.place FROM (
      SELECT i."_place"::int - 1 AS place, r.is_edited FROM ${placed(key)}
      CROSS JOIN LATERAL (
        SELECT r."_edited_at" IS NOT NULL AS is_edited FROM ${table} r WHERE ${isWritten(key)} FOR UPDATE) r OFFSET 0) l
    WHERE l.is_edited`;
}

/**
 * What waits of those rows, column by column. A column is compared with the field that it is written to, and only where
 * the transfer fills it from that field.
 */
function contested(table: string, key: readonly Field[], fields: readonly Field[]): string {
  const [pairs, tableId] = [`$${fields.length + 3}::jsonb`, `$${fields.length + 4}::uuid`];
  const incoming = fields.map((field) => {
    const column = `i.${quoteIdentifier(field.name)}`;
    return `${field.type === 'multipicklist' ? `${column}::text[]` : column} AS ${quoteIdentifier(field.name)}`;
  });
  return `
    SELECT i."_place"::int - 1 AS place, r."_is_own" AS is_own, n.id AS identity_id, p.integration AS integration_id, p.name,
      p.field, p.rule, p.fills, d."_base"::text AS base, (r."_ours"->p.name)::text AS ours, (s."_theirs"->p.name)::text AS theirs,
      r."_texts"->>p.name AS our_text, d."_base" = r."_ours"->p.name AS is_ours_base,
      d."_base" = s."_theirs"->p.name AS is_theirs_base, r."_ours"->p.name = s."_theirs"->p.name AS is_agreed,
      d."_at"::text AS edited_at, date_trunc('second', d."_at") > date_trunc('second', i."_stamp") AS is_ours_newer
    FROM ${placed(fields)}
    CROSS JOIN LATERAL (
      SELECT coalesce(r."_salesforce_id" = i."_id", false) AS "_is_own", ${keyObject(key, ({ name }) => `r.${quoteIdentifier(name)}`)} AS "_key",
        ${columnsAsJson('r', fields)} AS "_ours", ${jsonObject(fields, ({ name }) => `r.${quoteIdentifier(name)}::text`)} AS "_texts"
      FROM ${table} r WHERE ${isMet(key)} OFFSET 0) r
    CROSS JOIN LATERAL (SELECT ${columnsAsJson('t', fields)} AS "_theirs" FROM (SELECT ${incoming.join(', ')}) t) s
    CROSS JOIN LATERAL (
      SELECT n.id FROM di.record_identity n WHERE n.table_id = ${tableId} AND n.record_key = r."_key" OFFSET 0) n
    CROSS JOIN jsonb_to_recordset(${pairs}) AS p (integration uuid, name text, field text, rule text, fills boolean)
    CROSS JOIN LATERAL (
      SELECT d.base->p.name AS "_base", (d.edited_at->>p.name)::timestamptz AS "_at" FROM di.delivery d
      WHERE d.integration_id = p.integration AND d.identity_id = n.id AND d.row_change IN ('created', 'updated') AND d.base ? p.name
      OFFSET 0) d
    ORDER BY 1, 2 DESC, 4, 5`;
}

/**
 * Takes the mark off locked rows of which nothing waits any more. Each is asked for by itself: an outbox that was full a moment
 * ago is taken for empty, and would be read whole for each row that it is joined with.
 */
function unmark(table: string, key: readonly Field[]): string {
  const tableId = `$${key.length + 3}::uuid`;
  return `
    UPDATE ${table} r SET "_edited_at" = NULL FROM ${placed(key)}
    WHERE ${isMet(key)} AND (
      SELECT count(*) FROM (
        SELECT n.id FROM di.record_identity n
        WHERE n.table_id = ${tableId} AND n.record_key = ${keyObject(key, ({ name }) => `r.${quoteIdentifier(name)}`)} OFFSET 0) n
      CROSS JOIN LATERAL (
        SELECT d.integration_id FROM di.delivery d WHERE d.identity_id = n.id AND d.row_change IS NOT NULL OFFSET 0) d
      JOIN di.integration g ON g.id = d.integration_id WHERE g.table_id = ${tableId}) = 0`;
}
