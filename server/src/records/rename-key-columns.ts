import type { Knex } from 'knex';

/** Identities name the columns of their key: they follow where a build renames some, all at once. */
export async function renameKeyColumns(
  knex: Knex,
  tableId: string,
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  if (renamed.size === 0) return;
  await knex.raw(
    `UPDATE di.record_identity SET record_key =
       (SELECT jsonb_object_agg(coalesce(?::jsonb->>k.key, k.key), k.value) FROM jsonb_each(record_key) AS k)
     WHERE table_id = ?::uuid AND merged_into IS NULL`,
    [JSON.stringify(Object.fromEntries(renamed)), tableId],
  );
}
