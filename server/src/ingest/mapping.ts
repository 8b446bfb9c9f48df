import { unprocessable } from '../http/problem.ts';
import type { Field } from '../projects/field-types.ts';
import type { MappingEntry } from '../transfers/transfers.ts';
import { isSalesforceId, type BatchBody } from './batch-body.ts';
import { coercion, readMoment, type Coerce } from './coerce.ts';
import { sqlOf, type TableSql } from './table.sql.ts';

/** A record that was not taken, and why. */
export interface Rejection {
  readonly id: string | null;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
}

/** What a transfer's mapping compiles to, for one list of fields. */
export interface Mapping {
  readonly sql: TableSql;
  readonly primaryKey: readonly string[];
  readonly columns: readonly {
    readonly index: number;
    readonly salesforceField: string;
    readonly name: string;
    readonly coerce: Coerce;
  }[];
}

/** A row ready to be written, members named as the statement reads them. */
export type MappedRow = Readonly<Record<string, unknown>>;

export interface TransferTarget {
  readonly schemaName: string;
  readonly tableCode: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly Field[];
  readonly mapping: readonly MappingEntry[];
}

/** Compiles a mapping for the fields a batch brings. Throws 422 problems that name every field that does not fit. */
export function compileMapping(target: TransferTarget, fields: readonly string[]): Mapping {
  const byField = new Map(target.mapping.map((entry) => [entry.salesforceField.toLowerCase(), entry.column]));
  const types = new Map(target.fields.map((field) => [field.name, field]));
  const unknown: string[] = [];
  const columns: Mapping['columns'][number][] = [];
  fields.forEach((salesforceField, index) => {
    const column = byField.get(salesforceField.toLowerCase());
    const field = column === undefined ? undefined : types.get(column);
    // Id and SystemModstamp always come; they are mapped only where somebody wants them in a column too.
    if (field) columns.push({ index, salesforceField, name: field.name, coerce: coercion(field) });
    else if (index > 1) unknown.push(salesforceField);
  });
  if (unknown.length > 0)
    throw unprocessable(
      'unknown-field',
      `Not mapped in DI: ${unknown.join(', ')}. Map them in the transfer, or take them out of the DI Data Transfer.`,
    );
  const missing = target.primaryKey.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length > 0)
    throw unprocessable(
      'primary-key-missing',
      `The primary key is not among the fields: ${missing.join(', ')}.`,
    );
  const used = columns.map((column) => types.get(column.name)).filter((field) => field !== undefined);
  return { sql: sqlOf(target, used), primaryKey: target.primaryKey, columns };
}

/** Rows of a batch as the table takes them; of several with one key the latest stays. One bad row stops nobody else. */
export function mapRows(
  mapping: Mapping,
  body: BatchBody,
): { rows: MappedRow[]; rejected: Rejection[]; superseded: number } {
  const byKey = new Map<string, { row: MappedRow; stamp: string }>();
  const rejected: Rejection[] = [];
  let superseded = 0;
  for (const values of body.upserts) {
    const mapped = mapRow(mapping, values);
    if ('code' in mapped) {
      rejected.push(mapped);
      continue;
    }
    const key = JSON.stringify(mapping.primaryKey.map((column) => mapped.row[column]));
    const other = byKey.get(key);
    if (other) superseded += 1;
    if (!other || other.stamp <= mapped.stamp) byKey.set(key, mapped);
  }
  return { rows: [...byKey.values()].map((each) => each.row), rejected, superseded };
}

function mapRow(mapping: Mapping, values: readonly unknown[]): { row: MappedRow; stamp: string } | Rejection {
  const [id, modstamp] = values;
  if (!isSalesforceId(id))
    return { id: null, code: 'invalid-id', field: 'Id', message: 'The record has no Salesforce id.' };
  const stamp = typeof modstamp === 'string' ? readMoment(modstamp) : null;
  if (stamp === null)
    return { id, code: 'not-a-date', field: 'SystemModstamp', message: 'SystemModstamp is not a moment.' };
  const row: Record<string, unknown> = { _salesforce_id: id, _source_modstamp: stamp };
  for (const column of mapping.columns) {
    const coerced = column.coerce(values[column.index]);
    if ('refusal' in coerced)
      return {
        id,
        code: coerced.refusal.code,
        field: column.salesforceField,
        message: coerced.refusal.message,
      };
    row[column.name] = coerced.value;
  }
  const empty = mapping.primaryKey.find((column) => row[column] === null);
  if (empty !== undefined)
    return {
      id,
      code: 'primary-key-null',
      field: empty,
      message: `${empty} is the primary key and has no value.`,
    };
  return { row, stamp };
}
