import type { Knex } from 'knex';
import type { Connection } from '../../connections/connections.ts';
import { conflict, notFound } from '../../http/problem.ts';
import { definitionSchema, type ActionDefinition } from './action-definition.ts';
import { refreshOccasions } from './occasions.ts';

export const ACTION_STATUSES = ['draft', 'active', 'paused'] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export interface Action {
  readonly id: string;
  readonly projectId: string;
  readonly project: string;
  readonly connectionId: string;
  readonly name: string;
  readonly definition: ActionDefinition;
  readonly status: ActionStatus;
  /** Why nothing is being sent at the moment, and until when. */
  readonly heldReason: string | null;
  readonly heldUntil: Date | null;
}

interface ActionRow {
  readonly id: string;
  readonly project_id: string;
  readonly project: string;
  readonly connection_id: string;
  readonly name: string;
  readonly definition: unknown;
  readonly status: ActionStatus;
  readonly held_reason: string | null;
  readonly held_until: Date | null;
}

/** Actions of an account. */
export class Actions {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a draft. */
  async create(connection: Connection, name: string, definition: ActionDefinition): Promise<string> {
    await this.#refuseForeignSource(connection.projectId, definition);
    const [queue] = await this.#knex('di.write_queue')
      .insert({ kind: 'action', connection_id: connection.id, is_open: false })
      .returning<{ id: string }[]>('id');
    if (!queue) throw new Error('The queue was not stored.');
    await this.#knex('di.action').insert({
      id: queue.id,
      account_id: this.#accountId,
      project_id: connection.projectId,
      name,
      definition: JSON.stringify(definition),
    });
    return queue.id;
  }

  async list(): Promise<Action[]> {
    const rows = await this.#all().orderBy('a.created_at').select<ActionRow[]>(COLUMNS);
    return rows.map(actionOf);
  }

  async find(id: string): Promise<Action> {
    const row = await this.#all().where('a.id', id).first<ActionRow | undefined>(COLUMNS);
    if (!row) throw notFound(`action ${id}`);
    return actionOf(row);
  }

  /** Changes an action that is not at work: what waits would be done by another rule than it came under. */
  async change(action: Action, name: string, definition: ActionDefinition): Promise<void> {
    if (action.status === 'active')
      throw conflict('action-active', 'The action is at work. Pause it, change it, and activate it again.');
    await this.#refuseForeignSource(action.projectId, definition);
    await this.#knex('di.action')
      .where({ id: action.id, account_id: this.#accountId })
      .update({ name, definition: JSON.stringify(definition), status: 'draft' });
  }

  /** A paused action takes nothing, and what waits goes on waiting. */
  async setStatus(action: Action, status: ActionStatus): Promise<void> {
    await this.#knex('di.action').where({ id: action.id, account_id: this.#accountId }).update({ status });
    await this.#knex('di.write_queue')
      .where({ id: action.id })
      .update({ is_open: status === 'active', held_until: null, held_reason: null });
    if (action.definition.trigger.on === 'contact-created')
      await refreshOccasions(this.#knex, action.projectId);
  }

  /** Ends an action; its results stay until their time is over. */
  async archive(action: Action): Promise<void> {
    await this.setStatus(action, 'paused');
    await this.#knex('di.action')
      .where({ id: action.id, account_id: this.#accountId })
      .update({ archived_at: this.#knex.fn.now() });
  }

  /** A source of another project, or of another account, is one that is not there. Throws a 404 problem. */
  async #refuseForeignSource(projectId: string, { trigger }: ActionDefinition): Promise<void> {
    if (trigger.on !== 'event' || trigger.source === undefined) return;
    const own = { id: trigger.source, account_id: this.#accountId, project_id: projectId };
    if (!(await this.#knex('di.event_source').where(own).first('id')))
      throw notFound(`source ${trigger.source}`);
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.action as a')
      .join('di.write_queue as q', 'q.id', 'a.id')
      .join('di.project as p', 'p.id', 'a.project_id')
      .where('a.account_id', this.#accountId)
      .whereNull('a.archived_at');
  }
}

const COLUMNS = [
  'a.id',
  'a.project_id',
  'p.code as project',
  'q.connection_id',
  'a.name',
  'a.definition',
  'a.status',
  'q.held_reason',
  'q.held_until',
];

function actionOf(row: ActionRow): Action {
  return {
    id: row.id,
    projectId: row.project_id,
    project: row.project,
    connectionId: row.connection_id,
    name: row.name,
    definition: definitionSchema.parse(row.definition),
    status: row.status,
    heldReason: row.held_reason,
    heldUntil: row.held_until,
  };
}
