import type { Knex } from 'knex';

/** What can stop, each told in words of its own (alert-text.ts). */
export const INCIDENT_KINDS = [
  'authorization-lost',
  'permission-missing',
  'integration-stopped',
  'writes-stopped',
  'api-budget-used',
  'api-unavailable',
  'deliveries-dead',
  'pull-failed',
  'batches-refused',
  'events-failed',
  'actions-failed',
  'plugin-silent',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Which trouble it is: there is one open incident of a key at a time. */
export interface IncidentKey {
  readonly accountId: string;
  readonly connectionId: string;
  readonly kind: IncidentKind;
  /** Which of a connection's integrations, pulls, …: a name that people know. None where it is the connection itself. */
  readonly subject?: string;
}

export interface IncidentReport extends IncidentKey {
  /** What happened, in a sentence for people; never a secret. */
  readonly message: string;
  /** Changes that wait until it is mended, where they are counted. */
  readonly waiting?: number;
}

/**
 * Minutes that a recovery must last before it is told. What fails again before that is the same incident, and nobody hears
 * of it again: otherwise the last word of a connection that comes and goes could be that all is well.
 */
export const SETTLING_MINUTES = 10;

/**
 * Says that something has stopped. The first time opens an incident and puts an alert for each channel in the outbox;
 * saying it again only keeps the newest message. To be called in the transaction that found it out, where there is one.
 */
export async function openIncident(knex: Knex, report: IncidentReport): Promise<void> {
  await knex.transaction(async (transaction) => {
    await lock(transaction, report);
    const news = { message: report.message, waiting: report.waiting ?? null };
    if ((await unclosed(transaction, report).update(news)) > 0) return;
    if (await reopen(transaction, report, news)) return;
    const [row] = await transaction('di.incident')
      .insert({
        account_id: report.accountId,
        connection_id: report.connectionId,
        kind: report.kind,
        subject: report.subject ?? '',
        ...news,
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The incident was not stored.');
    await announce(transaction, report.accountId, row.id);
  });
}

/**
 * Says that it works again; nothing where it was not known to have stopped. Those who were told are told.
 *
 * @param resume what is done in the same transaction, since it works again
 */
export async function closeIncident(
  knex: Knex,
  key: IncidentKey,
  resume?: (transaction: Knex) => Promise<void>,
): Promise<void> {
  // All is well nearly always: that is one read, without a lock.
  if (!(await unclosed(knex, key).first('id'))) return;
  await knex.transaction(async (transaction) => {
    await lock(transaction, key);
    const [row] = await unclosed(transaction, key)
      .update({ closed_at: transaction.fn.now() })
      .returning<{ id: string }[]>('id');
    if (!row) return;
    await transaction.raw(
      `INSERT INTO di.alert (account_id, incident_id, channel_id, address, event, due_at)
       SELECT account_id, incident_id, channel_id, address, 'closed', now() + make_interval(mins => ?)
       FROM di.alert WHERE incident_id = ? AND account_id = ? AND event = 'opened'`,
      [SETTLING_MINUTES, row.id, key.accountId],
    );
    await resume?.(transaction);
  });
}

function unclosed(knex: Knex, key: IncidentKey): Knex.QueryBuilder {
  return ofKey(knex, key).whereNull('closed_at');
}

function ofKey(knex: Knex, key: IncidentKey): Knex.QueryBuilder {
  return knex('di.incident').where({
    account_id: key.accountId,
    connection_id: key.connectionId,
    kind: key.kind,
    subject: key.subject ?? '',
  });
}

/** One at a time for a connection: two copies of the server find out the same thing at the same moment. */
async function lock(transaction: Knex, key: IncidentKey): Promise<void> {
  await transaction.raw('SELECT FROM di.connection WHERE id = ? FOR NO KEY UPDATE', [key.connectionId]);
}

/** Takes a recovery back that nobody has been told of yet; answers whether there was one. */
async function reopen(
  transaction: Knex,
  key: IncidentKey,
  news: { readonly message: string; readonly waiting: number | null },
): Promise<boolean> {
  const latest = await ofKey(transaction, key)
    .whereRaw('closed_at > now() - make_interval(mins => ?)', [SETTLING_MINUTES])
    .orderBy('closed_at', 'desc')
    .first<{ id: string } | undefined>('id');
  if (!latest) return false;
  const recoveries = await transaction('di.alert')
    .where({ incident_id: latest.id, account_id: key.accountId, event: 'closed' })
    .forUpdate()
    .select<{ attempts: number }[]>('attempts');
  if (recoveries.some((alert) => alert.attempts > 0)) return false;
  await transaction('di.alert')
    .where({ incident_id: latest.id, account_id: key.accountId, event: 'closed' })
    .delete();
  await transaction('di.incident')
    .where({ id: latest.id, account_id: key.accountId })
    .update({ ...news, closed_at: null, times: transaction.raw('times + 1') });
  return true;
}

/** An alert for each channel of the account; for its owners where it has none, so that somebody is told in any case. */
async function announce(transaction: Knex, accountId: string, incidentId: string): Promise<void> {
  await transaction.raw(
    `WITH channel AS (SELECT id, address FROM di.alert_channel WHERE account_id = :account AND is_active)
     INSERT INTO di.alert (account_id, incident_id, channel_id, address, event, due_at)
     SELECT CAST(:account AS uuid), CAST(:incident AS uuid), id, address, 'opened', now() FROM channel
     UNION ALL
     SELECT CAST(:account AS uuid), CAST(:incident AS uuid), NULL, email, 'opened', now() FROM di."user"
     WHERE account_id = :account AND role = 'owner' AND disabled_at IS NULL
       AND NOT EXISTS (SELECT FROM channel)`,
    { account: accountId, incident: incidentId },
  );
}

/** An incident as a listing shows it. */
export interface Incident {
  readonly id: string;
  readonly connection: string;
  readonly connectionName: string;
  readonly kind: IncidentKind;
  readonly subject: string | null;
  readonly message: string;
  readonly waiting: number | null;
  readonly times: number;
  /** Alerts of it that could not be delivered, and were given up. */
  readonly undelivered: number;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** Incidents of an account, newest first; `before` is when the last one seen was opened. */
export async function listIncidents(
  knex: Knex,
  accountId: string,
  page: {
    readonly isOpen?: boolean | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
  },
): Promise<Incident[]> {
  const rows = await knex('di.incident as i')
    .join('di.connection as c', 'c.id', 'i.connection_id')
    .where('i.account_id', accountId)
    .modify((query) => {
      if (page.isOpen === true) void query.whereNull('i.closed_at');
      if (page.isOpen === false) void query.whereNotNull('i.closed_at');
      if (page.before !== undefined) void query.where('i.created_at', '<', page.before);
    })
    .orderBy('i.created_at', 'desc')
    .limit(page.limit)
    .select<IncidentRow[]>(
      'i.*',
      'c.name as connection_name',
      knex.raw(
        '(SELECT count(*) FROM di.alert a WHERE a.incident_id = i.id AND a.failed_at IS NOT NULL)::int AS undelivered',
      ),
    );
  return rows.map((row) => ({
    id: row.id,
    connection: row.connection_id,
    connectionName: row.connection_name,
    kind: row.kind,
    subject: row.subject === '' ? null : row.subject,
    message: row.message,
    waiting: row.waiting,
    times: row.times,
    undelivered: row.undelivered,
    openedAt: row.created_at,
    closedAt: row.closed_at,
  }));
}

interface IncidentRow {
  readonly id: string;
  readonly connection_id: string;
  readonly connection_name: string;
  readonly kind: IncidentKind;
  readonly subject: string;
  readonly message: string;
  readonly waiting: number | null;
  readonly times: number;
  readonly undelivered: number;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}
