import type { Knex } from 'knex';
import { knexSession } from '../database/session.ts';
import { normalizedKey } from '../people/spelling.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { keyFields, keyValue } from '../people/record-keys.ts';
import type { BuildFollower } from '../projects/build.ts';
import type { TableDefinition } from '../projects/tables.ts';

/**
 * What is kept of records that wait for a row follows the table's columns: their names, and the types of those of the key.
 * Other values are read by the types of their columns when they are needed.
 */
export const followKeptValues: BuildFollower = {
  columnsRenamed: async (transaction, { id }, names) => {
    await transaction.raw(
      `UPDATE di.rival SET values = (
         SELECT coalesce(jsonb_object_agg(coalesce(?::jsonb->>k.key, k.key), k.value), '{}') FROM jsonb_each(values) AS k)
       WHERE table_id = ?::uuid`,
      [JSON.stringify(Object.fromEntries(names)), id],
    );
  },
  tableBuilt: async (transaction, _project, table) => {
    if (changesKey(table)) await rewriteKeys(transaction, table);
  },
};

function changesKey({ built, fields, primaryKey }: TableDefinition): boolean {
  return fields.some((field) => {
    const before = built?.fields.find((each) => each.id === field.id);
    return primaryKey.includes(field.name) && before !== undefined && before.type !== field.type;
  });
}

/** Rivals that are read and written at a time. */
const PAGE = 2000;

async function rewriteKeys(transaction: Knex, table: TableDefinition): Promise<void> {
  const session = knexSession(transaction);
  const fields = keyFields(table);
  for (let after = ''; ;) {
    const page = await session.query<{ id: string; key: RecordKey }>(
      `SELECT v.salesforce_id AS id, v.record_key AS key FROM di.rival v
       WHERE v.table_id = $1::uuid AND v.salesforce_id > $2::text ORDER BY v.salesforce_id LIMIT ${PAGE}`,
      [table.id, after],
    );
    const last = page.at(-1);
    if (!last) return;
    const keys = page.map(({ id, key }) => {
      const typed = fields.map((field) => [field.name, keyValue(field, String(key[field.name]))] as const);
      return { id, key: normalizedKey(fields, Object.fromEntries(typed)) };
    });
    await session.query(
      `UPDATE di.rival v SET record_key = k.key FROM jsonb_to_recordset($2::jsonb) AS k (id text, key jsonb)
       WHERE v.table_id = $1::uuid AND v.salesforce_id = k.id`,
      [table.id, JSON.stringify(keys)],
    );
    after = last.id;
  }
}
