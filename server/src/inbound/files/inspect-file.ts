import type { Knex } from 'knex';
import { storableText } from '../../values/storable.ts';
import { unprocessable } from '../../http/problem.ts';
import { textOfCell } from '../../values/cells.ts';
import { DELIMITERS, FileFault, readRecords, type CsvRecord, type Delimiter } from './csv-records.ts';
import { findDateOrder } from '../../values/dates.ts';
import type { Encoding } from './encoding-names.ts';
import { asUtf8, EncodingFinder, skipped } from './encodings.ts';
import { readBytes } from './import-file.ts';
import type { FoundFile } from './import-settings.ts';

/** Rows that are looked at, and those of them that are shown. */
const LOOKED_AT = 1000;
const SHOWN = 20;
/** Characters of a cell that are shown. */
const SHOWN_CELL = 500;
/** Columns of a file: three times as many as a table of PostgreSQL has. */
const MAXIMUM_COLUMNS = 5000;
/** Characters of a heading: questions of a survey are the longest. */
const MAXIMUM_HEADING = 2000;
/** Headings that are told of by name. */
const MOST_WARNINGS = 50;
/** Bytes of text in which the delimiter is looked for. */
const SAMPLE = 128 * 1024;

/** What the file is read as. */
export interface FileFormat {
  readonly encoding: Encoding;
  readonly markLength: number;
  readonly delimiter: Delimiter;
  /** Bytes of the text before the headings; none where nothing is said. */
  readonly preambleLength?: number | undefined;
}

/**
 * The text of a file in UTF-8, without its mark, from a place of that text on. A file in UTF-8 is read from there; of
 * others, what comes before is decoded again.
 */
export function decodedText(
  knex: Knex,
  importId: string,
  { encoding, markLength, preambleLength = 0 }: FileFormat,
  from: number,
): AsyncGenerator<Buffer> {
  const start = preambleLength + from;
  if (encoding === 'utf-8') return readBytes(knex, importId, markLength + start);
  return skipped(asUtf8(readBytes(knex, importId, 0), encoding), start);
}

/** Reads all of a new file once, and tells what it is. Throws a 422 problem for one that holds no table. */
export async function inspectFile(knex: Knex, importId: string): Promise<FoundFile> {
  const finder = new EncodingFinder();
  for await (const bytes of readBytes(knex, importId, 0)) finder.look(bytes);
  const { encoding, markLength, guess } = finder.found();
  const sample = await sampleOf(knex, importId, { encoding, markLength, delimiter: ',' });
  const preamble = preambleOf(sample);
  const delimiter = preamble.delimiter ?? (await findDelimiter(sample.subarray(preamble.length)));
  const found = await inspectAs(knex, importId, { encoding, markLength, delimiter }, finder.lines);
  return { ...found, guess };
}

/** A first line that tells spreadsheets the delimiter, `sep=;`, which is no heading. */
function preambleOf(sample: Buffer): { readonly length: number; readonly delimiter: Delimiter | null } {
  const [line, sign] = /^"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(sample.subarray(0, 40).toString('utf8')) ?? [];
  if (line === undefined) return { length: 0, delimiter: null };
  return { length: Buffer.byteLength(line), delimiter: DELIMITERS.find((each) => each === sign) ?? null };
}

/** What a file is when it is read in a given way. */
export async function inspectAs(
  knex: Knex,
  importId: string,
  given: FileFormat,
  lines: number,
): Promise<FoundFile> {
  const { length } = preambleOf(await sampleOf(knex, importId, { ...given, preambleLength: 0 }));
  const format = { ...given, preambleLength: length };
  const { records, fault, isUnreadable } = await firstRecords(
    decodedText(knex, importId, format, 0),
    format.delimiter,
  );
  const [header, ...rows] = records;
  if (isUnreadable)
    throw unprocessable(
      'unreadable-headings',
      'The first line, which names the columns, cannot be read: look for a quote in the wrong place.',
    );
  if (!header || header.cells.every((cell) => cell.trim() === ''))
    throw unprocessable(
      'empty-file',
      fault?.message ?? 'The file holds no headings: its first line names the columns.',
    );
  refuseHeadings(header.cells);
  const { headings, warnings } = readHeadings(header.cells);
  if (fault) warnings.push(fault.message);
  if (rows.length === 0 && !fault) throw unprocessable('empty-file', 'The file holds headings and no rows.');
  const columns = headings.map((heading, index) => {
    const order = findDateOrder(rows.map((row) => row.cells[index] ?? ''));
    return [heading, order] as const;
  });
  return {
    ...format,
    lines,
    headings,
    sample: rows
      .slice(0, SHOWN)
      .map((row) => row.cells.map((cell) => storableText(cell.slice(0, SHOWN_CELL)))),
    dates: Object.fromEntries(
      columns.flatMap(([heading, order]) => (order === null ? [] : [[heading, order]])),
    ),
    warnings,
  };
}

