import { storableText } from '../../values/storable.ts';
import { unprocessable } from '../../http/problem.ts';
import { textOfCell } from '../../values/interpret-cells.ts';
import { DELIMITERS, FileFault, type CsvRecord, type Delimiter } from './csv-record.ts';
import { readRecords } from './csv-records.ts';
import { findDateOrder } from '../../values/dates.ts';
import { asUtf8, encodingOf, skipped, type EncodingSurvey } from './encodings.ts';
import type { FileFormat } from './file-text.ts';
import type { FoundFile } from './import-settings.ts';

/** Rows that are looked at, cells of them, and rows that are shown. */
const LOOKED_AT = 1000;
const CELLS_LOOKED_AT = 500_000;
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
/** Bytes that are read at a time. */
const PIECE = 64 * 1024;

/** How a file begins, and what is known of the rest. */
export interface FileHead {
  readonly bytes: Buffer;
  /** There is more of the file, which is not looked at. */
  readonly isCut: boolean;
  readonly lines: number;
  /** How it is to be read, or what was seen of its bytes. */
  readonly as: { readonly survey: EncodingSurvey } | { readonly format: Omit<FileFormat, 'preambleLength'> };
}

/**
 * Tells what a file is by its beginning. Throws a 422 problem for one that holds no table. It takes as long as a hostile file
 * makes it, within bounds: `inspection.ts` has it done by another thread than the one that answers.
 */
export async function inspectHead(head: FileHead): Promise<FoundFile> {
  if ('format' in head.as) return inspectAs(head, head.as.format);
  const { encoding, markLength, guess } = encodingOf(head.as.survey);
  const sample = await sampleOf(head, { encoding, markLength, delimiter: ',' });
  const preamble = preambleOf(sample);
  const delimiter = preamble.delimiter ?? (await findDelimiter(sample.subarray(preamble.length)));
  return { ...(await inspectAs(head, { encoding, markLength, delimiter })), guess };
}

/** The text of what there is of a file, in UTF-8, without its mark and without a first line that is none. */
function textOf({ bytes }: FileHead, format: FileFormat): AsyncGenerator<Buffer> {
  const { encoding, markLength, preambleLength = 0 } = format;
  if (encoding === 'utf-8') return inPieces(bytes.subarray(markLength + preambleLength));
  return skipped(asUtf8(inPieces(bytes), encoding), preambleLength);
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE)
    yield await Promise.resolve(bytes.subarray(at, at + PIECE));
}

/** A first line that tells spreadsheets the delimiter, `sep=;`, which is no heading. */
function preambleOf(sample: Buffer): { readonly length: number; readonly delimiter: Delimiter | null } {
  const [line, sign] = /^"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(sample.subarray(0, 40).toString('utf8')) ?? [];
  if (line === undefined) return { length: 0, delimiter: null };
  return { length: Buffer.byteLength(line), delimiter: DELIMITERS.find((each) => each === sign) ?? null };
}

/** What a file is when it is read in a given way. */
async function inspectAs(head: FileHead, given: FileFormat): Promise<FoundFile> {
  const { length } = preambleOf(await sampleOf(head, given));
  const format = { ...given, preambleLength: length };
  const { records, fault, isUnreadable } = await firstRecords(
    textOf(head, format),
    format.delimiter,
    head.isCut,
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
    lines: head.lines,
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

interface FirstRecords {
  readonly records: CsvRecord[];
  readonly fault: FileFault | null;
  /** Whether the very first row could not be read. */
  readonly isUnreadable: boolean;
}

/** @param isCut the text ends anywhere: its last row is none, nor is a quote that is open there a fault */
async function firstRecords(
  text: AsyncIterable<Buffer>,
  delimiter: Delimiter,
  isCut: boolean,
): Promise<FirstRecords> {
  const records: CsvRecord[] = [];
  let cells = 0;
  let isUnreadable = false;
  try {
    for await (const read of readRecords(text, delimiter)) {
      for (const record of read)
        if ('cells' in record) {
          records.push(record);
          cells += record.cells.length;
        } else if (records.length === 0) isUnreadable = true;
      if (records.length > LOOKED_AT || cells > CELLS_LOOKED_AT)
        return { records, fault: null, isUnreadable };
    }
    return { records: isCut ? records.slice(0, -1) : records, fault: null, isUnreadable };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const isOfTheCut = isCut && error.code === 'unclosed-quote';
    return { records, fault: isOfTheCut ? null : error, isUnreadable };
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

async function sampleOf(head: FileHead, format: FileFormat): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of textOf(head, { ...format, preambleLength: 0 })) {
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
      const { records } = await firstRecords(inPieces(sample), delimiter, false);
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
