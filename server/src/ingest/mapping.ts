import { unprocessable } from '../http/problem.ts';
import type { BuiltField } from '../projects/tables.ts';
import { fieldsOf, type MappingEntry } from '../transfers/mapping-schema.ts';
import { isSalesforceId } from './batch-body.ts';
import { coercion, readMoment, Refusal, type Coerce, type Coerced } from './coerce.ts';
import { asText, compileTransforms } from './transforms.ts';

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
  /** The column's value in a record. */
  readonly read: (values: readonly unknown[]) => Coerced;
  /** The column's value of a single field, where it comes from one. */
  readonly coerce: Coerce;
}

/** A record as the table takes it. */
export interface MappedRow {
  readonly id: string;
  /** SystemModstamp, in UTC with milliseconds. */
  readonly stamp: string;
  /** The primary key as one text. */
  readonly key: string;
  /** Values in the order of the mapping's columns, as PostgreSQL reads them. */
  readonly values: readonly (string | null)[];
}

export interface MappedRows {
  /** One row a key, in the order of their keys. */
  readonly rows: readonly MappedRow[];
  /** Records that share their key with a later one of the same batch. */
  readonly superseded: readonly MappedRow[];
  readonly rejected: readonly Rejection[];
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
    const column = field && columnOf(entry, field, places);
    return column ? [column] : [];
  });
  const names = new Set(columns.map((column) => column.field.name));
  const missing = target.primaryKey.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw unprocessable(
      'primary-key-missing',
      `The primary key is not among the fields: ${missing.join(', ')}.`,
    );
  const required = target.fields
    .filter((field) => field.required && field.default === null && field.isArchived !== true)
    .map((field) => field.name)
    .filter((name) => !names.has(name));
  if (required.length > 0)
    throw unprocessable('required-field-missing', `The batch brings no value for ${required.join(', ')}.`);
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
    throw unprocessable(
      'unknown-field',
      `Not mapped in DI: ${unknown.join(', ')}. Map them in the transfer, or take them out of the DI Data Transfer.`,
    );
}

/** Null where the batch does not bring what the column is made of: the column then stays as it is. */
function columnOf(
  entry: MappingEntry,
  field: BuiltField,
  places: ReadonlyMap<string, number>,
): MappedColumn | null {
  const transform = compileTransforms(entry.transforms ?? []);
  const fit = coercion(field);
  const coerce: Coerce =
    transform === null
      ? fit
      : (value) => {
          const changed = transform(value);
          return changed instanceof Refusal ? changed : fit(changed);
        };
  if ('constant' in entry) {
    const value = coerce(entry.constant);
    return { field, source: field.name, coerce, read: () => value };
  }
  const indexes = fieldsOf(entry).map((name) => places.get(name.toLowerCase()));
  const known = indexes.filter((index) => index !== undefined);
  if (known.length < indexes.length) return null;
  if ('concat' in entry) {
    const { separator } = entry.concat;
    const source = entry.concat.salesforceFields.join(' + ');
    return { field, source, coerce, read: (values) => coerce(joined(values, known, separator)) };
  }
  const [index = 0] = known;
  return { field, source: entry.salesforceField, coerce, read: (values) => coerce(values[index]) };
}

/** Values that are there, one after another. */
function joined(values: readonly unknown[], indexes: readonly number[], separator: string): string {
  return indexes
    .map((index) => asText(values[index]))
    .filter((text) => text !== null && text !== '')
    .join(separator);
}

/** Records as the table takes them; of several with one key the latest stays. One bad record stops nobody else. */
export function mapRows(mapping: Mapping, upserts: readonly (readonly unknown[])[]): MappedRows {
  const byKey = new Map<string, MappedRow>();
  const superseded: MappedRow[] = [];
  const rejected: Rejection[] = [];
  for (const values of upserts) {
    const row = mapRow(mapping, values);
    if ('code' in row) {
      rejected.push(row);
      continue;
    }
    const other = byKey.get(row.key);
    if (other) superseded.push(other.stamp <= row.stamp ? other : row);
    if (!other || other.stamp <= row.stamp) byKey.set(row.key, row);
  }
  // Every batch takes its rows in one order, so that two of them wait for each other instead of standing in each other's way.
  const rows = [...byKey.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  return { rows, superseded, rejected };
}

function mapRow(mapping: Mapping, record: readonly unknown[]): MappedRow | Rejection {
  const [id, modstamp] = record;
  if (!isSalesforceId(id))
    return { id: null, code: 'invalid-id', field: 'Id', message: 'The record has no Salesforce id.' };
  const stamp = typeof modstamp === 'string' ? readMoment(modstamp) : null;
  if (stamp === null)
    return { id, code: 'not-a-date', field: 'SystemModstamp', message: 'SystemModstamp is not a moment.' };
  const values = new Array<string | null>(mapping.columns.length);
  for (let place = 0; place < mapping.columns.length; place++) {
    const column = mapping.columns[place];
    if (!column) continue;
    const value = column.read(record);
    if (value instanceof Refusal)
      return { id, code: value.code, field: column.source, message: value.message };
    values[place] = value;
  }
  const empty = mapping.key.find((place) => values[place] === null);
  if (empty !== undefined) {
    const name = mapping.columns[empty]?.field.name ?? null;
    return {
      id,
      code: 'primary-key-null',
      field: name,
      message: `${name ?? ''} is the primary key and has no value.`,
    };
  }
  return { id, stamp, key: keyOf(mapping, values), values };
}

function keyOf(mapping: Mapping, values: readonly (string | null)[]): string {
  const [first = 0, ...others] = mapping.key;
  if (others.length === 0) return values[first] ?? '';
  return JSON.stringify(mapping.key.map((place) => values[place]));
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
