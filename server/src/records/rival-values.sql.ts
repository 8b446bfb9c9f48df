import { quoteLiteral } from '../database/identifiers.ts';
import { columnsAsJson } from '../projects/column-json.ts';
import type { BuiltField } from '../projects/tables.ts';

/** A record that stands for a row or waits for one, in SQL. */
interface RecordSql {
  readonly tableId: string;
  readonly id: string;
  /** The connection that it came by; null where that is not known. */
  readonly connectionId: string;
  readonly key: string;
}

/**
 * The object of a record, in small letters, as far as its id tells; null where that is not known. A table that one object only
 * is copied into has records of that.
 */
export const objectOf = ({ tableId, id }: Pick<RecordSql, 'tableId' | 'id'>): string => `(
  SELECT CASE WHEN count(DISTINCT lower(x.object)) = 1 THEN min(lower(x.object))
    ELSE CASE left(${id}, 3) WHEN '003' THEN 'contact' WHEN '00Q' THEN 'lead' WHEN '001' THEN 'account' END END
  FROM di.transfer x WHERE x.table_id = ${tableId})`;

/** Deliveries `d` of integrations `g` that bring changes of a row `r` to whomever, by the columns `b` that were changed. */
const waitingOf = ({ tableId, key }: Pick<RecordSql, 'tableId' | 'key'>): string => `
  FROM di.record_identity n
  JOIN di.integration g ON g.table_id = n.table_id
  JOIN di.delivery d ON d.integration_id = g.id AND d.identity_id = n.id
  CROSS JOIN LATERAL jsonb_each(d.base) AS b (name, value)
  WHERE r."_edited_at" IS NOT NULL AND n.table_id = ${tableId} AND n.record_key = ${key} AND d.row_change IS NOT NULL`;

/** Those of them that bring changes to a record. */
const waitingFor = (record: RecordSql): string => `${waitingOf(record)}
    AND (${record.connectionId} IS NULL OR g.connection_id = ${record.connectionId})
    AND coalesce(lower(g.object) = ${objectOf(record)}, true)`;

/** Whether a row `r` has a key that waits to be sent. */
export const hasNewKey = (tableId: string, key: string, columns: readonly string[]): string =>
  `EXISTS (SELECT ${waitingOf({ tableId, key })} AND b.name IN (${columns.map(quoteLiteral).join(', ')}))`;

/**
 * Columns of a row `r` of which a change waits to be sent to a record: it is the person's, whichever record stands for them. One
 * that was changed back waits for nothing.
 */
export const waitingColumns = (
  record: RecordSql,
  fields: readonly Pick<BuiltField, 'name' | 'type'>[],
): string =>
  `ARRAY(SELECT b.name ${waitingFor(record)} AND ${columnsAsJson('r', fields)}->b.name IS DISTINCT FROM b.value)`;

/**
 * What a record says in those of some columns of which a change waits to be sent to it, as a JSON object: what both sides had
 * before the change.
 *
 * @param columns an array of names
 */
export function valuesBeforeEdits(
  record: RecordSql,
  columns: string,
  fields: readonly Pick<BuiltField, 'name' | 'type'>[],
): string {
  const moments = fields.filter(({ type }) => type === 'timestamp').map(({ name }) => quoteLiteral(name));
  // A base has moments without their zone, which is UTC.
  const value =
    moments.length === 0
      ? 'b.value'
      : `CASE WHEN b.name IN (${moments.join(', ')}) AND b.value <> 'null' THEN to_jsonb((b.value #>> '{}') || 'Z') ELSE b.value END`;
  return `coalesce((SELECT jsonb_object_agg(b.name, ${value}) ${waitingFor(record)} AND b.name = ANY (${columns})), '{}')`;
}

/** Columns of a row `r` with a value, which every transfer that has them fills only where there is none; `v` is the rival. */
export const FILLED_COLUMNS = `ARRAY(
  SELECT e.entry->>'column' FROM di.transfer x CROSS JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry)
  WHERE x.table_id = v.table_id GROUP BY 1
  HAVING bool_and(coalesce((e.entry->>'onlyWhenEmpty')::boolean, false)) AND to_jsonb(r.*)->(e.entry->>'column') <> 'null')`;

/**
 * In SQL, whether the record of a row `r` is a lead that was converted: the row has that of it where a transfer of leads fills a
 * column from *IsConverted*.
 *
 * @param table its id
 */
export const isConvertedLead = (table: string): string => `
  (coalesce(left(r."_salesforce_id", 3) = '00Q', false) AND EXISTS (
    SELECT FROM di.transfer x CROSS JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry)
    WHERE x.table_id = ${table} AND lower(x.object) = 'lead' AND lower(e.entry->>'salesforceField') = 'isconverted'
      AND to_jsonb(r.*)->>(e.entry->>'column') = 'true'))`;
