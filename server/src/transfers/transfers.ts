import type { Knex } from 'knex';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import type { ProjectTable } from '../projects/projects.ts';

/** A Salesforce field and the column its values go to. */
export interface MappingEntry {
  readonly salesforceField: string;
  readonly column: string;
}

export type TransferStatus = 'draft' | 'active' | 'paused';

export interface TransferSummary {
  readonly table: string;
  readonly object: string;
  readonly status: TransferStatus;
  readonly fields: readonly MappingEntry[];
}

/** Transfers of an account: which object's records go to which table, and how their fields are called there. */
export class Transfers {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a draft. Throws what is wrong with the mapping. */
  async create(
    connectionId: string,
    table: ProjectTable,
    object: string,
    mapping: readonly MappingEntry[],
  ): Promise<string> {
    checkMapping(table, mapping);
    const [row] = await this.#knex('di.transfer')
      .insert({ connection_id: connectionId, table_id: table.id, object, mapping: JSON.stringify(mapping) })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id');
    if (!row)
      throw conflict(
        'transfer-exists',
        `${object} is transferred to ${table.code} by this connection already.`,
      );
    return row.id;
  }

  /** Changes the status; the version moves, so that every copy of the server reads the transfer again. */
  async setStatus(id: string, status: TransferStatus): Promise<void> {
    const changed = await this.#owned(id).update({ status, version: this.#knex.raw('version + 1') });
    if (changed === 0) throw notFound(`transfer ${id}`);
  }

  async ofConnection(connectionId: string): Promise<TransferSummary[]> {
    const rows = await this.#knex('di.transfer as t')
      .join('di.project_table as p', 'p.id', 't.table_id')
      .where('t.connection_id', connectionId)
      .orderBy('t.created_at')
      .select<{ code: string; object: string; status: TransferStatus; mapping: MappingEntry[] }[]>(
        'p.code',
        't.object',
        't.status',
        't.mapping',
      );
    return rows.map((row) => ({
      table: row.code,
      object: row.object,
      status: row.status,
      fields: row.mapping,
    }));
  }

  #owned(id: string): Knex.QueryBuilder {
    const mine = this.#knex('di.connection').where({ account_id: this.#accountId }).select('id');
    return this.#knex('di.transfer').where({ id }).whereIn('connection_id', mine);
  }
}

function checkMapping(table: ProjectTable, mapping: readonly MappingEntry[]): void {
  const columns = new Map(table.fields.map((field) => [field.name, field]));
  const seen = { columns: new Set<string>(), fields: new Set<string>() };
  for (const { salesforceField, column } of mapping) {
    if (!columns.has(column)) throw unprocessable('unknown-column', `${table.code} has no field ${column}.`);
    if (seen.columns.has(column)) throw unprocessable('column-mapped-twice', `${column} is mapped twice.`);
    if (seen.fields.has(salesforceField.toLowerCase()))
      throw unprocessable('field-mapped-twice', `${salesforceField} is mapped twice.`);
    seen.columns.add(column);
    seen.fields.add(salesforceField.toLowerCase());
  }
  const missing = table.primaryKey.filter((column) => !seen.columns.has(column));
  if (missing.length > 0)
    throw unprocessable('primary-key-missing', `Map the primary key first: ${missing.join(', ')}.`);
  const required = table.fields
    .filter((field) => field.required && !seen.columns.has(field.name))
    .map((field) => field.name);
  if (required.length > 0)
    throw unprocessable(
      'required-field-missing',
      `These fields are required and not mapped: ${required.join(', ')}.`,
    );
}
