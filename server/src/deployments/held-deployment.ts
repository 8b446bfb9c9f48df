import type { Knex } from 'knex';
import type { DeployProgress, DeployResult, SalesforceOrg } from '../salesforce/org.ts';
import type { Deployment, DeploymentPlan } from './deployments.ts';

/** Minutes after which another copy of the server takes a deployment over of which nothing is heard. */
export const LEASE_MINUTES = 5;

/** Another copy of the server has taken the deployment over: whatever comes here is its business. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';
}

/** The server stops: Salesforce goes on, and another copy of the server waits for the end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** A deployment that this copy of the server works on, for as long as it lets itself be heard. */
export class HeldDeployment {
  readonly deployment: Deployment;
  readonly #knex: Knex;
  readonly #lease: string;
  readonly #stopping: AbortSignal;
  /** Writings of progress, one after the other; Salesforce is asked on meanwhile. */
  #written: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(knex: Knex, deployment: Deployment, lease: string, stopping: AbortSignal) {
    this.#knex = knex;
    this.deployment = deployment;
    this.#lease = lease;
    this.#stopping = stopping;
  }

  async keepPlan(plan: DeploymentPlan): Promise<void> {
    await this.#update({ plan: JSON.stringify(plan) });
  }

  /**
   * Deploys, or waits for the end of what a copy of the server that died or stopped has begun. Salesforce's id is kept as
   * soon as it is known. Throws Stopped.
   */
  async deploy(org: SalesforceOrg, zip: () => Buffer, tests: readonly string[]): Promise<DeployResult> {
    const onProgress = (progress: DeployProgress): void => {
      this.#note(progress);
    };
    const { deployId } = this.deployment;
    const result = await this.#unlessStopped(
      deployId === null
        ? org.deploy(zip(), { tests, onProgress })
        : org.followDeployment(deployId, { onProgress }),
    );
    await this.#written;
    if (this.#failure instanceof Error) throw this.#failure;
    await this.#update({ deploy_id: result.id, failures: JSON.stringify(result.failures) });
    return result;
  }

  /** The end, good or bad. */
  async finish(outcome: {
    readonly status: 'succeeded' | 'failed';
    readonly code: string | null;
    readonly message: string;
  }): Promise<void> {
    await this.#update({ ...outcome, finished_at: this.#knex.fn.now(), leased_until: null });
  }

  /** Comes back to it later. */
  async postpone(seconds: number, code: string, message: string): Promise<void> {
    await this.#update({
      status: 'queued',
      code,
      message,
      leased_until: null,
      due_at: this.#knex.raw('now() + make_interval(secs => ?)', [seconds]),
    });
  }

  /** Leaves it to another copy of the server, at once. */
  async letGo(): Promise<void> {
    await this.#update({
      status: 'queued',
      attempts: this.#knex.raw('attempts - 1'),
      lease: null,
      leased_until: null,
    });
  }

  /** A deployment takes minutes, and does not end with whoever waits for it. */
  async #unlessStopped(result: Promise<DeployResult>): Promise<DeployResult> {
    const stopping = this.#stopping;
    let stop: () => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = () => {
        reject(new Stopped('The server stops.'));
      };
      if (stopping.aborted) stop();
      else stopping.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([result, stopped]);
    } finally {
      stopping.removeEventListener('abort', stop);
    }
  }

  #note(progress: DeployProgress): void {
    this.#written = this.#written.then(async () => {
      try {
        await this.#update({ deploy_id: progress.id, progress: JSON.stringify(progress) });
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** Every writing says that we live. */
  async #update(change: Readonly<Record<string, unknown>>): Promise<void> {
    const { id, accountId } = this.deployment;
    const changed = await this.#knex('di.deployment')
      .where({ id, account_id: accountId, lease: this.#lease })
      .whereNull('finished_at')
      .update({
        leased_until: this.#knex.raw('now() + make_interval(mins => ?)', [LEASE_MINUTES]),
        ...change,
      });
    if (changed === 0) throw new TakenOver(`The deployment ${id} was taken over.`);
  }
}
