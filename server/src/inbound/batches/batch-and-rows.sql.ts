import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { sqlType, type Field } from '../../values/field-types.ts';
import { keyObject } from '../../people/record-keys.ts';
import { holdsNoLaterVersion, SYSTEM_COLUMN_NAMES } from '../../projects/system-columns.ts';
import { incoming, names, tuple } from './incoming.sql.ts';
import { mergeSql, type MergeSql } from './merge.sql.ts';
import {
  found,
  ownRow,
  standing,
  UNEDITED,
  UNEDITED_BY_OTHERS,
  upsert,
  type WrittenFields,
} from './newer-version.sql.ts';
import type { BuiltField } from '../../projects/tables.ts';
import type { Mapping } from '../../projects/mapping.ts';

/** The statements that write one table by one mapping; the text is made once, values are always bound. */
export interface TableSql extends MergeSql {
  /** A name for the prepared statements: the same text has the same name. */
  readonly name: string;
  readonly rekey: string;
  readonly elsewhere: string;
  readonly archive: string;
  readonly removeById: string;
  readonly removeByKey: string;
  readonly upsert: string;
  /** For rows that are locked, and whose waiting changes have been merged with what comes. */
  readonly upsertMerged: string;
  /** Of rows that were not written: how many are the records’ own, and how many of those hold a later version. */
  readonly standing: string;
  /** For a batch that moves nothing. */
  readonly write: string;
  /** For a batch whose rows have been moved. */
  readonly writeMoved: string;
}

export interface SqlTarget {
  readonly schemaName: string;
  readonly tableCode: string;
  /** Every column that the table has, archived ones too. */
  readonly fields: readonly BuiltField[];
}

let statements = 0;

export function sqlOf(target: SqlTarget, mapping: Mapping): TableSql {
  const table = quoteTable(target.schemaName, target.tableCode);
  const fields = mapping.columns.map((column) => column.field);
  const key = mapping.key.flatMap((place) => fields[place] ?? []);
  const fills = mapping.columns.filter(({ onlyWhenEmpty }) => onlyWhenEmpty).map(({ field }) => field.name);
  const written = { fields, fills: new Set(fills) };
  statements += 1;
  return {
    name: `table_${statements}`,
    rekey: rekey(table, key, target.fields),
    elsewhere: elsewhere(table, key),
    archive: archive(table),
    removeById: removeById(table),
    removeByKey: removeByKey(table, key),
    ...mergeSql(table, key, fields),
    upsert: upsert(table, key, written, 1, UNEDITED_BY_OTHERS),
    upsertMerged: upsert(table, key, written, 1, 'true'),
    standing: standing(table, key),
    write: write(table, key, written, true),
    writeMoved: write(table, key, written, false),
  };
}

/**
 * What has to be known before a batch is written, read under the table's lock: whether the transfer and the table are
 * still those that the statements were made for, whether the batch came before, whether any record was deleted after the
 * oldest version that it brings, whether the table has rivals or the transfer left records out, whether anything is known to
 * stand in the transfer's way, and which checkboxes of its object DI writes.
 */
