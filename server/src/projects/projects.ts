import type { Knex } from 'knex';
import { quoteIdentifier } from '../database/identifiers.ts';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import { KEY_TYPES, sqlType, type Field } from './field-types.ts';

/** The code of the table that holds a project's contacts. */
export const CONTACTS = 'Contact';

export interface Project {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: 'A' | 'B';
  readonly schemaName: string;
}

export interface ProjectTable {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly isBuilt: boolean;
  readonly fields: readonly Field[];
}

interface NewTable {
  readonly code: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly Field[];
}

/** Projects and their tables, of one account. */
export class Projects {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  /** Creates a project with its contacts table; nothing is built yet. */
  async create(
    project: { code: string; name: string; type: 'A' | 'B' },
    contacts: Omit<NewTable, 'code' | 'name'>,
  ): Promise<Project> {
    checkKey(contacts);
    return this.#knex.transaction(async (transaction) => {
      const schemaName = `p_${project.code.toLowerCase()}`;
      const [row] = await transaction('di.project')
        .insert({
          account_id: this.#accountId,
          code: project.code,
          name: project.name,
          type: project.type,
          schema_name: schemaName,
        })
        .onConflict()
        .ignore()
        .returning<{ id: string }[]>('id');
      if (!row) throw conflict('project-exists', `There is a project ${project.code} already.`);
      await insertTable(transaction, row.id, { ...contacts, code: CONTACTS, name: 'Contacts' });
      return { id: row.id, ...project, schemaName };
    });
  }

  async find(code: string): Promise<Project> {
    const row = await this.#knex('di.project')
      .where({ account_id: this.#accountId, code })
      .first<{ id: string; code: string; name: string; type: 'A' | 'B'; schema_name: string } | undefined>();
    if (!row) throw notFound(`project ${code}`);
    return { id: row.id, code: row.code, name: row.name, type: row.type, schemaName: row.schema_name };
  }

  async addTable(project: Project, table: NewTable): Promise<void> {
    checkKey(table);
    await this.#knex.transaction((transaction) => insertTable(transaction, project.id, table));
  }

  /** Adds a field to a table; it is built with the next build. */
  async addField(project: Project, tableCode: string, field: Field): Promise<void> {
    const table = await this.table(project.id, tableCode);
    if (table.fields.some((each) => each.name.toLowerCase() === field.name.toLowerCase()))
      throw conflict('field-exists', `${tableCode} has a field ${field.name} already.`);
    await this.#knex('di.table_field').insert(fieldRow(table.id, field, table.fields.length));
  }

  async tables(projectId: string): Promise<ProjectTable[]> {
    const rows = await this.#knex('di.project_table')
      .where({ project_id: projectId })
      .orderBy('created_at')
      .orderBy('code');
    return Promise.all(rows.map((row: TableRow) => this.#withFields(row)));
  }

  async table(projectId: string, code: string): Promise<ProjectTable> {
    const row = await this.#knex('di.project_table')
      .where({ project_id: projectId, code })
      .first<TableRow | undefined>();
    if (!row) throw notFound(`table ${code} in this project`);
    return this.#withFields(row);
  }

  async #withFields(row: TableRow): Promise<ProjectTable> {
    const fields = await this.#knex('di.table_field')
      .where({ table_id: row.id })
      .orderBy('position')
      .select<FieldRow[]>();
    return {
      id: row.id,
      code: row.code,
      name: row.name,
      primaryKey: row.primary_key,
      isBuilt: row.built_at !== null,
      fields: fields.map(fieldOf),
    };
  }

  /** Makes the real tables, or adds the columns that are new. Can be called again at any time. */
  async build(project: Project): Promise<{ table: string; created: boolean; added: string[] }[]> {
    const tables = await this.tables(project.id);
    return this.#knex.transaction(async (transaction) => {
      // One build of a project at a time.
      await transaction.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [project.schemaName]);
      await transaction.raw(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(project.schemaName)}`);
      const results: { table: string; created: boolean; added: string[] }[] = [];
      for (const table of tables) results.push(await buildTable(transaction, project.schemaName, table));
      await transaction('di.project_table')
        .where({ project_id: project.id })
        .update({ built_at: transaction.fn.now() });
      return results;
    });
  }
}

interface TableRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly primary_key: string[];
  readonly built_at: Date | null;
}

interface FieldRow {
  readonly name: string;
  readonly label: string;
  readonly type: Field['type'];
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly required: boolean;
  readonly picklist: string[] | null;
}

function fieldOf(row: FieldRow): Field {
  const { name, label, type, length, precision, scale, required, picklist } = row;
  return { name, label, type, length, precision, scale, required, picklist };
}

function fieldRow(tableId: string, field: Field, position: number): Record<string, unknown> {
  return {
    table_id: tableId,
    ...field,
    picklist: field.picklist === null ? null : JSON.stringify(field.picklist),
    position,
  };
}

function checkKey(table: Pick<NewTable, 'primaryKey' | 'fields'>): void {
  const names = table.fields.map((field) => field.name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw unprocessable('field-exists', `The field ${twice} is there twice.`);
  for (const name of table.primaryKey) {
    const field = table.fields.find((each) => each.name === name);
    if (!field)
      throw unprocessable(
        'primary-key-missing',
        `The primary key names ${name}, which is not among the fields.`,
      );
    if (!KEY_TYPES.has(field.type))
      throw unprocessable(
        'primary-key-type',
        `${name} is of type ${field.type}; a primary key is one of ${[...KEY_TYPES].join(', ')}.`,
      );
  }
}

async function insertTable(transaction: Knex.Transaction, projectId: string, table: NewTable): Promise<void> {
  const [row] = await transaction('di.project_table')
    .insert({ project_id: projectId, code: table.code, name: table.name, primary_key: table.primaryKey })
    .onConflict()
    .ignore()
    .returning<{ id: string }[]>('id');
  if (!row) throw conflict('table-exists', `There is a table ${table.code} already.`);
  await transaction('di.table_field').insert(
    table.fields.map((field, position) => fieldRow(row.id, field, position)),
  );
}

/** Columns every project table has beside its own. */
const SYSTEM_COLUMNS = [
  '"_salesforce_id" text',
  '"_source_modstamp" timestamptz',
  '"_changed_at" timestamptz NOT NULL DEFAULT now()',
  '"_archived_at" timestamptz',
];

async function buildTable(
  transaction: Knex.Transaction,
  schemaName: string,
  table: ProjectTable,
): Promise<{ table: string; created: boolean; added: string[] }> {
  const name = `${quoteIdentifier(schemaName)}.${quoteIdentifier(table.code)}`;
  const found = await transaction('information_schema.columns')
    .where({ table_schema: schemaName, table_name: table.code })
    .select<{ column_name: string }[]>('column_name');
  const existing = new Set(found.map((column) => column.column_name));
  const missing = table.fields.filter((field) => !existing.has(field.name));
  if (existing.size > 0) {
    for (const field of missing)
      await transaction.raw(`ALTER TABLE ${name} ADD COLUMN ${columnDefinition(field, false)}`);
    return { table: table.code, created: false, added: missing.map((field) => field.name) };
  }
  const columns = table.fields.map((field) => columnDefinition(field, table.primaryKey.includes(field.name)));
  const key = `PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`;
  await transaction.raw(`CREATE TABLE ${name} (${[...columns, ...SYSTEM_COLUMNS, key].join(', ')})`);
  await transaction.raw(`CREATE INDEX ON ${name} ("_salesforce_id")`);
  return { table: table.code, created: true, added: [] };
}

function columnDefinition(field: Field, isKey: boolean): string {
  return `${quoteIdentifier(field.name)} ${sqlType(field)}${isKey ? ' NOT NULL' : ''}`;
}
