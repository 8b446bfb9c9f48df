import { once } from 'node:events';
import { stringify, type Options } from 'csv-stringify';
import type { Response } from 'express';

export interface CsvFile {
  /** Of the file that a browser saves, without its ending. */
  readonly name: string;
  readonly columns: NonNullable<Options['columns']>;
  /** A spreadsheet takes a cell that starts with = for a formula; with this it is shown as text. */
  readonly escapesFormulas: boolean;
  readonly cast?: NonNullable<Options['cast']>;
}

/**
 * Streams CSV (RFC 4180) with a header. Pages are asked for as fast as they are taken: one is in memory, and a slow reader
 * costs the database nothing. Nothing more is asked for when the reader has gone.
 */
export async function streamCsv(
  response: Response,
  { name, columns, escapesFormulas, cast }: CsvFile,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<void> {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}.csv"`,
  });
  const csv = stringify({
    header: true,
    columns,
    escape_formulas: escapesFormulas,
    record_delimiter: 'windows',
    ...(cast ? { cast } : {}),
  });
  csv.pipe(response);
  try {
    for await (const page of pages) {
      for (const row of page) if (!csv.write(row)) await drained(csv, response);
      if (response.destroyed) break;
    }
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
