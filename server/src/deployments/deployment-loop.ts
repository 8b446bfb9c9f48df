import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { DEPLOYMENT_CLAIM } from '../database/locks.ts';
import { claim, type Change, type LeasedWork } from '../jobs/lease.ts';
import { Loop } from '../jobs/loop.ts';
import { settleRun, type RunFailure } from '../salesforce/failed-run.ts';
import type { SalesforceOrg, SalesforceOrgs } from '../salesforce/org.ts';
import { deployFields } from './deploy-fields.ts';
import { deployTrigger, removeTrigger } from './deploy-trigger.ts';
import { deploymentOf, type Deployment, type DeploymentRow } from './deployments.ts';
import { HeldDeployment } from './held-deployment.ts';
import { retireTriggers } from './org-triggers.ts';
import { failed, type Outcome } from './outcome.ts';

/** Milliseconds between looks for deployments. */
const IDLE = 3000;

/** Works off deployments, one at a time for each org. */
export function deploymentLoop(knex: Knex, orgs: SalesforceOrgs, logger: Logger): Loop {
  return new Loop('deployments', (stopping) => runDeployment(knex, orgs, logger, stopping), IDLE, logger);
}

/** Works on the deployment that is due; answers whether there may be more. */
export async function runDeployment(
  knex: Knex,
  orgs: SalesforceOrgs,
  logger: Logger,
  stopping: AbortSignal = new AbortController().signal,
): Promise<boolean> {
  const lease = await claim<DeploymentRow>(knex, DEPLOYMENTS);
  if (!lease) return (await retireTriggers(knex)) > 0;
  await lease.whileHeld(stopping, (ending) => {
    const held = new HeldDeployment(knex, deploymentOf(lease.row), lease, ending);
    return workOn(knex, orgs, held, logger);
  });
  return true;
}

async function workOn(knex: Knex, orgs: SalesforceOrgs, held: HeldDeployment, logger: Logger): Promise<void> {
  const { id, kind, object, connectionId, attempts } = held.deployment;
  const line = { deployment: id, kind, object, connection: connectionId, attempt: attempts };
  try {
    const outcome = await attempt(knex, orgs, held);
    if (await held.finish(outcome)) logger.info({ ...line, ...outcome }, 'deployment ended');
    else logger.warn(line, 'deployment taken over');
  } catch (error) {
    const run = { id, attempt: attempts, lease: held.lease, waiting };
    await settleRun(run, error, logger.child(line), ({ code, message }) =>
      held.finish(failed(code, message)),
    );
  }
}

const waiting = (reason: RunFailure): Change => ({ status: 'queued', ...reason });

/** One at a time in an org: two of them would each write a permission set that lacks the other's fields. */
export const DEPLOYMENTS: LeasedWork = {
  table: 'di.deployment',
  key: 'id',
  seconds: 300,
  joins: 'JOIN di.connection c ON c.id = w.connection_id',
  isDue: `w.finished_at IS NULL AND w.due_at <= now()
    AND NOT EXISTS (
      SELECT FROM di.deployment o JOIN di.connection oc ON oc.id = o.connection_id
      WHERE o.finished_at IS NULL AND o.leased_until > now()
        AND (oc.id = c.id OR oc.organization_id = c.organization_id))`,
  order: 'w.created_at',
  onClaim: `status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()), code = NULL, message = NULL`,
  lock: DEPLOYMENT_CLAIM,
};

async function attempt(knex: Knex, orgs: SalesforceOrgs, held: HeldDeployment): Promise<Outcome> {
  const org = await orgs.open(held.deployment.connectionId, 'deployments');
  return WORK[held.deployment.kind](knex, org, held);
}

const WORK: Readonly<
  Record<Deployment['kind'], (knex: Knex, org: SalesforceOrg, held: HeldDeployment) => Promise<Outcome>>
> = { fields: deployFields, trigger: deployTrigger, 'trigger-removal': removeTrigger };
