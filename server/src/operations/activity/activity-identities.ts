import type { Knex } from 'knex';
import { Refusal } from '../../values/check-value.ts';
import { salesforceId } from '../../values/salesforce-id.ts';
import { keyFields, readKey } from '../../people/record-keys.ts';
import type { BuiltTable } from '../../projects/tables.ts';

type KeyedTable = Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'>;

/** Who of an account is known by a whole primary key of one column, or by the id of a record. */
export async function identitiesNamed(knex: Knex, accountId: string, text: string): Promise<string[]> {
  const record = salesforceId(text.trim());
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `SELECT i.id FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS k ("tableId" uuid, key jsonb)
     JOIN di.record_identity i ON i.table_id = k."tableId" AND i.record_key = k.key
     UNION
     SELECT l.identity_id FROM di.connection c
     JOIN di.record_link l ON l.connection_id = c.id AND l.salesforce_id = :record WHERE c.account_id = :accountId`,
    { accountId, record, keys: JSON.stringify(keysOf(await tablesOf(knex, accountId), text.trim())) },
  );
  return rows.map(({ id }) => id);
}

async function tablesOf(knex: Knex, accountId: string): Promise<KeyedTable[]> {
  const rows = await knex('di.project_table as t')
    .join('di.project as p', 'p.id', 't.project_id')
    .where('p.account_id', accountId)
    .whereNotNull('t.built')
    .select<{ id: string; built: Omit<KeyedTable, 'id'> }[]>('t.id', 't.built');
  return rows.map(({ id, built }) => ({ ...built, id }));
}

/** The key that a text is in each table; none where it cannot be one. */
function keysOf(tables: readonly KeyedTable[], text: string): object[] {
  return tables.flatMap((table) => {
    const [field, ...others] = keyFields(table);
    if (field === undefined || others.length > 0) return [];
    const key = readKey([field], { [field.name]: text });
    return key instanceof Refusal ? [] : [{ tableId: table.id, key }];
  });
}
