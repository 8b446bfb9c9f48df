import type pg from 'pg';
import { z } from 'zod';
import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { boundsFault } from '../../http/input-bounds.ts';
import { unprocessable } from '../../http/problem.ts';
import { coercion } from '../../values/check-value.ts';
import type { Field } from '../../values/field-types.ts';
import type { Project } from '../../projects/projects.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import { keyFields } from '../../people/record-keys.ts';
import { parseExactly } from '../../values/exact-numbers.ts';
import { conditionOf, filterSchema, SYSTEM_FIELDS } from './filter.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Which rows and columns of a table are wanted. */
export const rowSelectionSchema = z.strictObject({
  filter: z
    .string()
    .max(20_000)
    .transform((text, context) => {
      const given = parsedJson(text);
      const unbounded = boundsFault(filterSchema, given);
      const parsed = filterSchema.safeParse(given);
      if (parsed.success && !unbounded) return parsed.data;
      const message = unbounded?.message ?? 'must be a JSON object of column conditions';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .meta({
      description:
        'Conditions by column as JSON, all of which hold: {"city":"Paris","age":{"gte":30}}. Operators: eq, ne, lt, lte, gt, gte, in, startsWith, isNull.',
    }),
  columns: z
    .string()
    .max(20_000)
    .optional()
    .meta({ description: 'Names parted by commas; all where none is given' }),
  archived: z.enum(['include', 'exclude', 'only']).default('include'),
});
export type RowSelection = z.output<typeof rowSelectionSchema>;

function parsedJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** A reading of a table's rows, page after page in the order of the primary key. */
export class TableRows {
  readonly #pool: pg.Pool;
  readonly #table: string;
  readonly #key: readonly Field[];
  readonly columns: readonly Field[];
  readonly #condition: string;
  readonly #values: readonly unknown[];

  /** Throws a 422 problem for a column that is not there. */
  constructor(pool: pg.Pool, project: Project, table: BuiltTable, selection: RowSelection) {
    const fields = [...table.fields.filter((field) => field.isArchived !== true), ...SYSTEM_FIELDS];
    this.#pool = pool;
    this.#table = quoteTable(project.schemaName, table.code);
    this.#key = keyFields(table);
    this.columns = columnsOf(fields, selection.columns);
    const filter = conditionOf(selection.filter ?? {}, fields, 1);
    const archived = {
      include: 'true',
      exclude: '"_archived_at" IS NULL',
      only: '"_archived_at" IS NOT NULL',
    };
    this.#condition = `${filter.text} AND ${archived[selection.archived]}`;
    this.#values = filter.values;
  }

  /** @param after the key that the last page ended with */
  async page(limit: number, after: string | null): Promise<{ rows: Row[]; next: string | null }> {
    const names = this.#key.map((field) => field.name);
    const key = names.map(quoteIdentifier);
    const from = after === null ? [] : cursor(after, this.#key);
    const place = this.#values.length + 1;
    const beyond =
      from.length === 0
        ? ''
        : `AND (${key.join(', ')}) > (${from.map((_value, index) => `$${place + index}`).join(', ')})`;
    const selected = [...this.columns.map((field) => field.name), ...names];
    const shown = [...new Set(selected)].map(quoteIdentifier).join(', ');
    const found = await this.#pool.query<Record<string, unknown>>(
      `SELECT ${shown} FROM ${this.#table} WHERE ${this.#condition} ${beyond} ORDER BY ${key.join(', ')} LIMIT ${limit}`,
      [...this.#values, ...from],
    );
    const last = found.rows.at(-1);
    const next =
      last && found.rows.length === limit ? JSON.stringify(names.map((column) => last[column])) : null;
    return {
      rows: found.rows.map((row) => Object.fromEntries(this.columns.map(({ name }) => [name, row[name]]))),
      next,
    };
  }

  /** All rows that the selection holds. */
  async count(): Promise<number> {
    const found = await this.#pool.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${this.#table} WHERE ${this.#condition}`,
      [...this.#values],
    );
    return found.rows[0]?.count ?? 0;
  }
}

function columnsOf(fields: readonly Field[], wanted: string | undefined): readonly Field[] {
  if (wanted === undefined) return fields;
  return wanted.split(',').map((name) => {
    const field = fields.find((each) => each.name === name.trim());
    if (!field) throw unprocessable('unknown-column', `There is no column ${name.trim()}.`);
    return field;
  });
}

/** The key that a page ended with, as a listing of the table gives it. Throws a 422 problem for anything else. */
function cursor(text: string, key: readonly Field[]): string[] {
  const given = parsedJson(text);
  const values = Array.isArray(given) && given.length === key.length ? given : [];
  const read = key.map((field, place) => coercion(field)(values[place]));
  const whole = read.filter((value) => typeof value === 'string');
  if (whole.length < key.length)
    throw unprocessable('invalid-cursor', 'after is not a key that this listing has given.');
  return whole;
}
