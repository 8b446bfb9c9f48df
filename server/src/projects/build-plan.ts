import type { Knex } from 'knex';
import { quoteIdentifier, quoteLiteral, quoteTable, unbound } from '../database/identifiers.ts';
import { conversion } from './conversions.ts';
import { sqlType, type Field } from './field-types.ts';
import { SYSTEM_COLUMNS } from './system-columns.ts';
import type { BuiltField, TableDefinition } from './tables.ts';

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

interface PlannedStep extends BuildStep {
  readonly sql: readonly string[];
}

/** What a build would do to one table, in order. Compares its definition with what was built of it, and looks at the rows where a change could lose some. */
export async function planTable(
  knex: Knex,
  schemaName: string,
  table: TableDefinition,
): Promise<readonly PlannedStep[]> {
  if (table.built === null) return table.isArchived ? [] : [createTable(schemaName, table)];
  const builtTable = quoteTable(schemaName, table.built.code);
  const steps: PlannedStep[] = [];
  for (const field of table.fields) {
    const before = table.built.fields.find((each) => each.id === field.id);
    if (before)
      steps.push(...(await changeField(knex, builtTable, table.code, before, field, isAlone(table, field))));
    else if (field.isArchived !== true) steps.push(await addField(knex, builtTable, table.code, field));
  }
  steps.push(...renames(builtTable, table.code, table.built.fields, table.fields));
  if (table.built.code !== table.code)
    steps.push({
      table: table.code,
      action: 'rename-table',
      field: null,
      detail: `${table.built.code} becomes ${table.code}`,
      refusal: null,
      sql: [`ALTER TABLE ${builtTable} RENAME TO ${quoteIdentifier(table.code)}`],
    });
  return steps;
}

function createTable(schemaName: string, table: TableDefinition): PlannedStep {
  const name = quoteTable(schemaName, table.code);
  const fields = table.fields.filter((field) => field.isArchived !== true);
  const columns = fields.map((field) => columnDefinition(field, table.primaryKey.includes(field.name)));
  const system = Object.entries(SYSTEM_COLUMNS).map(([column, type]) => `${quoteIdentifier(column)} ${type}`);
  const key = `PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`;
  return {
    table: table.code,
    action: 'create-table',
    field: null,
    detail: `${fields.length} fields, primary key ${table.primaryKey.join(', ')}`,
    refusal: null,
    sql: [
      // Room in every page, so that an update finds a place beside its row and leaves the indexes alone.
      `CREATE TABLE ${name} (${[...columns, ...system, key].join(', ')}) WITH (fillfactor = 85)`,
      `CREATE INDEX ON ${name} ("_salesforce_id")`,
      ...fields.flatMap((field) => indexesOf(name, field)),
    ],
  };
}

function columnDefinition(field: Field, isKey: boolean): string {
  const value = field.default === null ? '' : ` DEFAULT ${quoteLiteral(field.default)}::${sqlType(field)}`;
  return `${quoteIdentifier(field.name)} ${sqlType(field)}${isKey ? ' NOT NULL' : ''}${value}`;
}

/** Named by the field's id: renaming the field leaves them alone. */
const indexName = (field: Field, kind: 'unique' | 'reference'): string =>
  quoteIdentifier(`${kind}_${field.id}`);

function indexesOf(table: string, field: Field): string[] {
  const column = quoteIdentifier(field.name);
  return [
    ...(field.unique ? [`CREATE UNIQUE INDEX ${indexName(field, 'unique')} ON ${table} (${column})`] : []),
    ...(field.reference ? [`CREATE INDEX ${indexName(field, 'reference')} ON ${table} (${column})`] : []),
  ];
}

async function addField(knex: Knex, table: string, code: string, field: Field): Promise<PlannedStep> {
  const rows = field.required && field.default === null ? await countRows(knex, table, 'true') : 0;
  return {
    table: code,
    action: 'add-field',
    field: field.name,
    detail: describe(field),
    refusal: rows === 0 ? null : `${rows} rows would have no value. Give it a default, or make it optional.`,
    sql: [`ALTER TABLE ${table} ADD COLUMN ${columnDefinition(field, false)}`, ...indexesOf(table, field)],
  };
}

