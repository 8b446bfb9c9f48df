import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { persistently } from '../database/persistently.ts';
import { claim, type Change, type Lease, type LeasedWork } from '../jobs/lease.ts';
import { Loop } from '../jobs/loop.ts';
import type { Language } from '../mail/mailer.ts';
import type { AlertEvent } from './alert-text.ts';
import type { ChannelKind } from './channels.ts';
import type { IncidentKind } from '../connections/incidents.ts';
import type { Teller } from './teller.ts';
import { Undeliverable } from '../mail/undeliverable.ts';

/** Milliseconds between looks for alerts. */
const IDLE = 5000;
/** Minutes before the next try, by how many there were; after the last one the alert is given up. */
const RETRIES = [1, 5, 15, 60, 180, 360, 720] as const;
/** Attempts are counted before they are made: an alert that takes its sender down with it is given up too. */
const ATTEMPTS = RETRIES.length + 1;

interface AlertRow {
  readonly id: string;
  readonly account_id: string;
  readonly channel_id: string | null;
  readonly address: string;
  readonly event: Exclude<AlertEvent, 'test'>;
  readonly attempts: number;
  readonly channel_kind: ChannelKind;
  readonly language: Language;
  readonly is_active: boolean | null;
  readonly incident_id: string;
  readonly kind: IncidentKind;
  readonly subject: string;
  readonly message: string;
  readonly waiting: number | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly connection_id: string;
  readonly connection_name: string;
}

/** Sends the alerts of the outbox, each by one copy of the server. */
export function alertLoop(knex: Knex, teller: Teller, logger: Logger): Loop {
  return new Loop('alerts', () => sendAlert(knex, teller, logger), IDLE, logger);
}

/** Alerts that are to be sent. A recovery waits for the news that it takes back. */
export const ALERTS: LeasedWork = {
  table: 'di.alert',
  key: 'id',
  // Longer than any sending takes.
  seconds: 300,
  isDue: `w.due_at <= now() AND w.sent_at IS NULL AND w.failed_at IS NULL
    AND (w.event <> 'closed' OR NOT EXISTS (
      SELECT FROM di.alert o
      WHERE o.incident_id = w.incident_id AND o.address = w.address AND o.event = 'opened'
        AND o.channel_id IS NOT DISTINCT FROM w.channel_id
        AND o.sent_at IS NULL AND o.failed_at IS NULL))`,
  order: 'w.due_at',
  onClaim: 'attempts = attempts + 1',
};

/** Sends the alert that is due; answers whether there was one. */
export async function sendAlert(knex: Knex, teller: Teller, logger: Logger): Promise<boolean> {
  const lease = await claim<{ id: string }>(knex, ALERTS);
  if (!lease) return false;
  await lease.whileHeld(new AbortController().signal, async () => {
    const alert = await findAlert(knex, lease.row.id);
    if (alert) await settleAttempt(knex, teller, alert, lease, logger);
  });
  return true;
}

async function settleAttempt(
  knex: Knex,
  teller: Teller,
  alert: AlertRow,
  lease: Lease,
  logger: Logger,
): Promise<void> {
  const failure = alert.attempts > ATTEMPTS ? giveUp(alert, logger) : await attempt(teller, alert, logger);
  // What is not written down is sent again.
  const isOurs = await persistently(() => settle(knex, alert, lease, failure));
  if (isOurs && alert.channel_id !== null)
    await teller.channels(knex, alert.account_id).note(alert.channel_id, failure?.message ?? null);
}

async function findAlert(knex: Knex, id: string): Promise<AlertRow | null> {
  const { rows } = await knex.raw<{ rows: AlertRow[] }>(
    `SELECT a.id, a.account_id, a.channel_id, a.address, a.event, a.attempts, h.kind AS channel_kind, h.language,
       h.is_active, i.id AS incident_id, i.kind, i.subject, i.message, i.waiting, i.created_at AS opened_at,
       i.closed_at, c.id AS connection_id, c.name AS connection_name
     FROM di.alert a
     JOIN di.incident i ON i.id = a.incident_id AND i.account_id = a.account_id
     JOIN di.connection c ON c.id = i.connection_id
     LEFT JOIN di.alert_channel h ON h.id = a.channel_id AND h.account_id = a.account_id
     WHERE a.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}

/** Answers what went wrong; null where the alert arrived. One line of the log for each attempt. */
async function attempt(teller: Teller, alert: AlertRow, logger: Logger): Promise<Undeliverable | null> {
  const noted = { alert: alert.id, incident: alert.incident_id, kind: alert.kind, event: alert.event };
  try {
    const outcome = await bring(teller, alert);
    logger.info({ ...noted, attempt: alert.attempts, outcome }, 'alert sent');
    return null;
  } catch (error) {
    const failure = error instanceof Undeliverable ? error : new Undeliverable('The server failed inside.');
    logger.warn({ ...noted, attempt: alert.attempts, err: error }, 'alert not sent');
    return failure;
  }
}

/** The last attempt was not settled: nobody knows whether the alert arrived. */
function giveUp(alert: AlertRow, logger: Logger): Undeliverable {
  logger.error({ alert: alert.id, incident: alert.incident_id, attempts: ATTEMPTS }, 'alert given up');
  return new Undeliverable(
    `Tried ${ATTEMPTS} times; the server was stopped in the middle of the last one.`,
    true,
  );
}

function bring(teller: Teller, alert: AlertRow): Promise<string> {
  const incident = {
    id: alert.incident_id,
    kind: alert.kind,
    connectionId: alert.connection_id,
    connectionName: alert.connection_name,
    subject: alert.subject === '' ? null : alert.subject,
    message: alert.message,
    waiting: alert.waiting,
    openedAt: alert.opened_at,
    closedAt: alert.closed_at,
  };
  if (alert.channel_id === null) return teller.tellOwner(alert.address, alert.id, alert.event, incident);
  if (alert.is_active !== true)
    return Promise.reject(new Undeliverable('The channel was switched off.', true));
  const channel = {
    id: alert.channel_id,
    kind: alert.channel_kind,
    address: alert.address,
    language: alert.language,
    isActive: true,
    toldAt: null,
    lastError: null,
  };
  return teller.tell(alert.account_id, channel, alert.id, alert.event, incident);
}

/** Answers whether the alert still was this worker's. */
async function settle(
  knex: Knex,
  alert: AlertRow,
  lease: Lease,
  failure: Undeliverable | null,
): Promise<boolean> {
  const now = knex.fn.now();
  if (failure === null) return lease.release({ sent_at: now, last_error: null });
  const minutes = failure.isFinal ? undefined : RETRIES[alert.attempts - 1];
  const next: Change =
    minutes === undefined
      ? { failed_at: now }
      : { due_at: knex.raw('now() + make_interval(mins => ?)', [minutes]) };
  return lease.release({ last_error: failure.message, ...next });
}
