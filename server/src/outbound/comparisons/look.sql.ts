import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { incoming, valueOf } from '../../inbound/batches/incoming.sql.ts';
import { keyObject } from '../../people/record-keys.ts';
import { columnsAsJson } from '../../projects/column-json.ts';
import type { Field } from '../../values/field-types.ts';

/** What waits of a row to be sent to an org, as JSON: columns are null where every one is sent. Deliveries are known by their integrations. */
export const deliveriesOf = (tableId: string, connectionId: string, key: string): string => `(
  SELECT coalesce(jsonb_agg(d.open), '[]')
  FROM di.record_identity n
  JOIN di.integration g ON g.table_id = ${tableId} AND g.connection_id = ${connectionId}
  CROSS JOIN LATERAL (
    SELECT jsonb_build_object('state', d.state, 'columns',
      CASE WHEN d.base IS NULL THEN NULL ELSE ARRAY(SELECT jsonb_object_keys(d.base)) END) AS open
    FROM di.delivery d WHERE d.integration_id = g.id AND d.identity_id = n.id AND d.row_change IS NOT NULL OFFSET 0) d
  WHERE n.table_id = ${tableId} AND n.record_key = ${key})`;

/** Columns of two JSON objects that differ, with both values as texts of JSON: a number may be longer than JavaScript's are. */
const differing = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('column', o.name, 'ours', o.value::text, 'theirs', (s."_theirs"->o.name)::text)), '[]')
  FROM jsonb_each(r."_ours") AS o (name, value) WHERE o.value IS DISTINCT FROM s."_theirs"->o.name)`;

/** Columns that both sides had changed, and that were left to differ as they do now. */
const conflicts = (tableId: string, key: string): string => `(
  SELECT coalesce(jsonb_agg(DISTINCT k.column_name), '[]')
  FROM di.record_identity n JOIN di.conflict k ON k.identity_id = n.id
  WHERE n.table_id = ${tableId} AND n.record_key = ${key}
    AND k.project_value = r."_ours"->k.column_name AND k.salesforce_value = s."_theirs"->k.column_name)`;

/**
 * Records, as the table would take them, beside their rows; those that are equal are left out. A row is the record's own, or
 * the one of its key that is no record's.
 *
 * @returns a statement of ids, moments, an array of each field's values, the table's id, the connection's, and the object
 */
export function lookSql(
  target: { readonly schemaName: string; readonly tableCode: string },
  key: readonly Field[],
  fields: readonly Field[],
): string {
  const table = quoteTable(target.schemaName, target.tableCode);
  const names = fields.map(({ name }) => quoteIdentifier(name));
  const [tableId, connectionId, object, code] = [3, 4, 5, 6].map((place) => `$${fields.length + place}`);
  const same = key.map(({ name }) => `r.${quoteIdentifier(name)} = i.${quoteIdentifier(name)}`).join(' AND ');
  const keyOf = (row: string): string => keyObject(key, ({ name }) => `${row}.${quoteIdentifier(name)}`);
  // The OFFSET keeps the planner from reading a whole index in search of the first of a few rows.
  const rowOf = (condition: string): string => `(
    SELECT ${keyOf('r')} AS "_key", r."_archived_at" IS NOT NULL AS "_is_archived", r."_source_modstamp" AS "_stamp",
      ${columnsAsJson('r', fields)} AS "_ours"
    FROM ${table} r WHERE ${condition} OFFSET 0)`;
  const values = fields.map((field) => `${valueOf(field)} AS ${quoteIdentifier(field.name)}`);
  return `
    SELECT i."_place"::int - 1 AS place, r."_key" IS NOT NULL AS has_row, coalesce(r."_is_archived", false) AS is_archived,
      r."_stamp" AS row_stamp, coalesce(r."_key", i."_key") AS key,
      CASE WHEN r."_key" IS NULL THEN '[]'::jsonb ELSE ${differing} END AS differing,
      CASE WHEN r."_key" IS NULL THEN '[]'::jsonb ELSE ${conflicts(`${tableId}::uuid`, 'r."_key"')} END AS conflicts,
      ${deliveriesOf(`${tableId}::uuid`, `${connectionId}::uuid`, 'coalesce(r."_key", i."_key")')} AS deliveries,
      (SELECT v.away_at IS NULL FROM di.rival v
        WHERE v.table_id = ${tableId}::uuid AND v.salesforce_id = i."_id") AS is_rival,
      EXISTS (SELECT FROM di.tombstone b
        WHERE b.table_id = ${tableId}::uuid AND b.salesforce_id = i."_id" AND b.deleted_at > i."_stamp") AS is_buried,
      EXISTS (SELECT FROM di.batch_fault f
        WHERE f.connection_id = ${connectionId}::uuid AND f.table_code = ${code} AND f.object = lower(${object})
          AND f.kind = 'rejected' AND f.key = i."_id") AS is_rejected
    FROM (
      SELECT i.*, CASE WHEN ${key.map(({ name }) => `i.${quoteIdentifier(name)} IS NOT NULL`).join(' AND ')} THEN ${keyOf('i')} END AS "_key"
      FROM ${incoming(fields, 3, ['$1::text[]', '$2::timestamptz[]'])}
        WITH ORDINALITY AS i ("_id", "_stamp", ${[...names, '"_place"'].join(', ')})) i
    CROSS JOIN LATERAL (SELECT ${columnsAsJson('t', fields)} AS "_theirs" FROM (SELECT ${values.join(', ')}) t) s
    LEFT JOIN LATERAL (
      ${rowOf('r."_salesforce_id" = i."_id"')} UNION ALL ${rowOf(`r."_salesforce_id" IS NULL AND ${same}`)} LIMIT 1) r ON true
    WHERE r."_key" IS NULL OR r."_is_archived" OR r."_ours" <> s."_theirs"
    ORDER BY 1`;
}
