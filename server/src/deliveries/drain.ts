import type { Knex } from 'knex';
import type { Database } from '../database/open-database.ts';
import { persistently } from '../database/persistently.ts';
import { keepLease } from '../jobs/heartbeat.ts';
import { SalesforceFault, type SalesforceOrg, type SalesforceOrgs } from '../salesforce/org.ts';
import { DrainGate, Interrupted } from './call-gate.ts';
import { clearChannel, holdChannel, leaveChannel, renewLease, type Channel } from './channel.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { drainIntegration } from './drain-integration.ts';
import type { Incidents } from './incidents.ts';
import { sendableIntegrations } from './integrations.ts';
import { restIntegration } from './standstill.ts';

/** What a drain stands on. */
export interface DrainServices {
  readonly database: Pick<Database, 'pool' | 'knex'>;
  readonly orgs: SalesforceOrgs;
  readonly incidents: Incidents;
  readonly metrics: DeliveryMetrics;
}

/** Milliseconds between renewals of the lease. */
const HEARTBEAT = 15_000;

/**
 * Sends everything that is due of a connection whose channel is ours, one integration after the other. It can end anywhere:
 * what was not recorded is sent again, and makes no second record.
 */
export async function drain(services: DrainServices, channel: Channel, stopping: AbortSignal): Promise<void> {
  // A job of the Bulk API may take longer than a lease lasts.
  const lease = keepLease(() => renewLease(services.database.pool, channel), HEARTBEAT);
  let org: SalesforceOrg | null = null;
  try {
    org = await services.orgs.open(channel.connectionId);
    await drainOrg(services, channel, org, AbortSignal.any([lease.lost, stopping]));
  } catch (error) {
    if (error instanceof SalesforceFault) await holdBack(services, channel, error);
    else if (!(error instanceof Interrupted)) throw error;
  } finally {
    lease.end();
    // A database that was away for a moment does not hold the connection for as long as the lease lasts.
    await persistently(() => leaveChannel(services.database.pool, channel, org?.usage ?? null));
  }
}

async function drainOrg(
  services: DrainServices,
  channel: Channel,
  org: SalesforceOrg,
  ending: AbortSignal,
): Promise<void> {
  const { knex } = services.database;
  const accountId = await accountOf(knex, channel.connectionId);
  const gate = new DrainGate(org, ending);
  let isWell = false;
  const onAnswer = async (): Promise<void> => {
    if (isWell) return;
    isWell = true;
    await clearChannel(services.database.pool, channel);
    for (const kind of ['authorization-lost', 'api-budget-used'] as const)
      await services.incidents.close(knex, { ...incidentOf(channel, accountId), kind });
  };
  for (const integration of await sendableIntegrations(knex, channel.connectionId)) {
    gate.share = integration.settings.apiShare;
    try {
      await drainIntegration({ ...services, org, integration, gate, onAnswer });
    } catch (error) {
      if (!(error instanceof Interrupted) || error.reason !== 'budget') throw error;
      await restIntegration(services, integration, org);
    }
  }
}

/** The connection as a whole failed: its deliveries stay as they are, and somebody is told where nobody waits it out. */
async function holdBack(services: DrainServices, channel: Channel, fault: SalesforceFault): Promise<void> {
  const { pool, knex } = services.database;
  await holdChannel(pool, channel, fault);
  if (fault.kind !== 'stop' && fault.kind !== 'limit') return;
  const accountId = await accountOf(knex, channel.connectionId);
  await services.incidents.open(knex, {
    ...incidentOf(channel, accountId),
    kind: fault.kind === 'stop' ? 'authorization-lost' : 'api-budget-used',
    message: fault.message,
  });
}

async function accountOf(knex: Knex, connectionId: string): Promise<string> {
  const row = await knex('di.connection')
    .where({ id: connectionId })
    .first<{ account_id: string } | undefined>('account_id');
  if (!row) throw new Error(`There is no connection ${connectionId}.`);
  return row.account_id;
}

const incidentOf = (channel: Channel, accountId: string): { accountId: string; connectionId: string } => ({
  accountId,
  connectionId: channel.connectionId,
});
