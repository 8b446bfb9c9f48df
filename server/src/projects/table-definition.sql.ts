import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import { sqlType, type Field } from './field-types.ts';
import { SYSTEM_COLUMNS } from './system-columns.ts';
import type { TableDefinition } from './tables.ts';

/**
 * Makes a table. Its indexes are named by ids: no code of a table is such a name, which PostgreSQL would make of the
 * table's own (a table `Contact_pkey` beside `Contact`).
 */
export function createTableSql(name: string, table: TableDefinition): string[] {
  const fields = table.fields.filter((field) => field.isArchived !== true);
  const columns = fields.map((field) => columnDefinition(field, table.primaryKey.includes(field.name)));
  const system = Object.entries(SYSTEM_COLUMNS).map(([column, type]) => `${quoteIdentifier(column)} ${type}`);
  const key = `CONSTRAINT ${quoteIdentifier(`primary_${table.id}`)} PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`;
  return [
    // Room in every page, so that an update finds a place beside its row and leaves the indexes alone.
    `CREATE TABLE ${name} (${[...columns, ...system, key].join(', ')}) WITH (fillfactor = 85)`,
    `CREATE INDEX ${quoteIdentifier(`record_${table.id}`)} ON ${name} ("_salesforce_id")`,
    ...fields.flatMap((field) => indexesOf(name, field)),
  ];
}

export function columnDefinition(field: Field, isKey: boolean): string {
  const value = field.default === null ? '' : ` DEFAULT ${quoteLiteral(field.default)}::${sqlType(field)}`;
  return `${quoteIdentifier(field.name)} ${sqlType(field)}${isKey ? ' NOT NULL' : ''}${value}`;
}

/** Named by the field's id: renaming the field leaves them alone. */
const indexName = (field: Field, kind: 'unique' | 'reference'): string =>
  quoteIdentifier(`${kind}_${field.id}`);

export function indexesOf(table: string, field: Field): string[] {
  const column = quoteIdentifier(field.name);
  return [
    ...(field.unique ? [`CREATE UNIQUE INDEX ${indexName(field, 'unique')} ON ${table} (${column})`] : []),
    ...(field.reference ? [`CREATE INDEX ${indexName(field, 'reference')} ON ${table} (${column})`] : []),
  ];
}

export function setDefault(table: string, before: Field, after: Field): string[] {
  const column = `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(before.name)}`;
  return after.default === null
    ? [`${column} DROP DEFAULT`]
    : [`${column} SET DEFAULT ${quoteLiteral(after.default)}::${sqlType(after)}`];
}

export function dropDefault(table: string, before: Field): string[] {
  return before.default === null
    ? []
    : [`ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(before.name)} DROP DEFAULT`];
}

/** An index lives in its table's schema. */
export function dropIndex(table: string, field: Field, kind: 'unique' | 'reference'): string {
  return `DROP INDEX ${table.slice(0, table.indexOf('.'))}.${indexName(field, kind)}`;
}
