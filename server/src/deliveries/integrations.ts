import type { Knex } from 'knex';
import type { OptInField } from '../consent/opt-in-fields.ts';
import { conflict, notFound } from '../http/problem.ts';
import type { BuiltTable } from '../projects/tables.ts';
import type { Definition, FieldMapping, Matching, Operation, Settings } from './integration-schema.ts';
import { nextRun } from './schedule.ts';

export const INTEGRATION_STATUSES = ['draft', 'active', 'paused', 'archived'] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];

/** What goes from a table of a project to an object of an org, and how. */
export interface Integration extends Definition {
  readonly id: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly projectId: string;
  readonly schemaName: string;
  readonly tableId: string;
  /** The table's code and columns are those that were built. */
  readonly table: BuiltTable;
  readonly object: string;
  readonly status: IntegrationStatus;
  readonly version: number;
  /** Why nothing of it is sent until somebody activates it again; null where nothing is wrong. */
  readonly stopped: { readonly at: Date; readonly code: string; readonly message: string } | null;
  /** When the changes from now on may be sent; null for at once. */
  readonly nextRunAt: Date | null;
  readonly waitsUntil: Date | null;
  readonly waitsMessage: string | null;
  readonly lastSuccessAt: Date | null;
  readonly apiCalls: number;
}

interface IntegrationRow {
  readonly id: string;
  readonly account_id: string;
  readonly connection_id: string;
  readonly project_id: string;
  readonly schema_name: string;
  readonly table_id: string;
  readonly table_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'>;
  readonly object: string;
  readonly status: IntegrationStatus;
  readonly version: number;
  readonly name: string;
  readonly operations: Operation[];
  readonly mapping: FieldMapping[];
  readonly opt_in_fields: OptInField[];
  readonly matching: Matching;
  readonly settings: Settings;
  readonly stopped_at: Date | null;
  readonly stopped_code: string | null;
  readonly stopped_message: string | null;
  readonly next_run_at: Date | null;
  readonly waits_until: Date | null;
  readonly waits_message: string | null;
  readonly last_success_at: Date | null;
  readonly api_calls: number;
}

/** Integrations of one account. */
export class Integrations {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a draft; answers its id. */
  async create(
    connectionId: string,
    tableId: string,
    object: string,
    definition: Definition,
  ): Promise<string> {
    const [row] = await this.#knex('di.integration')
      .insert({
        connection_id: connectionId,
        table_id: tableId,
        object,
        next_run_at: nextRun(definition.settings.schedule, new Date()),
        ...columnsOf(definition),
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The integration was not stored.');
    return row.id;
  }

  async list(): Promise<Integration[]> {
    const rows = await this.#all().orderBy('g.created_at').select<IntegrationRow[]>(COLUMNS);
    return rows.map(integrationOf);
  }

  async find(id: string): Promise<Integration> {
    const row = await this.#all().where('g.id', id).first<IntegrationRow | undefined>(COLUMNS);
    if (!row) throw notFound(`integration ${id}`);
    return integrationOf(row);
  }

  /** Puts another definition in the place of the present one. Throws a 409 problem for an archived integration. */
  async redefine(integration: Integration, definition: Definition): Promise<void> {
    refuseArchived(integration);
    const nextRunAt = nextRun(definition.settings.schedule, new Date());
    await this.#update(integration, { ...columnsOf(definition), next_run_at: nextRunAt });
    if (JSON.stringify(definition.settings.schedule) !== JSON.stringify(integration.settings.schedule))
      await this.#knex('di.delivery')
        .where({ integration_id: integration.id, state: 'pending' })
        .update({ due_at: nextRunAt ?? this.#knex.fn.now() });
  }

  /** Has changes noted and sent. What stopped it before is forgotten. */
  async activate(integration: Integration, object: string): Promise<void> {
    refuseArchived(integration);
    await this.#knex('di.delivery_channel')
      .insert({ connection_id: integration.connectionId })
      .onConflict()
      .ignore();
    await this.#update(integration, {
      status: 'active',
      object,
      stopped_at: null,
      stopped_code: null,
      stopped_message: null,
      waits_until: null,
      waits_message: null,
    });
  }

  /** Changes are still noted, and wait. Throws a 409 problem for one that is not active. */
  async pause(integration: Integration): Promise<void> {
    if (integration.status !== 'active')
      throw conflict('integration-not-active', `${integration.name} is ${integration.status}, not active.`);
    await this.#update(integration, { status: 'paused' });
  }

  /** Ends an integration for good: what waits is forgotten, links to records stay. */
  async archive(integration: Integration): Promise<void> {
    await this.#update(integration, { status: 'archived' });
    await this.#knex('di.delivery').where({ integration_id: integration.id }).delete();
  }

  async #update(integration: Integration, change: Record<string, unknown>): Promise<void> {
    await this.#knex('di.integration')
      .where({ id: integration.id })
      .update({ ...change, version: this.#knex.raw('version + 1') });
  }

  #all(): Knex.QueryBuilder {
    return allIntegrations(this.#knex).where('c.account_id', this.#accountId);
  }
}

/** Active integrations of a connection that nothing has stopped, oldest first. */
export async function sendableIntegrations(knex: Knex, connectionId: string): Promise<Integration[]> {
  const rows = await allIntegrations(knex)
    .where({ 'g.connection_id': connectionId, 'g.status': 'active' })
    .whereNull('g.stopped_at')
    .whereNull('t.archived_at')
    .whereNull('p.archived_at')
    .orderBy('g.created_at')
    .select<IntegrationRow[]>(COLUMNS);
  return rows.map(integrationOf);
}

function allIntegrations(knex: Knex): Knex.QueryBuilder {
  return knex('di.integration as g')
    .join('di.connection as c', 'c.id', 'g.connection_id')
    .join('di.project_table as t', 't.id', 'g.table_id')
    .join('di.project as p', 'p.id', 't.project_id')
    .whereNotNull('t.built');
}

const COLUMNS = ['g.*', 'c.account_id', 't.project_id', 'p.schema_name', 't.name as table_name', 't.built'];

function refuseArchived({ status, name }: Integration): void {
  if (status === 'archived')
    throw conflict('integration-archived', `${name} is archived. Create another integration.`);
}

function columnsOf(definition: Definition): Record<string, unknown> {
  return {
    name: definition.name,
    operations: definition.operations,
    mapping: JSON.stringify(definition.mapping),
    opt_in_fields: JSON.stringify(definition.optInFields),
    matching: JSON.stringify(definition.matching),
    settings: JSON.stringify(definition.settings),
  };
}

function integrationOf(row: IntegrationRow): Integration {
  return {
    id: row.id,
    accountId: row.account_id,
    connectionId: row.connection_id,
    projectId: row.project_id,
    schemaName: row.schema_name,
    tableId: row.table_id,
    table: { id: row.table_id, name: row.table_name, ...row.built },
    object: row.object,
    status: row.status,
    version: row.version,
    name: row.name,
    operations: row.operations,
    mapping: row.mapping,
    optInFields: row.opt_in_fields,
    matching: row.matching,
    settings: row.settings,
    stopped:
      row.stopped_at === null
        ? null
        : { at: row.stopped_at, code: row.stopped_code ?? '', message: row.stopped_message ?? '' },
    nextRunAt: row.next_run_at,
    waitsUntil: row.waits_until,
    waitsMessage: row.waits_message,
    lastSuccessAt: row.last_success_at,
    apiCalls: row.api_calls,
  };
}
