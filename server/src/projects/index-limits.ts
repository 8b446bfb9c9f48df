import { TEXT_TYPES, type Field } from './field-types.ts';

/** Bytes of a row of an index (a B-tree of PostgreSQL's, with pages of 8 kB); longer ones cannot be stored. */
const INDEX_ROW = 2704;
/** Of those, what goes to the header of the row and of its one text. */
const ONE_TEXT = INDEX_ROW - 12;
/** What goes to the header, the id of the table and the frame of the key where identities are found by keys. */
const IDENTITY = 40;
/** What goes to each column of the key there, beside its name and its text: a number and its alignment take no more. */
const KEY_COLUMN = 28;
/** Bytes of a character in UTF-8, for each that JavaScript counts. */
const WIDEST = 3;

/** A table as far as its indexes go. */
interface IndexedTable {
  readonly primaryKey: readonly string[];
  readonly fields: readonly Pick<Field, 'name' | 'type' | 'length'>[];
}

type IndexedField = Pick<Field, 'name' | 'type' | 'length' | 'unique' | 'reference'>;

/**
 * Bytes that an index leaves to a value of a field: columns of a key share what it leaves to all, in the measure of their
 * lengths. Null where there is no index.
 */
function room(table: IndexedTable, field: IndexedField): number | null {
  const isIndexed = field.unique || field.reference !== null;
  if (!table.primaryKey.includes(field.name)) return isIndexed ? ONE_TEXT : null;
  const columns = table.fields.filter(({ name }) => table.primaryKey.includes(name));
  const texts = columns.filter(({ type }) => TEXT_TYPES.has(type));
  const names = columns.reduce((sum, { name }) => sum + name.length + KEY_COLUMN, 0);
  const lengths = texts.reduce((sum, { length }) => sum + (length ?? 0), 0);
  return Math.floor(((INDEX_ROW - IDENTITY - names) * (field.length ?? 0)) / Math.max(lengths, 1));
}

/** Bytes that a value of a field may have because it is indexed; null where none that fits the field is too long. */
export function indexedBytes(table: IndexedTable, field: IndexedField): number | null {
  if (!TEXT_TYPES.has(field.type)) return null;
  const bytes = room(table, field);
  return bytes === null || (field.length !== null && field.length * WIDEST <= bytes) ? null : bytes;
}

/** Why a field cannot be indexed as it is defined; null where it can. */
export function indexFault(table: IndexedTable, field: IndexedField): string | null {
  const isTooOpen = field.type === 'longtext' || field.type === 'json' || field.type === 'multipicklist';
  if (field.reference !== null && isTooOpen)
    return `${field.name} is ${field.type}, whose values are too long to be found by: what refers to a row of another table has the type of that table's key.`;
  if (!TEXT_TYPES.has(field.type)) return null;
  const bytes = room(table, field);
  if (bytes === null || (field.length !== null && field.length <= bytes)) return null;
  const why = table.primaryKey.includes(field.name)
    ? 'The values of a primary key are found by an index'
    : 'Values that are unique, or refer to another table, are found by an index';
  return `${field.name} takes ${field.length ?? 'any number of'} characters. ${why}, which leaves ${bytes} bytes to this one: give it a shorter length.`;
}
