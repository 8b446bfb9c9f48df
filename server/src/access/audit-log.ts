import type { Knex } from 'knex';
import type { AccountCaller } from './caller.ts';

/** A change of configuration. */
export interface AuditEntry {
  /** What was done, as `project.created`. */
  readonly action: string;
  /** What it was done to: a code or an id. */
  readonly subject: string;
  /** What else is worth knowing; never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Notes a change in the append-only log, in the transaction of the change. */
export async function audit(
  knex: Knex,
  caller: Pick<AccountCaller, 'accountId' | 'actor'>,
  requestId: string,
  entry: AuditEntry,
): Promise<void> {
  await knex('di.audit_event').insert({
    account_id: caller.accountId,
    actor_kind: caller.actor.kind,
    actor_id: caller.actor.id,
    actor_name: caller.actor.name,
    action: entry.action,
    subject: entry.subject,
    detail: JSON.stringify(entry.detail ?? {}),
    request_id: requestId,
  });
}

interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_name: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
  readonly request_id: string;
}

/** The latest entries of an account, newest first; `before` is the id of the last one seen. */
export async function auditEntries(
  knex: Knex,
  accountId: string,
  page: { limit: number; before?: number | undefined },
): Promise<Record<string, unknown>[]> {
  const rows = await knex('di.audit_event')
    .where({ account_id: accountId })
    .modify((query) => {
      if (page.before !== undefined) void query.where('id', '<', page.before);
    })
    .orderBy('id', 'desc')
    .limit(page.limit)
    .select<AuditRow[]>();
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, name: row.actor_name },
    action: row.action,
    subject: row.subject,
    detail: row.detail,
    requestId: row.request_id,
  }));
}
