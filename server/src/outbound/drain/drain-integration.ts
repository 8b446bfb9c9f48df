import { say } from '../../messages/message.ts';
import { followedOfIntegration } from '../../consent/followed-columns.ts';
import { clientSession } from '../../database/session.ts';
import { CommonRefusalJudge, DescriptionChanged, ProducerStopped } from '../engine/common-refusals.ts';
import { DescribeCache } from '../../salesforce/describe-cache.ts';
import { SalesforceFault } from '../../salesforce/org.ts';
import { keptObject } from '../../salesforce/org-objects.ts';
import { areDue, dueClaims, readAgain, START, type Claim, type DueKind } from '../deliveries/claims.ts';
import { obstacleOf } from '../integrations/integration-misfits.ts';
import { currentState, type CurrentState } from './current-state.ts';
import type { IntegrationDrain } from './drain-services.ts';
import type { Integration } from '../integrations/integrations.ts';
import { compileRowMapping } from './row-mapping.ts';
import { isOwnOrg, isSentElsewhere } from './own-org.ts';
import { afterDrain, stopIntegration } from './standstill.ts';
import { Portion } from './portion.ts';
import { twoWayOf } from './two-way.ts';

/** Deliveries that are read at once: what is sent by collections, and what makes a job of the Bulk API. */
const PORTION = 2000;
const BULK_PORTION = 10_000;

/** Plans of one drain: an object that is another one each time it is looked at is planned for later. */
const MAX_PLANS = 3;

/**
 * Sends what is due of one integration, a portion at a time. Throws SalesforceFault, `object-changing` (retry) among them, and
 * Interrupted.
 */
export async function drainIntegration(drain: IntegrationDrain, kind: DueKind): Promise<void> {
  try {
    for (let plan = 1; !(await drainAsDescribed(drain, kind)); plan++)
      if (plan >= MAX_PLANS)
        throw new SalesforceFault(
          'retry',
          'object-changing',
          say('work.object-changing', { object: drain.integration.object }),
        );
  } catch (error) {
    if (!(error instanceof ProducerStopped)) throw error;
    await stopIntegration(drain, drain.integration, error);
  }
}

/** Answers false where the object turned out to be another one than it was described as: what is left is planned again. */
async function drainAsDescribed(drain: IntegrationDrain, kind: DueKind): Promise<boolean> {
  const { integration, org } = drain;
  const { pool, knex } = drain.database;
  const { connectionId, object } = integration;
  const kept = await keptObject(knex, connectionId, object);
  const described = kept?.object ?? null;
  const judge = new CommonRefusalJudge({
    org,
    descriptions: new DescribeCache(knex),
    object,
    plannedWith: described,
    obstacle: (now) => obstacleOf(integration, integration.table, now),
  });
  const fixed = {
    integration,
    mapping: compileRowMapping(integration, described),
    described,
    isOwnOrg: await isOwnOrg(pool, integration),
    isSentElsewhere: await isSentElsewhere(pool, integration),
  };
  const followed = await followedOfIntegration(clientSession(pool), integration.id);
  const twoWay = await twoWayOf(knex, integration, described);
  let place = START;
  for (let portions = 0; ; portions++) {
    const isMany = await areDue(pool, integration.id, kind, integration.settings.bulkThreshold);
    const { claims, last } = await dueClaims(pool, integration, kind, place, isMany ? BULK_PORTION : PORTION);
    if (claims.length === 0) {
      if (portions > 0 && kind === 'all') await afterDrain(drain, integration);
      return true;
    }
    place = last;
    try {
      const portion = new Portion(drain, { ownsRows: fixed.isOwnOrg, followed, twoWay, judge });
      const read = (now: readonly Claim[]): Promise<CurrentState> =>
        currentState(pool, integration, [...fixed.mapping.columns, ...lookupColumns(integration)], now);
      const context = { ...fixed, state: await read(claims) };
      const isMerged = twoWay !== null && (await portion.merge(claims, context));
      const left = isMerged ? await readAgain(pool, integration, claims) : claims;
      await portion.deliver(left, isMerged ? { ...fixed, state: await read(left) } : context);
    } catch (error) {
      if (error instanceof DescriptionChanged) return false;
      throw error;
    }
  }
}

const lookupColumns = ({ matching }: Integration): readonly string[] =>
  matching.by === 'lookup' ? [matching.column] : [];
