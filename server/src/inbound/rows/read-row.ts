import { coercion, lookup, Refusal, type Coerce } from '../../values/check-value.ts';
import { say } from '../../messages/message.ts';
import { indexedBytes } from '../../projects/index-limits.ts';
import type { BuiltField } from '../../projects/tables.ts';
import { givenValue } from '../../people/given-value.ts';
import type { RowOutcome, WrittenRow } from './write-rows.ts';
import type { WrittenTable } from './written-table.ts';

export type GivenRow = Readonly<Record<string, unknown>>;
export type Rejected = Extract<RowOutcome, { outcome: 'rejected' }>;

export function rejected(code: string, column: string | null, message: string): Rejected {
  return { outcome: 'rejected', code, column, message };
}

/** Turns a value into one of a table's column: one of its key is required, and its index takes no more than so much. */
export function cellCoercion(table: WrittenTable, field: BuiltField): Coerce {
  const indexed = indexedOf(table);
  const required = field.required || indexed.primaryKey.includes(field.name);
  return coercion({ ...field, required }, indexedBytes(indexed, field));
}

const indexedOf = ({ key, fields }: WrittenTable): Parameters<typeof indexedBytes>[0] => ({
  primaryKey: key.map(({ name }) => name),
  fields,
});

/** Reads rows that are given by column; values are coerced by the rules of a batch. */
export class RowReader {
  readonly #table: WrittenTable;
  readonly #coerce: ReadonlyMap<string, Coerce>;
  readonly #lookUp: ReadonlyMap<string, Coerce>;

  constructor(table: WrittenTable) {
    this.#table = table;
    this.#coerce = new Map(table.fields.map((field) => [field.name, cellCoercion(table, field)]));
    this.#lookUp = new Map(
      table.key.map((field) => [field.name, lookup(field, indexedBytes(indexedOf(table), field))]),
    );
  }

  /** The columns that some rows speak of, in the table's order; those of the key always. */
  columnsOf(rows: readonly GivenRow[]): readonly BuiltField[] {
    const given = new Set(rows.flatMap((row) => Object.keys(row)));
    return this.#table.fields.filter((field) => given.has(field.name) || this.#table.key.includes(field));
  }

  /** A row in the order of the columns, or why it is not taken: the first fault is told. */
  read(columns: readonly BuiltField[], row: GivenRow): WrittenRow | Rejected {
    const unknown = Object.keys(row).find((name) => !this.#coerce.has(name));
    if (unknown !== undefined)
      return rejected('unknown-column', unknown, `${this.#table.code} has no column ${unknown}.`);
    const values: (string | null | undefined)[] = [];
    for (const field of columns) {
      const given = givenValue(row, field.name);
      const isKey = this.#table.key.includes(field);
      if (given === undefined && !isKey) {
        values.push(undefined);
        continue;
      }
      if (this.#table.ownedColumns.has(field.name)) return filledBySalesforce(field.name);
      const value = this.#coerce.get(field.name)?.(given) ?? null;
      if (value instanceof Refusal) return rejectedBy(value, field, isKey);
      values.push(value);
    }
    return values;
  }

  /** The key of a row that may be there, in the order of the primary key, or why it is none. */
  readKey(key: GivenRow): string[] | Rejected {
    const others = Object.keys(key).find((name) => !this.#table.key.some((field) => field.name === name));
    const names = this.#table.key.map((field) => field.name).join(', ');
    if (others !== undefined)
      return rejected('not-a-key', others, `${others} is not of the primary key, which is ${names}.`);
    const values: string[] = [];
    for (const field of this.#table.key) {
      const value = this.#lookUp.get(field.name)?.(givenValue(key, field.name)) ?? null;
      if (value instanceof Refusal) return rejectedBy(value, field, true);
      if (value === null) return noKey(field.name);
      values.push(value);
    }
    return values;
  }
}

function rejectedBy(refusal: Refusal, field: BuiltField, isKey: boolean): Rejected {
  if (isKey && refusal.code === 'required') return noKey(field.name);
  return rejected(refusal.code, field.name, refusal.message);
}

function noKey(name: string): Rejected {
  return rejected('primary-key-null', name, say('rows.no-key', { column: name }));
}

export function filledBySalesforce(name: string): Rejected {
  return rejected('filled-by-salesforce', name, say('rows.filled-by-salesforce', { column: name }));
}
