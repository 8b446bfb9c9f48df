import { quoteIdentifier } from '../database/identifiers.ts';
import { sqlType, type Field } from '../projects/field-types.ts';

/** The statements that write one table by one mapping; the text is made once, values are always bound. */
export interface TableSql {
  /** A name for the prepared statement: the same text has the same name. */
  readonly name: string;
  readonly removeDisplaced: string;
  readonly rekey: string;
  readonly upsert: string;
  readonly archive: string;
  readonly remove: string;
}

let statements = 0;

/**
 * - Every row locks in the order of the primary key, so that two batches on the same rows wait for each other instead of
 *   standing in each other's way.
 * - A row is written where it is new or not older than what is there; equal moments write, since two changes in one
 *   second carry the same SystemModstamp.
 * - A record that was deleted later than it was changed stays deleted: the tombstone says when.
 */
export function sqlOf(
  target: { schemaName: string; tableCode: string; primaryKey: readonly string[] },
  fields: readonly Field[],
): TableSql {
  const table = `${quoteIdentifier(target.schemaName)}.${quoteIdentifier(target.tableCode)}`;
  const key = target.primaryKey.map(quoteIdentifier);
  const columns = fields.map((field) => quoteIdentifier(field.name));
  const shape = [
    '"_salesforce_id" text',
    '"_source_modstamp" timestamptz',
    ...fields.map((field) => `${quoteIdentifier(field.name)} ${sqlType(field)}`),
  ].join(', ');
  const input = `input AS (SELECT r.* FROM json_to_recordset($1::json) AS r(${shape}))`;
  const alive = `alive AS (
    SELECT i.* FROM input i
    WHERE NOT EXISTS (SELECT FROM di.tombstone d WHERE d.table_id = $2 AND d.salesforce_id = i."_salesforce_id" AND d.deleted_at > i."_source_modstamp")
  )`;
  const tuple = (alias: string): string => `(${key.map((column) => `${alias}.${column}`).join(', ')})`;
  const values = columns.filter((column) => !key.includes(column));
  const assignments = [...values, '"_salesforce_id"', '"_source_modstamp"'].map(
    (column) => `${column} = EXCLUDED.${column}`,
  );
  const moved = `t."_salesforce_id" = i."_salesforce_id" AND ${tuple('t')} <> ${tuple('i')} AND (t."_source_modstamp" IS NULL OR t."_source_modstamp" <= i."_source_modstamp")`;
  statements += 1;
  return {
    name: `table_${statements}`,
    removeDisplaced: `WITH ${input}, ${alive}
      DELETE FROM ${table} t USING alive i WHERE ${moved} AND EXISTS (SELECT FROM ${table} other WHERE ${tuple('other')} = ${tuple('i')})`,
    rekey: `WITH ${input}, ${alive}
      UPDATE ${table} t SET ${key.map((column) => `${column} = i.${column}`).join(', ')} FROM alive i WHERE ${moved}`,
    upsert: `WITH ${input}, ${alive}, written AS (
        INSERT INTO ${table} AS t (${[...columns, '"_salesforce_id"', '"_source_modstamp"'].join(', ')})
        SELECT ${[...columns, '"_salesforce_id"', '"_source_modstamp"'].join(', ')} FROM alive ORDER BY ${key.join(', ')}
        ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${assignments.join(', ')}, "_changed_at" = now(), "_archived_at" = NULL
        WHERE t."_source_modstamp" IS NULL OR t."_source_modstamp" < EXCLUDED."_source_modstamp"
          OR (t."_source_modstamp" = EXCLUDED."_source_modstamp"
              AND (${[...values, '"_salesforce_id"'].map((column) => `t.${column}`).join(', ')}, t."_archived_at")
                  IS DISTINCT FROM (${[...values, '"_salesforce_id"'].map((column) => `EXCLUDED.${column}`).join(', ')}, NULL::timestamptz))
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM written) AS applied,
        (SELECT count(*) FROM input i JOIN ${table} t ON ${tuple('t')} = ${tuple('i')} WHERE t."_source_modstamp" > i."_source_modstamp")
          + (SELECT count(*) FROM input) - (SELECT count(*) FROM alive) AS stale`,
    archive: `WITH gone AS (SELECT * FROM json_to_recordset($1::json) AS g(id text, at timestamptz))
      UPDATE ${table} t SET "_archived_at" = g.at, "_source_modstamp" = greatest(t."_source_modstamp", g.at), "_changed_at" = now()
      FROM gone g WHERE t."_salesforce_id" = g.id AND t."_archived_at" IS NULL AND (t."_source_modstamp" IS NULL OR t."_source_modstamp" <= g.at)`,
    remove: `WITH gone AS (SELECT * FROM json_to_recordset($1::json) AS g(id text, at timestamptz)),
      buried AS (
        INSERT INTO di.tombstone (table_id, salesforce_id, deleted_at) SELECT $2, id, max(at) FROM gone GROUP BY id ORDER BY id
        ON CONFLICT (table_id, salesforce_id) DO UPDATE SET deleted_at = greatest(di.tombstone.deleted_at, EXCLUDED.deleted_at)
      )
      DELETE FROM ${table} t USING gone g WHERE t."_salesforce_id" = g.id AND (t."_source_modstamp" IS NULL OR t."_source_modstamp" <= g.at)`,
  };
}
