import type { Database } from '../../database/open-database.ts';
import type { Lease } from '../../jobs/lease.ts';
import type { SalesforceOrg, SalesforceOrgs } from '../../salesforce/org.ts';
import type { Targets } from '../../inbound/batches/targets.ts';
import type { DeliveryMetrics } from '../deliveries/delivery-metrics.ts';
import type { Incidents } from '../deliveries/incident-listener.ts';
import type { Integration } from '../integrations/integrations.ts';

/** What a drain stands on. */
export interface DrainServices {
  readonly database: Pick<Database, 'pool' | 'knex'>;
  readonly orgs: SalesforceOrgs;
  /** Tables that take what is read of records before and after they are written. */
  readonly targets: Targets;
  readonly incidents: Incidents;
  readonly metrics: DeliveryMetrics;
}

/** What the sending of one integration stands on. */
export interface IntegrationDrain extends DrainServices {
  readonly org: SalesforceOrg;
  readonly integration: Integration;
  /** Of the connection's channel. */
  readonly lease: Lease;
  /** The lease is lost, or the server stops. */
  readonly ending: AbortSignal;
  /** The org has answered. */
  readonly onAnswer: () => Promise<void>;
}