async function firstRecords(
  text: AsyncIterable<Buffer>,
  delimiter: Delimiter,
): Promise<{ records: CsvRecord[]; fault: FileFault | null; isUnreadable: boolean }> {
  const records: CsvRecord[] = [];
  // Whether the very first row could not be read.
  let isUnreadable = false;
  try {
    for await (const read of readRecords(text, delimiter)) {
      for (const record of read)
        if ('cells' in record) records.push(record);
        else if (records.length === 0) isUnreadable = true;
      if (records.length > LOOKED_AT) break;
    }
    return { records, fault: null, isUnreadable };
  } catch (error) {
    if (error instanceof FileFault) return { records, fault: error, isUnreadable };
    throw error;
  }
}

/** Throws a 422 problem for more or longer headings than any table has: most likely the first line is none of headings. */
function refuseHeadings(cells: readonly string[]): void {
  if (cells.length > MAXIMUM_COLUMNS)
    throw unprocessable(
      'too-many-columns',
      `The first line has ${cells.length} cells; a file may have ${MAXIMUM_COLUMNS} columns. Look whether its first line names the columns, and whether the delimiter is right.`,
    );
  const long = cells.findIndex((cell) => cell.length > MAXIMUM_HEADING);
  if (long >= 0)
    throw unprocessable(
      'heading-too-long',
      `The heading of column ${long + 1} has ${cells[long]?.length ?? 0} characters; ${MAXIMUM_HEADING} are the most. Look whether the first line names the columns, and for a quote that is never closed.`,
    );
}

/** Headings without spaces around them; one without a name, or with one that another has, gets one of its own. */
export function readHeadings(cells: readonly string[]): { headings: string[]; warnings: string[] } {
  const headings = new Set<string>();
  const warnings: string[] = [];
  // The number that a heading which is there again is tried with next: all before it are taken.
  const next = new Map<string, number>();
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  for (const [index, cell] of cells
    .slice(0, last + 1)
    .map((cell) => storableText(textOfCell(cell)))
    .entries()) {
    const name = cell === '' ? `Column ${index + 1}` : cell;
    let heading = name;
    let number = next.get(name) ?? 2;
    for (; headings.has(heading); number++) heading = `${name} (${number})`;
    next.set(name, number);
    if (heading !== name && warnings.length < MOST_WARNINGS)
      warnings.push(`The heading ${name} is there twice: the second one is called ${heading}.`);
    headings.add(heading);
  }
  return { headings: [...headings], warnings };
}

async function sampleOf(knex: Knex, importId: string, format: FileFormat): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of decodedText(knex, importId, format, 0)) {
    pieces.push(piece);
    size += piece.length;
    if (size >= SAMPLE) break;
  }
  return Buffer.concat(pieces).subarray(0, SAMPLE);
}

/** The delimiter by which most rows have as many cells as the headings, and the more of them the better. */
async function findDelimiter(sample: Buffer): Promise<Delimiter> {
  const scores = await Promise.all(
    DELIMITERS.map(async (delimiter) => {
      const text = (async function* () {
        yield await Promise.resolve(sample);
      })();
      const { records } = await firstRecords(text, delimiter);
      // The last row may be cut.
      const whole = records.length > 1 ? records.slice(0, -1) : records;
      const width = whole[0]?.cells.length ?? 0;
      const fitting = whole.filter((record) => record.cells.length === width).length;
      return { delimiter, score: width < 2 ? 0 : (fitting / whole.length) * Math.log2(width + 1) };
    }),
  );
  const best = scores.reduce((one, other) => (other.score > one.score ? other : one));
  return best.score > 0 ? best.delimiter : ',';
}
