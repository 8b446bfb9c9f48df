import type { Response } from 'express';
import { streamCsv } from '../http/csv.ts';
import type { Field, FieldType } from '../projects/field-types.ts';
import type { TableRows } from './table-rows.ts';

/** Rows read at a time: one page is in memory, whatever the table holds. */
const PAGE = 2000;

/** Types whose values are no text: a minus in front of them is one. */
const NO_TEXT: ReadonlySet<FieldType> = new Set([
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'time',
]);

/**
 * Streams rows as CSV, as an import reads them. A row that moves while the file is read may be missed or come twice.
 *
 * @param options.isForSpreadsheet whether texts that a spreadsheet would take for formulas are guarded
 */
export function sendCsv(
  response: Response,
  rows: TableRows,
  options: { name: string; isForSpreadsheet: boolean },
): Promise<void> {
  const types = rows.columns.map((column) => column.type);
  const file = {
    name: options.name,
    columns: rows.columns.map((column, index) => ({ key: String(index), header: column.name })),
    isText: (column: number): boolean => options.isForSpreadsheet && !NO_TEXT.has(types[column] ?? 'text'),
  };
  return streamCsv(response, file, pagesOf(rows));
}

async function* pagesOf(rows: TableRows): AsyncGenerator<readonly string[][]> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<TableRows['page']>> = await rows.page(PAGE, after);
    yield page.rows.map((row) => rows.columns.map((column) => cellOf(column, row[column.name])));
    after = page.next;
  } while (after !== null);
}

/** A value as a file has it. */
function cellOf({ type }: Field, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (type === 'json') return JSON.stringify(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
