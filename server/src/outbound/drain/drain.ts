import type { Knex } from 'knex';
import { persistently } from '../../database/persistently.ts';
import { Interrupted } from '../../jobs/interrupted.ts';
import { BUDGET_USED } from '../../salesforce/api-budget.ts';
import { SalesforceFault, type ApiUsage, type SalesforceOrg } from '../../salesforce/org.ts';
import type { DueKind } from '../deliveries/claims.ts';
import { clearChannel, holdChannel, leaveChannel, type Channel } from './channel.ts';
import { drainIntegration } from './drain-integration.ts';
import type { DrainServices } from './drain-services.ts';
import { sendableIntegrations, type Integration } from '../integrations/integrations.ts';
import { restRows } from './standstill.ts';

/**
 * Sends everything that is due of a connection whose channel is ours, one integration after the other. It can end anywhere:
 * what was not recorded is sent again, and makes no second record.
 */
export async function drain(services: DrainServices, channel: Channel, stopping: AbortSignal): Promise<void> {
  const { knex } = services.database;
  let org: SalesforceOrg | null = null;
  try {
    await channel.lease.whileHeld(stopping, async (ending) => {
      try {
        await drainConnection(services, channel, ending, (opened) => (org = opened));
      } catch (error) {
        if (!(error instanceof SalesforceFault)) throw error;
        await holdBack(services, channel, error);
      }
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    // A database that was away for a moment does not hold the connection for as long as the lease lasts.
    await persistently(() => leaveChannel(knex, channel, usageOf(org)));
  }
}

const usageOf = (org: SalesforceOrg | null): ApiUsage | null => org?.usage ?? null;

/**
 * Sends what is due of each integration.
 *
 * @param seen told which org answers
 */
async function drainConnection(
  services: DrainServices,
  channel: Channel,
  ending: AbortSignal,
  seen: (org: SalesforceOrg) => void,
): Promise<void> {
  const { knex } = services.database;
  const accountId = await accountOf(knex, channel.connectionId);
  let isWell = false;
  const onAnswer = async (): Promise<void> => {
    if (isWell) return;
    isWell = true;
    await clearChannel(channel);
    await services.incidents.close(knex, { ...incidentOf(channel, accountId), kind: 'authorization-lost' });
  };
  for (const integration of await sendableIntegrations(knex, channel.connectionId)) {
    const { apiShare } = integration.settings;
    const drainAs: DrainAs = async (producer, kind) => {
      const org = await services.orgs.open(channel.connectionId, producer, apiShare);
      seen(org);
      await drainIntegration({ ...services, org, integration, ending, onAnswer, lease: channel.lease }, kind);
    };
    await drainWithinBudget(services, integration, drainAs);
  }
}

type DrainAs = (producer: 'deliveries' | 'consent', kind: DueKind) => Promise<void>;

/** Rows stop where the share of API calls is used up; consent goes on as long as the org takes calls. */
async function drainWithinBudget(
  services: DrainServices,
  integration: Integration,
  drainAs: DrainAs,
): Promise<void> {
  const { operations, waitsUntil } = integration;
  if (operations.every((operation) => operation === 'consent')) return drainAs('consent', 'all');
  if (waitsUntil === null || waitsUntil.getTime() <= Date.now())
    try {
      await drainAs('deliveries', 'all');
      return;
    } catch (error) {
      if (!(error instanceof SalesforceFault) || error.code !== BUDGET_USED) throw error;
      await restRows(services, integration, error.message);
    }
  if (operations.includes('consent')) await drainAs('consent', 'consent');
}

/** The connection as a whole failed: its deliveries stay as they are. Incidents of calls and their limit are opened where calls are made. */
async function holdBack(services: DrainServices, channel: Channel, fault: SalesforceFault): Promise<void> {
  const { knex } = services.database;
  await holdChannel(knex, channel, fault);
  if (fault.kind !== 'stop') return;
  const accountId = await accountOf(knex, channel.connectionId);
  await services.incidents.open(knex, {
    ...incidentOf(channel, accountId),
    kind: 'authorization-lost',
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
