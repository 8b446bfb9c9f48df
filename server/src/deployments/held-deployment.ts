import type { Knex } from 'knex';
import { untilEnding } from '../jobs/interrupted.ts';
import type { Lease } from '../jobs/lease.ts';
import type { DeployProgress, DeployResult, SalesforceOrg } from '../salesforce/org.ts';
import type { Deployment, DeploymentPlan } from './deployments.ts';

/** A deployment that this copy of the server works on, for as long as it has its lease. */
export class HeldDeployment {
  readonly deployment: Deployment;
  readonly lease: Lease;
  readonly #knex: Knex;
  readonly #ending: AbortSignal;
  /** Writings of progress, one after the other; Salesforce is asked on meanwhile. */
  #written: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  /** @param ending the lease is lost, or the server stops */
  constructor(knex: Knex, deployment: Deployment, lease: Lease, ending: AbortSignal) {
    this.#knex = knex;
    this.deployment = deployment;
    this.lease = lease;
    this.#ending = ending;
  }

  async keepPlan(plan: DeploymentPlan): Promise<void> {
    await this.lease.keep({ plan: JSON.stringify(plan) });
  }

  /**
   * Deploys, or waits for the end of what a copy of the server that died or stopped has begun. Salesforce's id is kept as
   * soon as it is known. Throws LeaseLost, and Interrupted where the server stops: Salesforce goes on then.
   */
  async deploy(org: SalesforceOrg, zip: () => Buffer, tests: readonly string[]): Promise<DeployResult> {
    await this.lease.check();
    const onProgress = (progress: DeployProgress): void => {
      this.#note(progress);
    };
    const { deployId } = this.deployment;
    const result = await untilEnding(
      this.#ending,
      deployId === null
        ? org.deploy(zip(), { tests, onProgress })
        : org.followDeployment(deployId, { onProgress }),
    );
    await this.#written;
    if (this.#failure instanceof Error) throw this.#failure;
    await this.lease.keep({ deploy_id: result.id, failures: JSON.stringify(result.failures) });
    return result;
  }

  /** The end, good or bad. Answers false where the deployment was taken over. */
  finish(outcome: {
    readonly status: 'succeeded' | 'failed';
    readonly code: string | null;
    readonly message: string;
  }): Promise<boolean> {
    return this.lease.release({ ...outcome, finished_at: this.#knex.fn.now() });
  }

  #note(progress: DeployProgress): void {
    this.#written = this.#written.then(async () => {
      try {
        await this.lease.keep({ deploy_id: progress.id, progress: JSON.stringify(progress) });
      } catch (error) {
        this.#failure = error;
      }
    });
  }
}
