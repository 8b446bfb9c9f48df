import type { Knex } from 'knex';

/** A table's number for advisory locks: the first half of its id. */
export function tableLockKey(tableId: string): string {
  const hex = tableId.replaceAll('-', '').slice(0, 16);
  return BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();
}

/** Has a table to itself until the transaction ends: batches wait. */
export async function lockTable(transaction: Knex, tableId: string): Promise<void> {
  await transaction.raw('SELECT pg_advisory_xact_lock(?::bigint)', [tableLockKey(tableId)]);
}