export const PROBE = `
  SELECT c.status AS connection_status, c.organization_id, x.version AS transfer_version, t.version AS table_version,
    p.archived_at IS NOT NULL AS is_project_archived, b.body_hash, b.answer,
    EXISTS (SELECT FROM di.tombstone d WHERE d.table_id = t.id AND d.deleted_at > $5::timestamptz) AS has_later_deletes,
    EXISTS (SELECT FROM di.rival v WHERE v.table_id = t.id) AS has_rivals,
    EXISTS (SELECT FROM di.left_out l WHERE l.transfer_id = x.id) AS has_left_out,
    EXISTS (SELECT FROM di.erased_mark m WHERE m.project_id = p.id) AS has_erased,
    EXISTS (SELECT FROM di.batch_fault f WHERE f.connection_id = $1 AND f.table_code = $6 AND f.object = lower($7)) AS has_faults,
    (SELECT jsonb_agg(f.target || jsonb_build_object('integration', g.id))
      FROM di.integration g CROSS JOIN LATERAL jsonb_array_elements(g.opt_in_fields) AS f (target)
      WHERE g.connection_id = c.id AND g.status IN ('active', 'paused') AND 'consent' = ANY (g.operations)
        AND lower(g.object) = lower(x.object)) AS opt_in_fields
  FROM di.transfer x
  JOIN di.connection c ON c.id = x.connection_id
  JOIN di.project_table t ON t.id = x.table_id
  JOIN di.project p ON p.id = t.project_id
  LEFT JOIN di.batch b ON b.connection_id = c.id AND b.key = $2
  WHERE x.id = $3 AND c.id = $1 AND t.id = $4`;

/** SQLSTATE of a write that has found a record whose row stands under another key. */
export const KEY_MOVED = 'DI001';

/**
 * A record whose key changed takes its row along: the row is lifted out and put back under the new key with everything it
 * holds, so that two records may exchange their keys. Where another row has the new key, that one stays and takes the
 * record's values; the old row of a record that a later one of the same batch stands for goes. Answers the keys that were
 * left, and those that were taken.
 */
function rekey(table: string, key: readonly Field[], all: readonly BuiltField[]): string {
  const keys = new Set(key.map((field) => field.name));
  const columns = [...all.map((field) => field.name), ...SYSTEM_COLUMN_NAMES];
  return `
    WITH lifted AS (
      DELETE FROM ${table} r
      USING ${incoming(key, 4, ['$1::text[]', '$2::timestamptz[]', '$3::boolean[]'])} AS i("_id", "_stamp", "_is_superseded", ${names(key).join(', ')})
      WHERE r."_salesforce_id" = i."_id" AND ${tuple('r', key)} <> ${tuple('i', key)}
        AND ${holdsNoLaterVersion('i."_stamp"')}
      RETURNING r.*, i."_is_superseded", ${key.map((field, index) => `i.${quoteIdentifier(field.name)} AS "_new_${index}"`).join(', ')}
    ), placed AS (
      INSERT INTO ${table} (${columns.map(quoteIdentifier).join(', ')})
      SELECT ${columns.map((name) => (keys.has(name) ? `"_new_${key.findIndex((field) => field.name === name)}"` : quoteIdentifier(name))).join(', ')}
      FROM lifted WHERE NOT "_is_superseded"
      ORDER BY "_source_modstamp" DESC
      ON CONFLICT DO NOTHING
      RETURNING "_salesforce_id" AS id
    )
    SELECT "_salesforce_id" AS id, "_salesforce_id" IN (SELECT id FROM placed) AS is_placed,
      ${keyObject(key, (field) => quoteIdentifier(field.name))} AS "from",
      ${keyObject(key, (_field, index) => `"_new_${index}"`)} AS "to"
    FROM lifted ORDER BY "_is_superseded", "_source_modstamp" DESC`;
}

/** Records whose row stands under another key after the moving: it is newer, and the record that comes is stale. */
function elsewhere(table: string, key: readonly Field[]): string {
  return `
    SELECT i."_id" AS id FROM ${incoming(key, 3, ['$1::text[]', '$2::timestamptz[]'])} AS i("_id", "_stamp", ${names(key).join(', ')})
    JOIN ${table} r ON r."_salesforce_id" = i."_id"
    WHERE ${tuple('r', key)} <> ${tuple('i', key)}`;
}

function archive(table: string): string {
  return `
    UPDATE ${table} r
    SET "_archived_at" = g.at, "_source_modstamp" = greatest(r."_source_modstamp", g.at), "_changed_at" = now()
    FROM (SELECT id, max(at) AS at FROM unnest($1::text[], $2::timestamptz[]) AS u(id, at) GROUP BY id) g
    WHERE r."_salesforce_id" = g.id AND r."_archived_at" IS NULL
      AND ${holdsNoLaterVersion('g.at')}`;
}

