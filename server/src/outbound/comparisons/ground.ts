import type { Database } from '../../database/open-database.ts';
import type { PullSelection } from '../../inbound/pulls/pull-schema.ts';
import type { Targets } from '../../inbound/batches/targets.ts';
import { DescribeCache } from '../../salesforce/describe-cache.ts';
import type { OrgObject, SalesforceOrg, SalesforceOrgs } from '../../salesforce/org.ts';
import type { Integration } from '../integrations/integrations.ts';
import { sendableIntegrations } from '../integrations/integrations.ts';
import { isOwnOrg } from '../drain/own-org.ts';
import { twoWayOf } from '../drain/two-way.ts';
import type { ClaimedRun } from './comparison-runs.ts';
import type { Comparison } from './comparisons.ts';
import { packageSelection } from './package-filter.ts';

/** What comparisons are carried out with. */
export interface ComparisonDesk {
  readonly database: Pick<Database, 'knex' | 'pool'>;
  readonly targets: Targets;
  readonly orgs: SalesforceOrgs;
}

/** An integration of the compared table, and the columns that its object's transfer fills from the very fields. */
export interface Sending {
  readonly integration: Integration;
  readonly twoWay: ReadonlySet<string>;
}

/** What one run stands on. */
export interface Ground extends ComparisonDesk {
  readonly comparison: Comparison;
  readonly run: ClaimedRun;
  readonly org: SalesforceOrg;
  readonly described: OrgObject;
  /** Which records of the object the transfer takes. */
  readonly selection: PullSelection;
  /** Records from which on Bulk API 2.0 fetches them. */
  readonly bulkThreshold: number;
  readonly sendings: readonly Sending[];
  /** Whether the ids in the table's rows are this org's. */
  readonly isOwnOrg: boolean;
  /** Changes of records since then may be on their way. */
  readonly since: Date;
  readonly ending: AbortSignal;
}

/** Share of the org's calls of a day, used by any client, beyond which a comparison waits: it is in no hurry. */
const API_SHARE = 0.5;
/** Of a transfer without a pull, which would say it. */
const BULK_THRESHOLD = 10_000;

/** Opens what a run stands on. Throws SalesforceFault. */
export async function groundOf(
  desk: ComparisonDesk,
  comparison: Comparison,
  run: ClaimedRun,
  ending: AbortSignal,
): Promise<Ground> {
  const { knex, pool } = desk.database;
  const { connectionId, tableId, object } = comparison;
  const org = await desk.orgs.open(connectionId, 'comparisons', API_SHARE);
  const described = await new DescribeCache(knex).refresh(org, object);
  const all = await sendableIntegrations(knex, connectionId);
  const sendings: Sending[] = [];
  for (const integration of all)
    if (integration.tableId === tableId && integration.object.toLowerCase() === object.toLowerCase())
      sendings.push({
        integration,
        twoWay: (await twoWayOf(knex, integration, described))?.columns ?? new Set(),
      });
  const pull = await pullOf(desk, comparison);
  return {
    ...{ ...desk, comparison, run, org, described, sendings, ending },
    selection: pull?.selection ?? (await packageSelection(knex, org, described, comparison)),
    bulkThreshold: pull?.bulk_threshold ?? BULK_THRESHOLD,
    isOwnOrg: await isOwnOrg(pool, comparison),
    since: earlier(new Date(Date.now() - comparison.graceMinutes * 60_000), pull?.watermark ?? null),
  };
}

interface PullRow {
  readonly selection: PullSelection;
  readonly watermark: Date | null;
  readonly bulk_threshold: number;
}

/** How records come without the plugin; null where they do not. Its changes come with its next run. */
async function pullOf(desk: ComparisonDesk, { transfer }: Comparison): Promise<PullRow | null> {
  if (transfer === null) return null;
  const row = await desk.database
    .knex('di.pull')
    .where({ transfer_id: transfer.id })
    .first<(PullRow & { is_enabled: boolean }) | undefined>(
      'selection',
      'watermark',
      'is_enabled',
      'bulk_threshold',
    );
  return row ? { ...row, watermark: row.is_enabled ? row.watermark : null } : null;
}

const earlier = (one: Date, other: Date | null): Date => (other === null || one < other ? one : other);
