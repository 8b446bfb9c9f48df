import { arrayLiteral } from '../database/array-literal.ts';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import { sqlType } from '../values/field-types.ts';
import type { SpelledRow, SpelledTable } from './spelled-table.ts';
import { keyFields } from '../people/record-keys.ts';
import type { SpelledField } from '../people/spelling.ts';

/** A row that stays as it is, since another one has the key or the unique value that it would have. */
export interface DuplicateRow {
  /** The unique field; null where it is the primary key. */
  readonly fieldId: string | null;
  readonly key: readonly string[];
  readonly normalKey: readonly string[];
}

/** What is written of some rows, and what stays. */
interface SortedRows {
  readonly written: readonly SpelledRow[];
  readonly duplicates: readonly DuplicateRow[];
}

const textOf = (values: readonly (string | null)[]): string => JSON.stringify(values);

/** Tells rows that can be written as they are stored from those whose place another one has. */
export class DuplicateFinder {
  readonly #session: Session;
  readonly #table: SpelledTable;
  readonly #columns: readonly SpelledField[];
  readonly #unique: readonly { readonly fieldId: string; readonly place: number }[];

  constructor(session: Session, table: SpelledTable, columns: readonly SpelledField[]) {
    this.#session = session;
    this.#table = table;
    this.#columns = columns;
    this.#unique = columns.flatMap((column, place) => {
      const field = table.fields.find((each) => each.name === column.name);
      return field?.unique === true && !table.primaryKey.includes(field.name)
        ? [{ fieldId: field.id, place }]
        : [];
    });
  }

  /** Of rows in the order in which they go before each other. Earlier ones were written before. */
  async sort(rows: readonly SpelledRow[]): Promise<SortedRows> {
    const byKey = await this.#byKey(rows);
    const duplicates = [...byKey.duplicates];
    let { written } = byKey;
    for (const { fieldId, place } of this.#unique) {
      const byValue = await this.#byValue(written, fieldId, place);
      written = byValue.written;
      duplicates.push(...byValue.duplicates);
    }
    return { written, duplicates };
  }

  async #byKey(rows: readonly SpelledRow[]): Promise<SortedRows> {
    const moving = new Set(rows.filter(({ key, newKey }) => textOf(key) !== textOf(newKey)));
    const taken = await this.#takenKeys([...moving]);
    const duplicates: DuplicateRow[] = [];
    const written = rows.map((row) => {
      if (!moving.has(row)) return row;
      const key = textOf(row.newKey);
      if (!taken.has(key)) {
        taken.add(key);
        return row;
      }
      duplicates.push({ fieldId: null, key: row.key, normalKey: row.newKey });
      return this.#withOwn(row, (column) => this.#table.primaryKey.includes(column.name));
    });
    return { written, duplicates };
  }

  async #takenKeys(rows: readonly SpelledRow[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    const fields = keyFields(this.#table);
    const columns = fields.map((field) => quoteIdentifier(field.name));
    const found = await this.#session.query<{ key: string[] }>(
      `SELECT ARRAY[${columns.map((column) => `r.${column}::text`).join(', ')}] AS key
       FROM unnest(${fields.map((field, place) => `$${place + 1}::${sqlType(field)}[]`).join(', ')}) AS i (${fields.map((_field, place) => `_k${place}`).join(', ')})
       JOIN ${quoteTable(this.#table.schemaName, this.#table.code)} r ON ${columns.map((column, place) => `r.${column} = i._k${place}`).join(' AND ')}`,
      fields.map((_field, place) => arrayLiteral(rows.map(({ newKey }) => newKey[place] ?? null))),
    );
    return new Set(found.map(({ key }) => textOf(key)));
  }

  async #byValue(rows: readonly SpelledRow[], fieldId: string, place: number): Promise<SortedRows> {
    const moving = new Set(rows.filter(({ values, newValues }) => values[place] !== newValues[place]));
    const holders = await this.#holders([...moving], place);
    const duplicates: DuplicateRow[] = [];
    const written = rows.map((row) => {
      const value = row.newValues[place] ?? null;
      if (!moving.has(row) || value === null) return row;
      const holder = holders.get(value);
      if (holder === undefined) {
        holders.set(value, row.newKey);
        return row;
      }
      duplicates.push({ fieldId, key: row.newKey, normalKey: holder });
      return this.#withOwn(row, (column) => column === this.#columns[place]);
    });
    return { written, duplicates };
  }

  /** The keys of rows that have some values of a unique column. */
  async #holders(rows: readonly SpelledRow[], place: number): Promise<Map<string, readonly string[]>> {
    if (rows.length === 0) return new Map();
    const column = quoteIdentifier(this.#columns[place]?.name ?? '');
    const key = keyFields(this.#table).map((field) => `r.${quoteIdentifier(field.name)}::text`);
    const found = await this.#session.query<{ value: string; key: string[] }>(
      `SELECT r.${column} AS value, ARRAY[${key.join(', ')}] AS key
       FROM ${quoteTable(this.#table.schemaName, this.#table.code)} r WHERE r.${column} = ANY($1::text[])`,
      [rows.flatMap(({ newValues }) => newValues[place] ?? [])],
    );
    return new Map(found.map(({ value, key: holder }) => [value, holder]));
  }

  /** The row with the values of some columns as they are. */
  #withOwn(row: SpelledRow, stays: (column: SpelledField) => boolean): SpelledRow {
    const newValues = this.#columns.map((column, place) =>
      stays(column) ? (row.values[place] ?? null) : (row.newValues[place] ?? null),
    );
    const isKept = this.#columns.some(
      (column) => stays(column) && this.#table.primaryKey.includes(column.name),
    );
    return { ...row, newValues, newKey: isKept ? row.key : row.newKey };
  }
}
