import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { conflict, notFound, unprocessable } from '../http/problem.ts';
import { columnsOf, fieldOf, type FieldRow } from './field-rows.ts';
import type { FieldDefinition } from './field-schema.ts';
import type { RivalRule } from './rival-rule.ts';
import { KEY_TYPES, type Field } from '../values/field-types.ts';
import { indexFault } from './index-limits.ts';

/** The code of the table that holds a project's contacts. */
export const CONTACTS = 'Contact';
/** The view of what contacts agreed to, which no table may be named as. */
export const CONSENT_VIEW = 'consent';
/** PostgreSQL's limit is 1,600, less for wide rows. */
const MOST_FIELDS = 500;

/** A field of a table that was built; archived ones keep their column and are no longer written. */
export type BuiltField = Field & { readonly isArchived?: boolean };

/** A table as it stands in the database. */
export interface BuiltTable {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
}

/** A table as it is defined: what the next build makes. */
export interface TableDefinition {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
  readonly isArchived: boolean;
  /** Which of several records with one primary key fills the row. */
  readonly rivals: RivalRule;
  /** What the last build made of it; null before the first. */
  readonly built: Omit<BuiltTable, 'id' | 'name'> | null;
}

/** A table that was built before. */
export type BuiltDefinition = TableDefinition & { readonly built: NonNullable<TableDefinition['built']> };

export interface NewTable {
  readonly code: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly FieldDefinition[];
}

interface TableRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly primary_key: string[];
  readonly archived_at: Date | null;
  readonly rivals: RivalRule;
  readonly built: TableDefinition['built'];
}

/** Definitions of a project's tables. Nothing here touches the tables themselves: a build does. */
export class Tables {
  readonly #knex: Knex;
  readonly #projectId: string;

  constructor(knex: Knex, projectId: string) {
    this.#knex = knex;
    this.#projectId = projectId;
  }

