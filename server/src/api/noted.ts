import type { Knex } from 'knex';
import type { AccountCaller } from '../access/caller.ts';
import { audit, type AuditEntry } from '../access/audit-log.ts';
import { carryTrace } from '../database/carry-trace.ts';
import { knexSession } from '../database/session.ts';

/** What was called. */
interface Called {
  readonly method: string;
  readonly path: string;
}

type Work<T> = (knex: Knex, note: (entry: AuditEntry) => void) => Promise<T>;

/** A change and its audit entries, in one transaction; one that notes nothing is taken back. */
export function noted<T>(
  call: Called,
  knex: Knex,
  caller: AccountCaller,
  requestId: string,
  work: Work<T>,
): Promise<T> {
  return knex.transaction(async (transaction) => {
    const entries: AuditEntry[] = [];
    await carryTrace(knexSession(transaction));
    const result = await work(transaction, (entry) => void entries.push(entry));
    refuseSilence(call, entries);
    for (const entry of entries) await audit(transaction, caller, requestId, entry);
    return result;
  });
}

/** Changes with transactions of their own, and their audit entries after them. What was done before a failure is noted too. */
export async function notedApart<T>(
  call: Called,
  knex: Knex,
  caller: AccountCaller,
  requestId: string,
  work: Work<T>,
): Promise<T> {
  const entries: AuditEntry[] = [];
  try {
    const result = await work(knex, (entry) => void entries.push(entry));
    refuseSilence(call, entries);
    return result;
  } finally {
    for (const entry of entries) await audit(knex, caller, requestId, entry);
  }
}

function refuseSilence(call: Called, entries: readonly AuditEntry[]): void {
  if (entries.length === 0)
    throw new Error(`${call.method} ${call.path} changed something and noted nothing.`);
}