/** Whether no two rows may have the same value of a field. */
function isAlone({ primaryKey }: TableDefinition, { name, unique }: Field): boolean {
  return unique || (primaryKey.length === 1 && primaryKey[0] === name);
}

/** The changes of one field, under the name it was built with. */
async function changeField(
  knex: Knex,
  table: string,
  code: string,
  before: BuiltField,
  after: BuiltField,
  isUnique: boolean,
): Promise<PlannedStep[]> {
  const step = { table: code, field: after.name, refusal: null, sql: [] };
  if (after.isArchived === true)
    return before.isArchived === true
      ? []
      : [
          {
            ...step,
            action: 'archive-field',
            detail: 'its column stays, and is no longer written',
            sql: dropDefault(table, before),
          },
        ];
  const steps: PlannedStep[] = [];
  if (before.isArchived === true)
    steps.push({
      ...step,
      action: 'restore-field',
      detail: 'its column is written again',
      sql: setDefault(table, before, after),
    });
  const changes = differences(before, after);
  if (changes.length > 0)
    steps.push({
      ...step,
      action: 'change-field',
      detail: changes.join(', '),
      refusal: await refusalOf(knex, table, before, after, isUnique),
      sql: changeSql(table, before, after),
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

async function refusalOf(
  knex: Knex,
  table: string,
  before: Field,
  after: Field,
  isUnique: boolean,
): Promise<string | null> {
  const way = conversion(before, after);
  if (typeof way === 'string') return way;
  for (const { condition, reason } of way.losses) {
    const rows = await countRows(knex, table, condition);
    if (rows > 0) return `${rows} rows ${reason}.`;
  }
  const column = quoteIdentifier(before.name);
  if (after.required && !before.required) {
    const rows = await countRows(knex, table, `${column} IS NULL`);
    if (rows > 0) return `${rows} rows have no value.`;
  }
  if (after.unique && !before.unique) {
    const groups = `(SELECT FROM ${table} WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1)`;
    const values = await count(knex, `SELECT count(*) AS count FROM ${groups} AS twice`);
    if (values > 0) return `${values} values are there more than once.`;
  }
  return isUnique && before.type !== after.type ? spellingRefusal(knex, table, column, after) : null;
}

/** Text that becomes addresses or ids is stored in one spelling of several. */
async function spellingRefusal(
  knex: Knex,
  table: string,
  column: string,
  { type }: Field,
): Promise<string | null> {
  const spelling = { email: `lower(btrim(${column}))`, salesforce_id: `left(${column}, 15)` };
  if (type !== 'email' && type !== 'salesforce_id') return null;
  const groups = `(SELECT FROM ${table} WHERE ${column} IS NOT NULL GROUP BY ${spelling[type]} HAVING count(*) > 1)`;
  const values = await count(knex, `SELECT count(*) AS count FROM ${groups} AS twice`);
  const reason = type === 'email' ? 'the case of their letters' : 'being written with 15 or 18 characters';
  return values === 0 ? null : `${values} values are there more than once, told apart by ${reason} alone.`;
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

function setDefault(table: string, before: Field, after: Field): string[] {
  const column = `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(before.name)}`;
  return after.default === null
    ? [`${column} DROP DEFAULT`]
    : [`${column} SET DEFAULT ${quoteLiteral(after.default)}::${sqlType(after)}`];
}

function dropDefault(table: string, before: Field): string[] {
  return before.default === null
    ? []
    : [`ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(before.name)} DROP DEFAULT`];
}

/** An index lives in its table's schema. */
function dropIndex(table: string, field: Field, kind: 'unique' | 'reference'): string {
  return `DROP INDEX ${table.slice(0, table.indexOf('.'))}.${indexName(field, kind)}`;
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
    refusal: null,
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

function countRows(knex: Knex, table: string, condition: string): Promise<number> {
  return count(knex, `SELECT count(*) AS count FROM ${table} WHERE ${condition}`);
}

async function count(knex: Knex, text: string): Promise<number> {
  const found = await knex.raw<{ rows: { count: number }[] }>(unbound(text));
  return found.rows[0]?.count ?? 0;
}
