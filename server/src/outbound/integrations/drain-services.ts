import type { Database } from '../../database/open-database.ts';
import type { SalesforceOrgs } from '../../salesforce/org.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import type { Incidents } from './incidents.ts';

/** What a drain stands on. */
export interface DrainServices {
  readonly database: Pick<Database, 'pool' | 'knex'>;
  readonly orgs: SalesforceOrgs;
  readonly incidents: Incidents;
  readonly metrics: DeliveryMetrics;
}
