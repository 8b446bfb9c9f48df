import { quoteIdentifier, quoteLiteral, quoteTable } from '../../database/identifiers.ts';
import { hasKey, keyFields, keyObject } from '../../people/record-keys.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { sqlType } from '../../values/field-types.ts';
import { columnsRead } from '../drain/current-state.ts';
import type { BuiltField, BuiltTable } from '../../projects/tables.ts';
import type { Ground } from './ground.ts';
import type { OpenDelivery } from './look.ts';
import { deliveriesOf } from './look.sql.ts';

/** A row with the record that it is known by, and what waits of it. */
export interface WalkedRow {
  readonly key: RecordKey;
  /** The record that filled the row. */
  readonly rowId: string | null;
  /** The record that an integration found or made. */
  readonly linkedId: string | null;
  readonly isLinkGone: boolean;
  readonly deliveries: readonly OpenDelivery[];
  readonly values: Readonly<Record<string, unknown>>;
}

interface FoundRow {
  readonly _key: RecordKey;
  readonly _own: string | null;
  readonly _linked: string | null;
  readonly _gone: boolean | null;
  readonly _deliveries: readonly OpenDelivery[];
}

/** Which rows: those after a key, as JSON of its values; or those of some keys. */
export type Which =
  { readonly after: string | null; readonly limit: number } | { readonly keys: readonly RecordKey[] };

/** Rows that are not archived, in the order of their keys, with the values of some columns. */
export async function walkRows(
  { database, comparison }: Ground,
  table: BuiltTable,
  columns: readonly string[],
  which: Which,
): Promise<WalkedRow[]> {
  const key = keyFields(table);
  const read = columnsRead(table.fields.filter(({ name }) => columns.includes(name)));
  const name = quoteTable(comparison.schemaName, table.code);
  const keyOf = keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`);
  const { from, condition, values } = rowsOf(name, key, which);
  const { rows } = await database.pool.query<FoundRow & Record<string, unknown>>(
    `SELECT ${[`${keyOf} AS "_key"`, 'r."_salesforce_id" AS "_own"', 'l.salesforce_id AS "_linked"', 'l.is_gone AS "_gone"', `${deliveriesOf('$1::uuid', '$2::uuid', keyOf)} AS "_deliveries"`, ...read].join(', ')}
     FROM ${from}
     LEFT JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $1::uuid AND n.record_key = ${keyOf} OFFSET 0) n ON true
     LEFT JOIN di.record_link l ON l.identity_id = n.id AND l.connection_id = $2::uuid AND lower(l.object) = lower($3)
     WHERE r."_archived_at" IS NULL ${condition}`,
    [comparison.tableId, comparison.connectionId, comparison.object, ...values],
  );
  return rows.map(({ _key, _own, _linked, _gone, _deliveries, ...shown }) => ({
    ...{ key: _key, rowId: _own, linkedId: _linked, isLinkGone: _gone === true },
    deliveries: _deliveries,
    values: shown,
  }));
}

const FIRST = 4;

function rowsOf(
  table: string,
  key: readonly BuiltField[],
  which: Which,
): { readonly from: string; readonly condition: string; readonly values: readonly unknown[] } {
  if ('keys' in which)
    return {
      from: `jsonb_array_elements($${FIRST}::jsonb) AS k (key)
        CROSS JOIN LATERAL (SELECT r.* FROM ${table} r WHERE ${hasKey(key, 'r', 'k.key')} OFFSET 0) r`,
      condition: '',
      values: [JSON.stringify(which.keys)],
    };
  const names = key.map(({ name }) => `r.${quoteIdentifier(name)}`).join(', ');
  const order = `ORDER BY ${names} LIMIT ${which.limit}`;
  if (which.after === null) return { from: `${table} r`, condition: order, values: [] };
  const beyond = key.map((field) => `($${FIRST}::jsonb->>${quoteLiteral(field.name)})::${sqlType(field)}`);
  return {
    from: `${table} r`,
    condition: `AND (${names}) > (${beyond.join(', ')}) ${order}`,
    values: [which.after],
  };
}
