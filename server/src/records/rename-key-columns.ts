import type { Knex } from 'knex';

/** Identities name the columns of their key: they follow where a build renames some, all at once. */
export async function renameKeyColumns(
  knex: Knex,
  tableId: string,
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  if (renamed.size === 0) return;
  const names = JSON.stringify(Object.fromEntries(renamed));
  const named = (key: string): string =>
    `(SELECT jsonb_object_agg(coalesce(?::jsonb->>k.key, k.key), k.value) FROM jsonb_each(${key}) AS k)`;
  await knex.raw(
    `UPDATE di.record_identity SET record_key = ${named('record_key')}
     WHERE table_id = ?::uuid AND merged_into IS NULL`,
    [names, tableId],
  );
  await knex.raw(
    `UPDATE di.duplicate_row SET record_key = ${named('record_key')}, normal_key = ${named('normal_key')}
     WHERE table_id = ?::uuid`,
    [names, names, tableId],
  );
}
