import { once } from 'node:events';
import type { Response } from 'express';
import { stringify } from 'csv-stringify';
import type { TableRows } from './table-rows.ts';

/** Rows read at a time: one page is in memory, whatever the table holds. */
const PAGE = 2000;

/**
 * Streams rows as CSV (RFC 4180), with a header. Pages are read as fast as they are taken; between them no connection is
 * held, so that a slow reader costs the database nothing. A row that moves while the file is read may be missed or come
 * twice.
 */
export async function sendCsv(
  response: Response,
  rows: TableRows,
  options: { name: string; isForSpreadsheet: boolean },
): Promise<void> {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${options.name}.csv"`,
  });
  const csv = stringify({
    header: true,
    columns: rows.columns.map((column) => column.name),
    // A spreadsheet takes a cell that starts with = for a formula; it is shown as text then.
    escape_formulas: options.isForSpreadsheet,
    record_delimiter: 'windows',
    cast: {
      boolean: String,
      date: (value) => value.toISOString(),
      object: (value) => (Array.isArray(value) ? value.join(';') : JSON.stringify(value)),
    },
  });
  csv.pipe(response);
  try {
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<TableRows['page']>> = await rows.page(PAGE, after);
      for (const row of page.rows) if (!csv.write(row)) await drained(csv, response);
      after = page.next;
    } while (after !== null && !response.destroyed);
    csv.end();
  } catch (error) {
    // The header is out: a cut connection is the only way left to say that the file is not whole.
    csv.destroy();
    response.destroy();
    throw error;
  }
}

async function drained(csv: NodeJS.WritableStream, response: Response): Promise<void> {
  if (response.destroyed) return;
  await Promise.race([once(csv, 'drain'), once(response, 'close')]);
}
