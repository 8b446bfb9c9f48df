import { say } from '../../messages/message.ts';
import type { Knex } from 'knex';
import {
  closeIncident,
  openIncident,
  type IncidentKey,
  type IncidentKind,
} from '../../connections/incidents.ts';
import type { SalesforceFault } from '../../salesforce/org.ts';
import type { Claim, Settlement } from './write-queue.ts';

/** Refusals that name a right which the authorized user lacks, and that all records of a queue meet alike. */
const PERMISSIONS: ReadonlySet<string> = new Set([
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'INVALID_FIELD_FOR_INSERT_UPDATE',
]);

/** Tells somebody of queues that stand still, and that they go again. */
export class QueueIncidents {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** A turn was ended before its end. What passes by itself opens no incident; those of calls and their limit are opened where calls are made. */
  async stopped(claim: Claim, { kind, message }: SalesforceFault): Promise<void> {
    if (kind !== 'stop' && kind !== 'give-up') return;
    const about = await this.#about(claim);
    if (kind === 'stop') await this.#open(about, 'authorization-lost', message);
    else await this.#open(about, 'writes-stopped', message, about.name);
  }

  /** A turn went through: the org lets us in, and either took something or refused all of it for want of a right. */
  async wentThrough(claim: Claim, settlements: readonly Settlement[]): Promise<void> {
    const about = await this.#about(claim);
    await closeIncident(this.#knex, keyOf(about, 'authorization-lost'));
    await closeIncident(this.#knex, keyOf(about, 'writes-stopped', about.name));
    if (settlements.some(({ status }) => status === 'delivered'))
      return closeIncident(this.#knex, keyOf(about, 'permission-missing', about.name));
    const refusal = settlements
      .flatMap(({ outcomes }) => outcomes)
      .find(({ kind, code }) => kind === 'refused' && PERMISSIONS.has(code));
    if (refusal)
      await this.#open(
        about,
        'permission-missing',
        say('failures.permission', { object: refusal.object, reason: refusal.message, code: refusal.code }),
        about.name,
      );
  }

  #open(about: About, kind: IncidentKind, message: string, subject?: string): Promise<void> {
    return openIncident(this.#knex, { ...keyOf(about, kind, subject), message });
  }

  async #about({ queueId, connectionId }: Claim): Promise<About> {
    const { rows } = await this.#knex.raw<{ rows: { account_id: string; name: string }[] }>(
      `SELECT account_id, name FROM di.event_source WHERE id = :queue::uuid
       UNION ALL SELECT account_id, name FROM di.action WHERE id = :queue::uuid`,
      { queue: queueId },
    );
    const [row] = rows;
    if (!row) throw new Error(`The queue ${queueId} is nobody's.`);
    return { accountId: row.account_id, connectionId, name: row.name };
  }
}

/** Whose queue it is, and what people call it. */
interface About {
  readonly accountId: string;
  readonly connectionId: string;
  readonly name: string;
}

function keyOf({ accountId, connectionId }: About, kind: IncidentKind, subject?: string): IncidentKey {
  return { accountId, connectionId, kind, ...(subject === undefined ? {} : { subject }) };
}