/** A tombstone stays, so that an older version that comes late does not bring the record back. */
function removeById(table: string): string {
  return `
    WITH gone AS (
      SELECT id, max(at) AS at FROM unnest($1::text[], $2::timestamptz[]) AS u(id, at) GROUP BY id ORDER BY id
    ), buried AS (
      INSERT INTO di.tombstone AS d (table_id, salesforce_id, deleted_at) SELECT $3, id, at FROM gone
      ON CONFLICT (table_id, salesforce_id) DO UPDATE SET deleted_at = greatest(d.deleted_at, EXCLUDED.deleted_at)
    )
    DELETE FROM ${table} r USING gone g
    WHERE r."_salesforce_id" = g.id AND ${holdsNoLaterVersion('g.at')}`;
}

/** A row that no record of Salesforce has written yet, an imported one, is known by its key. */
function removeByKey(table: string, key: readonly Field[]): string {
  return `
    DELETE FROM ${table} r USING ${incoming(key, 1, [])} AS g(${names(key).join(', ')})
    WHERE ${tuple('r', key)} = ${tuple('g', key)} AND r."_salesforce_id" IS NULL`;
}

/** Where a batch's own values stand before those of its rows. */
export const FIRST_ROW_PARAMETER = 13;

/**
 * Rows and the record of the batch in one statement. Rows that stood newer are counted only where some were not written. The
 * statement ends with KEY_MOVED where a record made a new row though it has one under another key, and where a row that was
 * not written is another record's, be it one that was written just now and cannot be seen yet: rows are moved and handed over
 * first then. Most batches move nothing, and hardly pay for looking.
 */
function write(table: string, key: readonly Field[], written: WrittenFields, movesNothing: boolean): string {
  const { fields } = written;
  const keys = key.map((field) => `$${FIRST_ROW_PARAMETER + 2 + fields.indexOf(field)}::${sqlType(field)}[]`);
  const hasMoved = movesNothing
    ? `(SELECT count(*) FROM written w JOIN ${table} r ON r."_salesforce_id" = w.id WHERE w.is_new) > 0 OR `
    : '';
  return `
    WITH written AS (${upsert(table, key, written, FIRST_ROW_PARAMETER, movesNothing ? UNEDITED : UNEDITED_BY_OTHERS)}),
    applied AS (SELECT count(*) AS rows FROM written),
    standing AS (
      SELECT count(*) AS own, count(*) FILTER (WHERE r."_source_modstamp" > i."_stamp") AS stale
      FROM unnest($13::text[], $14::timestamptz[], ${keys.join(', ')}) AS i("_id", "_stamp", ${names(key).join(', ')})
      CROSS JOIN LATERAL (${found(table, ownRow(key))}) AS r
      WHERE (SELECT rows FROM applied) < cardinality($13::text[]) AND i."_id" NOT IN (SELECT id FROM written)
    ),
    counted AS (
      SELECT rows, own, stale, ${hasMoved}rows + own < cardinality($13::text[]) AS has_moved FROM applied, standing
    )
    INSERT INTO di.batch (connection_id, key, table_id, object, body_hash, upserted_ids, archived_ids, deleted_ids, answer)
    SELECT $1, $2, $3, $4, $5, $13::text[] || $6::text[], $7, $8, di.unless(has_moved, '${KEY_MOVED}', json_build_object(
      'applied', rows + ($9::json->>'applied')::int, 'unchanged', own - stale + ($9::json->>'unchanged')::int,
      'stale', stale + ($9::json->>'stale')::int, 'rivals', ($9::json->>'rivals')::int, 'leftOut', ($9::json->>'leftOut')::int,
      'archived', $10::int, 'deleted', $11::int, 'rejected', $12::json))
    FROM counted
    RETURNING answer`;
}