  async create(table: NewTable): Promise<void> {
    checkFields(table.fields);
    checkKey(table);
    for (const field of table.fields) checkIndex(table, field);
    await this.#refuseTakenCode(table.code, null);
    const [row] = await this.#knex('di.project_table')
      .insert({
        project_id: this.#projectId,
        code: table.code,
        name: table.name,
        primary_key: table.primaryKey,
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The table was not stored.');
    await this.#knex('di.table_field').insert(
      table.fields.map((field, position) => ({ table_id: row.id, position, ...columnsOf(field) })),
    );
  }

  async list(): Promise<TableDefinition[]> {
    const rows = await this.#all().orderBy('created_at').orderBy('code').select<TableRow[]>();
    return Promise.all(rows.map((row) => this.#withFields(row)));
  }

  async find(code: string): Promise<TableDefinition> {
    const row = await this.#all().where({ code }).first<TableRow | undefined>();
    if (!row) throw notFound(`table ${code} in this project`);
    return this.#withFields(row);
  }

  async change(
    code: string,
    change: {
      code?: string | undefined;
      name?: string | undefined;
      rivals?: RivalRule | undefined;
    },
  ): Promise<TableDefinition> {
    const table = await this.find(code);
    if (change.code !== undefined && change.code !== code) {
      if (code === CONTACTS) throw unprocessable('contacts-table', say('projects.contacts-code'));
      await this.#refuseTakenCode(change.code, table.id);
    }
    const renamed = {
      code: change.code ?? table.code,
      name: change.name ?? table.name,
      rivals: change.rivals ?? table.rivals,
    };
    // Batches that know the table by another rule read it again.
    const version = this.#knex.raw('version + ?', [renamed.rivals === table.rivals ? 0 : 1]);
    await this.#all()
      .where({ id: table.id })
      .update({ ...renamed, version });
    if (renamed.code !== code) await this.#moveReferences({ table: code }, { table: renamed.code });
    return { ...table, ...renamed };
  }

  async setArchived(code: string, isArchived: boolean): Promise<void> {
    if (code === CONTACTS && isArchived)
      throw unprocessable('contacts-table', say('projects.contacts-archive'));
    const changed = await this.#all()
      .where({ code })
      .update({ archived_at: isArchived ? new Date() : null, version: this.#knex.raw('version + 1') });
    if (changed === 0) throw notFound(`table ${code} in this project`);
  }

  async addField(code: string, field: FieldDefinition): Promise<void> {
    const table = await this.find(code);
    const fields = [...table.fields, field];
    checkFields(fields);
    checkIndex({ ...table, fields }, field);
    await this.#knex('di.table_field').insert({
      table_id: table.id,
      position: table.fields.length,
      ...columnsOf(field),
    });
  }

  async changeField(code: string, id: string, field: FieldDefinition): Promise<void> {
    const table = await this.find(code);
    const before = table.fields.find((each) => each.id === id);
    const others = table.fields.filter((each) => each.id !== id);
    const fields = [...others, field];
    checkFields(fields);
    const primaryKey = table.primaryKey.map((name) => (name === before?.name ? field.name : name));
    checkKey({ primaryKey, fields });
    // One that was defined too long before may change in other ways.
    if (before && indexFault(table, before) === null) checkIndex({ primaryKey, fields }, field);
    await this.#knex('di.table_field').where({ id, table_id: table.id }).update(columnsOf(field));
    await this.#all().where({ id: table.id }).update({ primary_key: primaryKey });
    if (before && before.name !== field.name)
      await this.#moveReferences({ table: code, column: before.name }, { table: code, column: field.name });
  }

  async setFieldArchived(code: string, name: string, isArchived: boolean): Promise<void> {
    const table = await this.find(code);
    const field = fieldNamed(table, name);
    if (isArchived && table.primaryKey.includes(name))
      throw unprocessable('primary-key-missing', say('projects.of-primary-key', { field: name }));
    await this.#knex('di.table_field')
      .where({ id: field.id })
      .update({ archived_at: isArchived ? new Date() : null });
  }

  /** Fields that refer to what was renamed follow it. */
  async #moveReferences(
    from: { table: string; column?: string },
    to: { table: string; column?: string },
  ): Promise<void> {
    await this.#knex('di.table_field')
      .whereIn('table_id', this.#all().select('id'))
      .whereRaw('reference @> ?::jsonb', [JSON.stringify(from)])
      .update({ reference: this.#knex.raw('reference || ?::jsonb', [JSON.stringify(to)]) });
  }

  async #refuseTakenCode(code: string, ownId: string | null): Promise<void> {
    if (code === CONSENT_VIEW) throw conflict('table-exists', say('projects.name-of-view', { table: code }));
    const same = await this.#all()
      .whereRaw('lower(code) = lower(?)', [code])
      .first<{ id: string; code: string } | undefined>('id', 'code');
    if (same && same.id !== ownId)
      throw conflict('table-exists', say('projects.table-exists', { table: same.code }));
  }

  async #withFields(row: TableRow): Promise<TableDefinition> {
    const fields = await this.#knex('di.table_field')
      .where({ table_id: row.id })
      .orderBy('position')
      .select<FieldRow[]>();
    return {
      id: row.id,
      code: row.code,
      name: row.name,
      primaryKey: row.primary_key,
      fields: fields.map(fieldOf),
      isArchived: row.archived_at !== null,
      rivals: row.rivals,
      built: row.built,
    };
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.project_table').where({ project_id: this.#projectId });
  }
}

export function fieldNamed(table: Pick<TableDefinition, 'code' | 'fields'>, name: string): BuiltField {
  const field = table.fields.find((each) => each.name === name);
  if (!field) throw notFound(`field ${name} in ${table.code}`);
  return field;
}

function checkFields(fields: readonly FieldDefinition[]): void {
  if (fields.length > MOST_FIELDS)
    throw unprocessable('too-many-fields', say('projects.too-many-fields', { most: MOST_FIELDS }));
  const names = fields.map((field) => field.name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw conflict('field-exists', say('projects.field-exists', { field: twice }));
}

/** Throws a 422 problem for a field whose values would be too long for its index. */
function checkIndex(table: Pick<NewTable, 'primaryKey' | 'fields'>, field: FieldDefinition): void {
  const fault = indexFault(table, field);
  if (fault !== null) throw unprocessable('too-long-to-index', fault);
}

function checkKey(table: Pick<NewTable, 'primaryKey' | 'fields'>): void {
  const twice = table.primaryKey.find((name, index) => table.primaryKey.indexOf(name) !== index);
  if (twice !== undefined)
    throw unprocessable('primary-key-missing', say('projects.key-twice', { field: twice }));
  for (const name of table.primaryKey) {
    const field = table.fields.find((each) => each.name === name);
    if (!field) throw unprocessable('primary-key-missing', say('projects.key-missing', { field: name }));
    if (!KEY_TYPES.has(field.type))
      throw unprocessable(
        'primary-key-type',
        say('projects.key-type', { field: name, type: field.type, types: [...KEY_TYPES].join(', ') }),
      );
  }
}
