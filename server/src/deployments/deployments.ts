import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { conflict, notFound } from '../http/problem.ts';
import type { DeployFailure, DeployProgress } from '../salesforce/org.ts';
import type { PlannedField } from './field-plan.ts';
import type { AskedOptIn } from './org-fields.ts';

export const DEPLOYMENT_KINDS = ['fields', 'trigger', 'trigger-removal'] as const;
export type DeploymentKind = (typeof DEPLOYMENT_KINDS)[number];

export const DEPLOYMENT_STATUSES = ['queued', 'running', 'succeeded', 'failed'] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** What is asked for beside kind and object; all of it is for fields. */
export interface DeploymentRequest {
  readonly optIns?: readonly AskedOptIn[];
  readonly changedAt?: boolean;
  readonly recordId?: boolean;
}

/** What will be, or was, put into the org. */
export interface DeploymentPlan {
  /** Names of the parts, `Contact.DI_News__c`. */
  readonly components: readonly string[];
  /** Tests that run with it. */
  readonly tests: readonly string[];
  readonly fields?: readonly PlannedField[];
}

/** Metadata on its way to an org, done in the background. */
export interface Deployment {
  readonly id: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly kind: DeploymentKind;
  readonly object: string;
  readonly request: DeploymentRequest;
  readonly status: DeploymentStatus;
  readonly plan: DeploymentPlan | null;
  /** Salesforce's own id; null before Salesforce has it. */
  readonly deployId: string | null;
  readonly progress: DeployProgress | null;
  readonly failures: readonly DeployFailure[];
  readonly code: string | null;
  /** How it stands, in words. */
  readonly message: string | null;
  readonly attempts: number;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
}

export interface DeploymentRow {
  readonly id: string;
  readonly account_id: string;
  readonly connection_id: string;
  readonly kind: DeploymentKind;
  readonly object: string;
  readonly request: DeploymentRequest;
  readonly status: DeploymentStatus;
  readonly plan: DeploymentPlan | null;
  readonly deploy_id: string | null;
  readonly progress: DeployProgress | null;
  readonly failures: DeployFailure[];
  readonly code: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly requested_by: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

/** Deployments of an account. */
export class Deployments {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Asks for a deployment. Throws a 409 problem while another of the same kind and object is on its way. */
  async ask(asked: {
    readonly connectionId: string;
    readonly kind: DeploymentKind;
    readonly object: string;
    readonly request?: DeploymentRequest;
    readonly by: string;
  }): Promise<string> {
    const { connectionId, kind, object, by } = asked;
    const unfinished = await this.#all()
      .where({ connection_id: connectionId, kind })
      .whereRaw('lower(object) = lower(?)', [object])
      .whereNull('finished_at')
      .first<{ id: string } | undefined>('id');
    if (unfinished)
      throw conflict('deployment-running', say('deployments.running', { deployment: unfinished.id, object }));
    const [row] = await this.#knex('di.deployment')
      .insert({
        account_id: this.#accountId,
        connection_id: connectionId,
        kind,
        object,
        request: JSON.stringify(asked.request ?? {}),
        requested_by: by,
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The deployment was not stored.');
    return row.id;
  }

  async find(id: string): Promise<Deployment> {
    const row = await this.#all().where({ id }).first<DeploymentRow | undefined>();
    if (!row) throw notFound(`deployment ${id}`);
    return deploymentOf(row);
  }

  /** Newest first. */
  async list(connectionId: string, limit: number): Promise<Deployment[]> {
    const rows = await this.#all()
      .where({ connection_id: connectionId })
      .orderBy('created_at', 'desc')
      .limit(limit)
      .select<DeploymentRow[]>();
    return rows.map(deploymentOf);
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.deployment').where({ account_id: this.#accountId });
  }
}

export function deploymentOf(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    accountId: row.account_id,
    connectionId: row.connection_id,
    kind: row.kind,
    object: row.object,
    request: row.request,
    status: row.status,
    plan: row.plan,
    deployId: row.deploy_id,
    progress: row.progress,
    failures: row.failures,
    code: row.code,
    message: row.message,
    attempts: row.attempts,
    requestedBy: row.requested_by,
    requestedAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
