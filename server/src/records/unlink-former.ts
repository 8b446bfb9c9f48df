import { quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import { hasKey, keyFields } from '../people/record-keys.ts';
import type { RecordKey } from '../people/record-identities.ts';
import type { BuiltTable } from '../projects/tables.ts';

/**
 * Unties people from the records that their rows came from, which another record is about to take: what waits of them is that
 * one's from now on. Call it in the transaction that changes the rows.
 */
export async function unlinkFormer(
  session: Session,
  table: Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'> & { readonly schemaName: string },
  keys: readonly RecordKey[],
): Promise<void> {
  await session.query(
    `DELETE FROM di.record_link l
     USING jsonb_array_elements($2::jsonb) AS k (key), di.record_identity n, ${quoteTable(table.schemaName, table.code)} r
     WHERE n.table_id = $1::uuid AND n.record_key = k.key AND l.identity_id = n.id
       AND ${hasKey(keyFields(table), 'r', 'k.key')} AND l.salesforce_id = r."_salesforce_id"`,
    [table.id, JSON.stringify(keys)],
  );
}
