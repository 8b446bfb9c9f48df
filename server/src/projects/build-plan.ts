import type { Knex } from 'knex';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { changeFault, codeFault, nameFault, newFieldFault } from './build-faults.ts';
import { conversion } from './conversions.ts';
import { sqlType, type Field } from './field-types.ts';
import { indexFault } from './index-limits.ts';
import {
  columnDefinition,
  createTableSql,
  dropDefault,
  dropIndex,
  indexesOf,
  setDefault,
} from './table-definition.sql.ts';
import type { BuiltDefinition, BuiltField, TableDefinition } from './tables.ts';

/** One thing that a build does to a table, or why it does not. */
export interface BuildStep {
  readonly table: string;
  readonly action:
    | 'create-table'
    | 'rename-table'
    | 'add-field'
    | 'rename-field'
    | 'change-field'
    | 'archive-field'
    | 'restore-field';
  readonly field: string | null;
  readonly detail: string;
  /** Why it would lose data or cannot be; null where it is done. */
  readonly refusal: string | null;
}

export interface PlannedStep extends BuildStep {
  readonly sql: readonly string[];
  /** What is done once every table has let go of the name that it loses. */
  readonly afterwards?: readonly string[];
}

/** Where a table is built. */
export interface BuildSite {
  readonly schemaName: string;
  /** Names in the schema that something else than a table of the project has: a view, or an index. */
  readonly taken: ReadonlySet<string>;
}

/**
 * What a build would do to one table, in order. Compares its definition with what was built of it, and looks at the rows
 * where a change could lose some.
 */
export async function planTable(
  knex: Knex,
  site: BuildSite,
  table: TableDefinition,
): Promise<readonly PlannedStep[]> {
  if (table.built === null) return table.isArchived ? [] : [createTable(site, table)];
  const known: BuiltDefinition = { ...table, built: table.built };
  const { fields: built, code } = known.built;
  const builtTable = quoteTable(site.schemaName, code);
  const steps: PlannedStep[] = [];
  for (const before of built) {
    const after = table.fields.find((each) => each.id === before.id);
    if (after) steps.push(...(await changeField(knex, builtTable, known, before, after)));
  }
  // A new field may take the name that another one loses.
  steps.push(...renames(builtTable, table.code, built, table.fields));
  for (const field of table.fields)
    if (field.isArchived !== true && !built.some((each) => each.id === field.id))
      steps.push(await addField(knex, builtTable, table, field));
  if (code !== table.code) steps.push(renameTable(site, known));
  return steps;
}

function createTable({ schemaName, taken }: BuildSite, table: TableDefinition): PlannedStep {
  const fields = table.fields.filter((field) => field.isArchived !== true);
  const faults = fields.flatMap((field) => nameFault(field.name) ?? indexFault(table, field) ?? []);
  const refusal = [codeFault(table.code, taken) ?? [], ...faults].flat().join(' ');
  return {
    table: table.code,
    action: 'create-table',
    field: null,
    detail: `${fields.length} fields, primary key ${table.primaryKey.join(', ')}`,
    refusal: refusal === '' ? null : refusal,
    sql: [],
    afterwards: createTableSql(quoteTable(schemaName, table.code), table),
  };
}

/** Two tables may exchange their codes: each lets go of its own before any takes a new one. */
function renameTable({ schemaName, taken }: BuildSite, table: BuiltDefinition): PlannedStep {
  const meanwhile = `_moved_${table.id}`;
  return {
    table: table.code,
    action: 'rename-table',
    field: null,
    detail: `${table.built.code} becomes ${table.code}`,
    refusal: codeFault(table.code, taken),
    sql: [`ALTER TABLE ${quoteTable(schemaName, table.built.code)} RENAME TO ${quoteIdentifier(meanwhile)}`],
    afterwards: [`ALTER TABLE ${quoteTable(schemaName, meanwhile)} RENAME TO ${quoteIdentifier(table.code)}`],
  };
}

