import type { Response } from 'express';
import { streamCsv } from '../http/csv.ts';
import type { TableRows } from './table-rows.ts';

/** Rows read at a time: one page is in memory, whatever the table holds. */
const PAGE = 2000;

/** Streams rows as CSV. A row that moves while the file is read may be missed or come twice. */
export function sendCsv(
  response: Response,
  rows: TableRows,
  options: { name: string; isForSpreadsheet: boolean },
): Promise<void> {
  const file = {
    name: options.name,
    columns: rows.columns.map((column) => column.name),
    escapesFormulas: options.isForSpreadsheet,
    cast: {
      boolean: String,
      date: (value: Date) => value.toISOString(),
      object: (value: object) => (Array.isArray(value) ? value.join(';') : JSON.stringify(value)),
    },
  };
  return streamCsv(response, file, pagesOf(rows));
}

async function* pagesOf(rows: TableRows): AsyncGenerator<readonly Record<string, unknown>[]> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<TableRows['page']>> = await rows.page(PAGE, after);
    yield page.rows;
    after = page.next;
  } while (after !== null);
}
