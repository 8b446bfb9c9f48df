import type { Knex } from 'knex';
import { quoteTable } from './identifiers.ts';

/**
 * Locks are empty tables of a schema that only the server's own database user can enter, one for each project table and a
 * few with names. They are held until the transaction ends. Advisory locks would not do: any role that can log in, a reader
 * by SQL too, sees in pg_locks which numbers are taken, takes the same ones, and keeps everybody else waiting.
 */
export const LOCK_SCHEMA = 'di_lock';

/** One deployment at a time is taken up. */
export const DEPLOYMENT_CLAIM = 'deployment_claim';
/** One comparison at a time is taken up: whether another one of its table goes on is known then. */
export const COMPARISON_CLAIM = 'comparison_claim';
/** One copy of the server at a time renews the functions of triggers. */
export const FUNCTION_RENEWAL = 'function_renewal';
/** One copy of the server at a time starts. */
export const STARTUP = 'startup';

/** Whether others may hold the lock at the same time, or nobody else does. */
export type LockAccess = 'shared' | 'exclusive';

/**
 * ROW SHARE goes with itself, EXCLUSIVE with nothing but ACCESS SHARE, which a backup takes; of both neither meets what an
 * automatic vacuum takes of other tables.
 */
const MODES: Readonly<Record<LockAccess, string>> = { shared: 'ROW SHARE', exclusive: 'EXCLUSIVE' };

/**
 * The statement that takes a lock. Whoever shares a lock waits behind somebody who waits to have it exclusively, so that nobody
 * waits for ever.
 *
 * @param name a project table's id, or one of the names above
 */
export function lockStatement(name: string, access: LockAccess): string {
  return `LOCK TABLE ${quoteTable(LOCK_SCHEMA, name)} IN ${MODES[access]} MODE`;
}

/** Takes a lock until the transaction ends. */
export async function lock(transaction: Knex, name: string, access: LockAccess = 'exclusive'): Promise<void> {
  await transaction.raw(lockStatement(name, access));
}
