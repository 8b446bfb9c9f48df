import type { Knex } from 'knex';
import type { BuildFollower } from '../projects/build.ts';

/** Identities name the columns of their key: they follow where a build renames some, all at once. */
export const followKeyColumns: BuildFollower = {
  columnsRenamed: async (transaction, { id, primaryKey }, names) => {
    const isOfKey = [...names.values()].some((name) => primaryKey.includes(name));
    if (isOfKey) await renameKeyColumns(transaction, id, names);
  },
};

async function renameKeyColumns(
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
  await knex.raw(`UPDATE di.rival SET record_key = ${named('record_key')} WHERE table_id = ?::uuid`, [
    names,
    tableId,
  ]);
  await knex.raw(
    `UPDATE di.duplicate_row SET record_key = ${named('record_key')}, normal_key = ${named('normal_key')}
     WHERE table_id = ?::uuid`,
    [names, names, tableId],
  );
}
