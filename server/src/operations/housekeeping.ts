import type { Knex } from 'knex';
import { forgetSignOns } from '../accounts/sign-on/sign-on-requests.ts';
import { PasswordLinks } from '../access/password-links.ts';
import { Sessions } from '../access/sessions.ts';
import type { Teller } from './teller.ts';
import type { SigningKeys } from '../access/signing-keys.ts';
import type { Config } from '../config.ts';
import type { AuthorizationDesk } from '../connections/authorization-routes.ts';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import type { Database } from '../database/open-database.ts';
import { forgetImports } from '../inbound/files/forget-imports.ts';
import { forgetSent } from '../outbound/deliveries/forget-sent.ts';
import { retryUnreached } from '../outbound/deliveries/unreached.ts';
import { settleDuplicates } from '../records/normalize-tables.ts';
import { checkEnding } from '../jobs/interrupted.ts';
import type { ScheduledJob } from '../jobs/scheduled-jobs.ts';

/** Rows that are deleted in one statement: locks stay short. */
const PORTION = 5000;

/** Whose old things are forgotten, and whose secrets are sealed. */
export interface HousekeepingDesk {
  readonly config: Pick<Config, 'retentionDays' | 'historyDays'>;
  readonly database: Pick<Database, 'knex'>;
  readonly signingKeys: SigningKeys;
  readonly authorization: AuthorizationDesk;
  readonly consentKeys: ConsentKeys;
  readonly teller: Teller;
}

/** Forgets what has had its time, and seals secrets again when the encryption key has changed. */
export function housekeeping({
  config,
  database: { knex },
  signingKeys,
  authorization,
  consentKeys,
  teller,
}: HousekeepingDesk): ScheduledJob {
  const { retentionDays: days, historyDays } = config;
  const works: Readonly<Record<string, () => Promise<number>>> = {
    batches: () => forget(knex, 'di.batch', 'received_at', days),
    rowWrites: () => forget(knex, 'di.row_write', 'received_at', days),
    imports: () => forgetImports(knex, days),
    tombstones: () => forget(knex, 'di.tombstone', 'deleted_at', days, 'NOT is_erasure'),
    // A row that shows an older version does so until its record is taken.
    batchFaults: () => forget(knex, 'di.batch_fault', 'at', days, 'NOT is_outdated'),
    comparisons: () => forget(knex, 'di.comparison_run', 'finished_at', days),
    conflicts: () => forget(knex, 'di.conflict', 'at', days),
    sentDeliveries: () => forgetSent(knex, days),
    // What waits has no end yet, and is never forgotten.
    writes: () => forget(knex, 'di.write_item', 'finished_at', days),
    // Nor what is not over yet. Alerts go with their incident.
    incidents: () => forget(knex, 'di.incident', 'closed_at', historyDays),
    deployments: () => forget(knex, 'di.deployment', 'finished_at', historyDays),
    deliveryCounts: () => forget(knex, 'di.delivery_count', 'day', historyDays),
    apiCallCounts: () => forget(knex, 'di.api_call_count', 'day', historyDays),
    duplicates: () => settleDuplicates(knex),
    unreachedOptOuts: () => retryUnreached(knex),
    rateLimits: () => knex('di.rate_limit').where('expire', '<', Date.now()).delete(),
    sessions: () => new Sessions(knex).forgetExpired(),
    passwordLinks: () => new PasswordLinks(knex).forgetExpired(),
    signOns: () => forgetSignOns(knex),
    signingKeys: () => signingKeys.forgetExpired(),
    authorizationRequests: () => authorization.requests.forgetExpired(),
    resealedSigningKeys: () => signingKeys.reseal(),
    resealedAuthorizations: () => authorization.authorizations.reseal(),
    resealedConsentKeys: () => consentKeys.reseal(knex),
    resealedAlertChannels: () => teller.reseal(),
  };
  return {
    name: 'housekeeping',
    schedule: '17 * * * *',
    run: async (ending) => {
      const counts: Record<string, number> = {};
      for (const [name, work] of Object.entries(works)) {
        checkEnding(ending);
        counts[name] = await work();
      }
      return counts;
    },
  };
}

type ForgottenTable =
  | 'di.batch'
  | 'di.tombstone'
  | 'di.row_write'
  | 'di.write_item'
  | 'di.incident'
  | 'di.deployment'
  | 'di.delivery_count'
  | 'di.api_call_count'
  | 'di.batch_fault'
  | 'di.comparison_run'
  | 'di.conflict';

/** Deletes rows that are older than some days, a portion at a time; answers how many. */
export async function forget(
  knex: Knex,
  table: ForgottenTable,
  moment: 'received_at' | 'deleted_at' | 'finished_at' | 'closed_at' | 'day' | 'at',
  days: number,
  condition: 'true' | 'NOT is_erasure' | 'NOT is_outdated' = 'true',
): Promise<number> {
  let total = 0;
  for (;;) {
    const { rowCount } = await knex.raw<{ rowCount: number }>(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${moment} < now() - make_interval(days => ?) AND ${condition} LIMIT ${PORTION}))`,
      [days],
    );
    total += rowCount;
    if (rowCount < PORTION) return total;
  }
}
