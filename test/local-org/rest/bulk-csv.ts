import type { BulkJob } from './bulk-jobs.ts';
import { JsonNumber } from './json-numbers.ts';
import { recordJson } from './json-records.ts';

type Cells = Readonly<Record<string, string>>;

/** Rows as CSV, in the job's delimiter and line ending, with a line of column names. */
function csvOf(job: BulkJob, rows: readonly Cells[], columns: readonly string[]): string {
  const { mark } = job.delimiter;
  const end = job.lineEnding === 'CRLF' ? '\r\n' : '\n';
  const cell = (text: string): string => `"${text.replace(/"/g, '""')}"`;
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? '')).join(mark));
  return [columns.map(cell).join(mark), ...lines].map((line) => `${line}${end}`).join('');
}

export function successfulCsv(job: BulkJob): string {
  const rows = job.results.flatMap((result, place) =>
    result.errors.length > 0
      ? []
      : [{ sf__Id: result.id ?? '', sf__Created: String(result.created), ...job.rows[place] }],
  );
  return csvOf(job, rows, ['sf__Id', 'sf__Created', ...job.columns]);
}

export function failedCsv(job: BulkJob): string {
  const rows = job.results.flatMap((result, place) => {
    const [error] = result.errors;
    if (!error) return [];
    const text = `${error.statusCode}:${error.message}:${error.fields.join(',')} --`;
    return [{ sf__Id: result.id ?? '', sf__Error: text, ...job.rows[place] }];
  });
  return csvOf(job, rows, ['sf__Id', 'sf__Error', ...job.columns]);
}

export function unprocessedCsv(job: BulkJob): string {
  return csvOf(job, job.rows.slice(job.results.length), job.columns);
}

/** A page of what a query found. */
export function foundCsv(job: BulkJob, start: number, end: number): string {
  const rows = job.found
    .slice(start, end)
    .map((record) => selected(flat(recordJson(record, job.version)), job.columns));
  return csvOf(job, rows, job.columns);
}

/** The cells by the names of the columns, whatever the case of either. */
function selected(cells: Cells, columns: readonly string[]): Cells {
  const byName = new Map(Object.entries(cells).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(columns.map((column) => [column, byName.get(column.toLowerCase()) ?? '']));
}

/** `Account.Name` for fields of parents. */
function flat(json: Readonly<Record<string, unknown>>, before = ''): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === 'attributes') continue;
    if (value instanceof JsonNumber) cells[`${before}${name}`] = value.text;
    else if (typeof value === 'object' && value !== null)
      Object.assign(cells, flat(value as Record<string, unknown>, `${before}${name}.`));
    else if (typeof value === 'string') cells[`${before}${name}`] = value;
    else cells[`${before}${name}`] = value === null || value === undefined ? '' : JSON.stringify(value);
  }
  return cells;
}
