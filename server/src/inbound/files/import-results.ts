import type { Response } from 'express';
import type { Knex } from 'knex';
import { storableText } from '../../values/storable.ts';
import { streamCsv } from '../../http/csv.ts';
import { textOfCell } from '../../values/interpret-cells.ts';
import type { Import } from './imports.ts';
import type { ImportResult } from './portions.ts';

/** Rows read at a time. */
const PAGE = 2000;

/** Keeps what became of rows; what is known already, since a row was read once more, stays. */
export async function keepResults(
  transaction: Knex,
  importId: string,
  results: readonly ImportResult[],
): Promise<void> {
  if (results.length === 0) return;
  await transaction.raw(
    `INSERT INTO di.import_result (import_id, line, code, column_name, message, salesforce_id, is_created, cells)
     SELECT ?, r.line, r.code, r.column_name, r.message, r.salesforce_id, r.is_created, r.cells
     FROM jsonb_to_recordset(?::jsonb) AS r(line bigint, code text, column_name text, message text, salesforce_id text, is_created boolean, cells jsonb)
     ON CONFLICT DO NOTHING`,
    [
      importId,
      JSON.stringify(
        results.map(({ line, code, column, message, salesforceId, isCreated, cells }) => ({
          line,
          code,
          column_name: column,
          message,
          salesforce_id: salesforceId,
          is_created: isCreated,
          cells: cells.map(storableText),
        })),
      ),
    ],
  );
}

interface ResultRow {
  readonly line: number;
  readonly code: string | null;
  readonly column_name: string | null;
  readonly message: string | null;
  readonly salesforce_id: string | null;
  readonly is_created: boolean | null;
  readonly cells: readonly string[];
}

/**
 * Streams what became of rows as CSV: the line, why it was rejected, and the row as it came, so that it can be mended and
 * imported again. Of an object's records those that were saved are shown too, with their id.
 */
export function sendResults(
  response: Response,
  knex: Knex,
  shown: Import,
  only: 'rejected' | 'saved' | 'all',
): Promise<void> {
  const headings = shown.found?.headings ?? [];
  const file = {
    name: `import-${shown.id}`,
    columns: [...leadOf(shown), ...headings].map((header, index) => ({ key: String(index), header })),
  };
  return streamCsv(response, file, lines(knex, shown, headings, only));
}

async function* lines(
  knex: Knex,
  shown: Import,
  headings: readonly string[],
  only: 'rejected' | 'saved' | 'all',
): AsyncGenerator<readonly string[][]> {
  for await (const rows of pages(knex, shown.id, only))
    yield rows.map((row) => [
      ...leadValues(shown, row),
      ...headings.map((_heading, index) => textOfCell(row.cells[index] ?? '')),
    ]);
}

/** Headings of ours, which a file of results imported again does not take for its own. */
function leadOf({ target }: Import): string[] {
  const reasons = ['_line', '_column', '_code', '_reason'];
  return target.kind === 'object' ? ['_id', '_created', ...reasons] : reasons;
}

function leadValues({ target }: Import, row: ResultRow): string[] {
  const reasons = [String(row.line), row.column_name ?? '', row.code ?? '', row.message ?? ''];
  if (target.kind === 'table') return reasons;
  return [row.salesforce_id ?? '', row.is_created === null ? '' : String(row.is_created), ...reasons];
}

async function* pages(
  knex: Knex,
  importId: string,
  only: 'rejected' | 'saved' | 'all',
): AsyncGenerator<readonly ResultRow[]> {
  let after = -1;
  for (;;) {
    const rows = await knex('di.import_result')
      .where({ import_id: importId })
      .where('line', '>', after)
      .modify((query) => {
        if (only === 'rejected') void query.whereNotNull('code');
        if (only === 'saved') void query.whereNull('code');
      })
      .orderBy('line')
      .limit(PAGE)
      .select<ResultRow[]>('line', 'code', 'column_name', 'message', 'salesforce_id', 'is_created', 'cells');
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.line;
  }
}
