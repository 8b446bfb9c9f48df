import { once } from 'node:events';
import { stringify, type Options } from 'csv-stringify';
import type { Response } from 'express';
import { guarded } from '../values/formula-guard.ts';

export interface CsvFile {
  /** Of the file that a browser saves, without its ending. */
  readonly name: string;
  readonly columns: NonNullable<Options['columns']>;
  /** Whether a column holds text, which a spreadsheet may take for a formula: all do, where nothing is said. */
  readonly isText?: (column: number) => boolean;
}

/**
 * Streams CSV (RFC 4180) with a header. Texts that a spreadsheet would take for formulas are guarded. Pages are asked for as
 * fast as they are taken: one is in memory, and a slow reader costs the database nothing. Nothing more is asked for when the
 * reader has gone. What fails before the first page is there is thrown with nothing sent, and can still be answered.
 */
export async function streamCsv(
  response: Response,
  { name, columns, isText = () => true }: CsvFile,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<void> {
  const reading = pages[Symbol.asyncIterator]();
  const first = await reading.next();
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}.csv"`,
  });
  const csv = stringify({
    header: true,
    columns,
    record_delimiter: 'windows',
    // Readers end a row at any end of a line that stands in no quotes.
    quoted_match: /[\r\n]/,
    cast: { string: (value, { index, header }) => (header || isText(index) ? guarded(value) : value) },
  });
  csv.pipe(response);
  try {
    for (let page = first; page.done !== true; page = await reading.next()) {
      for (const row of page.value) if (!csv.write(row)) await drained(csv, response);
      if (response.destroyed) break;
    }
    await reading.return?.();
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
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([once(csv, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    // A long file waits often: each time would leave its listener behind.
    waiting.abort();
  }
}
