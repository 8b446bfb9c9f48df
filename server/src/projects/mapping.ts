import { say } from '../messages/message.ts';
import { unprocessable } from '../http/problem.ts';
import { indexedBytes } from './index-limits.ts';
import type { BuiltField } from './tables.ts';
import { fieldsOf, type MappingEntry } from './mapping-schema.ts';
import { coercion, Refusal, type Coerce } from '../values/check-value.ts';
import { rounded } from '../values/decimals.ts';
import { asText, compileTransforms } from '../values/transforms.ts';

/** A record that was not taken, and why. */
export interface Rejection {
  readonly id: string | null;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
}

/** What a transfer's mapping compiles to, for one list of fields. */
export interface Mapping {
  readonly columns: readonly MappedColumn[];
  /** Places of the primary key among the columns. */
  readonly key: readonly number[];
  /** Primary-key columns by the Salesforce field that a delete names them by, in lower case. */
  readonly keyFields: ReadonlyMap<string, number>;
}

export interface MappedColumn {
  readonly field: BuiltField;
  /** What a rejection calls the column's source. */
  readonly source: string;
  /** Place of the field that the column is made of, alone, among those of the batch; null where it is made of something else. */
  readonly place: number | null;
  /** What the column is made of in a record, before it is coerced. */
  readonly read: (record: readonly unknown[]) => unknown;
  readonly coerce: Coerce;
  /** The column is filled only where the row has no value in it. */
  readonly onlyWhenEmpty: boolean;
}

export interface MappingTarget {
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
  readonly mapping: readonly MappingEntry[];
}

/** Compiles a mapping for the fields a batch brings. Throws 422 problems that name every field that does not fit. */
export function compileMapping(target: MappingTarget, fields: readonly string[]): Mapping {
  const places = new Map(fields.map((name, index) => [name.toLowerCase(), index]));
  refuseUnknown(target.mapping, fields);
  const columns = target.mapping.flatMap((entry) => {
    const field = target.fields.find((each) => each.name === entry.column && each.isArchived !== true);
    const column = field && columnOf(entry, field, indexedBytes(target, field), places);
    return column ? [column] : [];
  });
  const names = new Set(columns.map((column) => column.field.name));
  const missing = target.primaryKey.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw unprocessable('primary-key-missing', say('projects.key-not-sent', { fields: missing.join(', ') }));
  const required = target.fields
    .filter((field) => field.required && field.default === null && field.isArchived !== true)
    .map((field) => field.name)
    .filter((name) => !names.has(name));
  if (required.length > 0)
    throw unprocessable(
      'required-field-missing',
      say('projects.required-not-sent', { fields: required.join(', ') }),
    );
  const key = target.primaryKey.map((name) => columns.findIndex((column) => column.field.name === name));
  return {
    columns,
    key,
    keyFields: new Map(key.map((place) => [columns[place]?.source.toLowerCase() ?? '', place])),
  };
}

/** Id and SystemModstamp always come; they are mapped only where somebody wants them in a column too. */
function refuseUnknown(mapping: readonly MappingEntry[], fields: readonly string[]): void {
  const known = new Set(mapping.flatMap((entry) => fieldsOf(entry).map((name) => name.toLowerCase())));
  const unknown = fields.filter((name, index) => index > 1 && !known.has(name.toLowerCase()));
  if (unknown.length > 0)
    throw unprocessable('unknown-field', say('projects.not-mapped', { fields: unknown.join(', ') }));
}

/** Null where the batch does not bring what the column is made of: the column then stays as it is. */
function columnOf(
  entry: MappingEntry,
  field: BuiltField,
  mostBytes: number | null,
  places: ReadonlyMap<string, number>,
): MappedColumn | null {
  const coerce = columnCoercion(entry, field, mostBytes);
  const onlyWhenEmpty = entry.onlyWhenEmpty === true;
  if ('constant' in entry)
    return { field, source: field.name, coerce, onlyWhenEmpty, place: null, read: () => entry.constant };
  const indexes = fieldsOf(entry).map((name) => places.get(name.toLowerCase()));
  const known = indexes.filter((index) => index !== undefined);
  if (known.length < indexes.length) return null;
  if ('concat' in entry) {
    const { separator } = entry.concat;
    const source = entry.concat.salesforceFields.join(' + ');
    return {
      ...{ field, source, coerce, onlyWhenEmpty },
      place: null,
      read: (record) => joined(record, known, separator),
    };
  }
  const [index = 0] = known;
  return {
    ...{ field, source: entry.salesforceField, coerce, onlyWhenEmpty },
    place: index,
    read: (record) => record[index],
  };
}

/** What turns a value of Salesforce into one of the column that an entry fills. */
export function columnCoercion(
  entry: Pick<MappingEntry, 'transforms' | 'decimals'>,
  field: BuiltField,
  mostBytes: number | null,
): Coerce {
  const transform = compileTransforms(entry.transforms ?? []);
  const exact = coercion(field, mostBytes);
  const fit = entry.decimals === 'refuse' ? exact : rounding(field, exact);
  if (transform === null) return fit;
  return (value) => {
    const changed = transform(value);
    return changed instanceof Refusal ? changed : fit(changed);
  };
}

/**
 * Salesforce keeps more digits than a field shows where a program wrote them, and Bulk API may write a number with an
 * exponent: neither keeps a record out. What fits as it is costs nothing more.
 */
function rounding(field: BuiltField, exact: Coerce): Coerce {
  if (field.type !== 'decimal' && field.type !== 'integer') return exact;
  const scale = field.type === 'integer' ? 0 : (field.scale ?? 0);
  return (value) => {
    const written = exact(value);
    if (!(written instanceof Refusal)) return written;
    const text = asText(value);
    const number = typeof value === 'boolean' || text === null ? null : rounded(text, scale);
    return number === null ? written : exact(number);
  };
}

/** Values that are there, one after another. */
function joined(values: readonly unknown[], indexes: readonly number[], separator: string): string {
  return indexes
    .map((index) => asText(values[index]))
    .filter((text) => text !== null && text !== '')
    .join(separator);
}

/** The primary key of a deleted record, where it is whole; null otherwise. */
export function mapKey(mapping: Mapping, key: Readonly<Record<string, unknown>>): readonly string[] | null {
  const given = new Map(Object.entries(key).map(([name, value]) => [name.toLowerCase(), value]));
  const values = [...mapping.keyFields].map(([field, place]) => {
    const value = mapping.columns[place]?.coerce(given.get(field));
    return typeof value === 'string' ? value : null;
  });
  const whole = values.filter((value) => value !== null);
  return whole.length === mapping.key.length ? whole : null;
}
