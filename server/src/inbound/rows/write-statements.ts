import { anyDiffers } from '../../database/any-differs.ts';
import { quoteIdentifier } from '../../database/identifiers.ts';
import { sqlType } from '../../values/field-types.ts';
import type { BuiltField } from '../../projects/tables.ts';
import type { WrittenTable } from './written-table.ts';

/** Columns that a statement writes, those of the key among them. */
export interface WrittenColumns {
  readonly fields: readonly BuiltField[];
  /** Columns that keep what they hold where nothing comes. */
  readonly kept: ReadonlySet<string>;
}

const names = (fields: readonly BuiltField[]): string[] => fields.map((field) => quoteIdentifier(field.name));

/** Arrays as columns side by side. Lists of values come as text, since arrays of arrays are rectangles. */
function incoming(fields: readonly BuiltField[]): string {
  const arrays = fields.map(
    (field, index) => `$${index + 1}::${field.type === 'multipicklist' ? 'text' : sqlType(field)}[]`,
  );
  return `unnest(${arrays.join(', ')}) AS i(${names(fields).join(', ')})`;
}

/** A column of what comes. */
function value(field: BuiltField): string {
  const column = `i.${quoteIdentifier(field.name)}`;
  return field.type === 'multipicklist' ? `${column}::text[]` : column;
}

const sameKey = (key: readonly BuiltField[]): string =>
  names(key)
    .map((column) => `r.${column} = i.${column}`)
    .join(' AND ');

/** The key as text, one column of the answer for each of its own. */
const keyAnswer = (key: readonly BuiltField[]): string =>
  names(key)
    .map((column, index) => `r.${column}::text AS k${index}`)
    .join(', ');

const withoutKey = (table: WrittenTable, fields: readonly BuiltField[]): BuiltField[] =>
  fields.filter((field) => !table.key.some((key) => key.name === field.name));

/** Whether a row would be another one with what its columns hold afterwards. */
const differsFrom = (fields: readonly BuiltField[], after: (field: BuiltField) => string): string =>
  anyDiffers(fields.map((field) => [`r.${quoteIdentifier(field.name)}`, after(field)]));

/** New rows are made, existing ones changed where they differ; answers those of both kinds. */
export function upsertRows(table: WrittenTable, { fields, kept }: WrittenColumns): string {
  const changed = withoutKey(table, fields);
  if (changed.length === 0) return createRows(table, fields);
  const after = (field: BuiltField): string => {
    const column = quoteIdentifier(field.name);
    return kept.has(field.name) ? `coalesce(EXCLUDED.${column}, r.${column})` : `EXCLUDED.${column}`;
  };
  return `
    INSERT INTO ${table.name} AS r (${names(fields).join(', ')})
    SELECT ${fields.map(value).join(', ')} FROM ${incoming(fields)}
    ON CONFLICT (${names(table.key).join(', ')}) DO UPDATE
    SET ${changed.map((field) => `${quoteIdentifier(field.name)} = ${after(field)}`).join(', ')}, "_changed_at" = now()
    WHERE ${differsFrom(changed, after)}
    RETURNING ${keyAnswer(table.key)}, r.xmax = 0 AS is_new`;
}

/** Rows that are there are left alone; answers the others. */
export function createRows(table: WrittenTable, fields: readonly BuiltField[]): string {
  return `
    INSERT INTO ${table.name} AS r (${names(fields).join(', ')})
    SELECT ${fields.map(value).join(', ')} FROM ${incoming(fields)}
    ON CONFLICT (${names(table.key).join(', ')}) DO NOTHING
    RETURNING ${keyAnswer(table.key)}, true AS is_new`;
}

/** Changes rows that are there and differ; answers those. Null where there is nothing but keys. */
export function updateRows(table: WrittenTable, { fields, kept }: WrittenColumns): string | null {
  const changed = withoutKey(table, fields);
  if (changed.length === 0) return null;
  const after = (field: BuiltField): string =>
    kept.has(field.name) ? `coalesce(${value(field)}, r.${quoteIdentifier(field.name)})` : value(field);
  return `
    UPDATE ${table.name} r
    SET ${changed.map((field) => `${quoteIdentifier(field.name)} = ${after(field)}`).join(', ')}, "_changed_at" = now()
    FROM ${incoming(fields)}
    WHERE ${sameKey(table.key)} AND ${differsFrom(changed, after)}
    RETURNING ${keyAnswer(table.key)}, false AS is_new`;
}

/** Rows that are there, and whether writing would change them; nothing is written. */
export function comparingStatement(table: WrittenTable, { fields, kept }: WrittenColumns): string {
  const changed = withoutKey(table, fields);
  const after = (field: BuiltField): string =>
    kept.has(field.name) ? `coalesce(${value(field)}, r.${quoteIdentifier(field.name)})` : value(field);
  const differs = changed.length === 0 ? 'false' : differsFrom(changed, after);
  return `
    SELECT ${keyAnswer(table.key)}, ${differs} AS differs
    FROM ${incoming(fields)} JOIN ${table.name} r ON ${sameKey(table.key)}`;
}

/** Those of some keys that have a row. */
export function findRows(table: WrittenTable): string {
  return `SELECT ${keyAnswer(table.key)} FROM ${incoming(table.key)} JOIN ${table.name} r ON ${sameKey(table.key)}`;
}

/** Values of a unique column that rows of other keys have; answers the keys that would take them. */
export function findTaken(table: WrittenTable, field: BuiltField): string {
  const given = [...table.key, field];
  const key = names(table.key).map((column, index) => `i.${column}::text AS k${index}`);
  const column = quoteIdentifier(field.name);
  return `
    SELECT ${key.join(', ')} FROM ${incoming(given)} JOIN ${table.name} r ON r.${column} = i.${column}
    WHERE NOT (${sameKey(table.key)})`;
}

export function deleteRows(table: WrittenTable): string {
  return `DELETE FROM ${table.name} r USING ${incoming(table.key)} WHERE ${sameKey(table.key)} RETURNING ${keyAnswer(table.key)}`;
}

/** Archives rows, or brings them back; answers those that were not in that state yet. */
export function setArchived(table: WrittenTable, isArchived: boolean): string {
  return `
    UPDATE ${table.name} r SET "_archived_at" = ${isArchived ? 'now()' : 'NULL'}, "_changed_at" = now()
    FROM ${incoming(table.key)}
    WHERE ${sameKey(table.key)} AND r."_archived_at" IS ${isArchived ? '' : 'NOT '}NULL
    RETURNING ${keyAnswer(table.key)}`;
}