async function addField(
  knex: Knex,
  builtTable: string,
  table: TableDefinition,
  field: Field,
): Promise<PlannedStep> {
  return {
    table: table.code,
    action: 'add-field',
    field: field.name,
    detail: describe(field),
    refusal: await newFieldFault(knex, builtTable, table, field),
    sql: [
      `ALTER TABLE ${builtTable} ADD COLUMN ${columnDefinition(field, false)}`,
      ...indexesOf(builtTable, field),
    ],
  };
}

/** The changes of one field, under the name it was built with. */
async function changeField(
  knex: Knex,
  builtTable: string,
  table: BuiltDefinition,
  before: BuiltField,
  after: BuiltField,
): Promise<PlannedStep[]> {
  const step = { table: table.code, field: after.name, refusal: null, sql: [] };
  if (after.isArchived === true)
    return before.isArchived === true
      ? []
      : [
          {
            ...step,
            action: 'archive-field',
            detail: 'its column stays, and is no longer written',
            sql: dropDefault(builtTable, before),
          },
        ];
  const steps: PlannedStep[] = [];
  if (before.isArchived === true)
    steps.push({
      ...step,
      action: 'restore-field',
      detail: 'its column is written again',
      sql: setDefault(builtTable, before, after),
    });
  const changes = differences(before, after);
  if (changes.length > 0)
    steps.push({
      ...step,
      action: 'change-field',
      detail: changes.join(', '),
      refusal: await changeFault(knex, builtTable, table, before, after),
      sql: changeSql(builtTable, before, after),
    });
  return steps;
}

function differences(before: Field, after: Field): string[] {
  const text = (value: unknown): string => (value === null ? 'none' : JSON.stringify(value));
  const keys = [
    'type',
    'length',
    'precision',
    'scale',
    'required',
    'unique',
    'default',
    'picklist',
    'reference',
  ] as const;
  return keys
    .filter((key) => text(before[key]) !== text(after[key]))
    .map((key) => `${key} ${text(before[key])} becomes ${text(after[key])}`);
}

function changeSql(table: string, before: Field, after: Field): string[] {
  const way = conversion(before, after);
  const using = typeof way === 'string' ? null : way.using;
  const column = quoteIdentifier(before.name);
  const type = sqlType(after);
  return [
    ...(using === null
      ? []
      : [
          ...dropDefault(table, before),
          `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING (${using})`,
        ]),
    ...(using !== null || before.default !== after.default ? setDefault(table, before, after) : []),
    ...(before.unique && !after.unique ? [dropIndex(table, after, 'unique')] : []),
    ...(before.reference && !after.reference ? [dropIndex(table, after, 'reference')] : []),
    ...indexesOf(table, {
      ...after,
      name: before.name,
      unique: after.unique && !before.unique,
      reference: before.reference ? null : after.reference,
    }),
  ];
}

/** Names move all at once: two fields may exchange theirs. */
function renames(
  table: string,
  code: string,
  before: readonly BuiltField[],
  after: readonly BuiltField[],
): PlannedStep[] {
  const moved = after.flatMap((field) => {
    const old = before.find((each) => each.id === field.id);
    return old && old.name !== field.name ? [{ old: old.name, field }] : [];
  });
  const rename = (from: string, to: string): string =>
    `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`;
  return moved.map(({ old, field }, index) => ({
    table: code,
    action: 'rename-field',
    field: field.name,
    detail: `${old} becomes ${field.name}`,
    refusal: nameFault(field.name),
    // The first step frees every old name, the others take their new ones.
    sql: [
      ...(index === 0 ? moved.map((each) => rename(each.old, `_moved_${each.field.id}`)) : []),
      rename(`_moved_${field.id}`, field.name),
    ],
  }));
}

function describe(field: Field): string {
  const size =
    field.type === 'decimal' ? `(${field.precision ?? ''},${field.scale ?? ''})` : `(${field.length ?? ''})`;
  return `${field.type}${size === '()' ? '' : size}${field.required ? ', required' : ''}${field.unique ? ', unique' : ''}`;
}
