import { Registry } from 'prom-client';
import { closeIncident, openIncident } from '../../../server/src/connections/incidents.ts';
import { Targets } from '../../../server/src/inbound/batches/targets.ts';
import { DeliveryMetrics } from '../../../server/src/outbound/deliveries/delivery-metrics.ts';
import { deliverOnce } from '../../../server/src/outbound/drain/worker.ts';
import type { TestServer } from './test-server.ts';

/** Sends to the orgs of a server's connections until nothing is due. */
export async function deliverAll({ database, services }: TestServer): Promise<void> {
  const { orgs } = services;
  const incidents = { open: openIncident, close: closeIncident };
  const metrics = new DeliveryMetrics(new Registry(), database.pool);
  const targets = new Targets(database.knex, services.consentKeys);
  const never = new AbortController().signal;
  while (await deliverOnce({ database, orgs, targets, incidents, metrics }, never));
}
