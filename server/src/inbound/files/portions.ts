import type { CsvRecord, UnreadableRecord } from './csv-record.ts';

/** A row of a file that was rejected on its way, with what it held. */
export interface ImportResult {
  readonly line: number;
  /** Null where the record was saved. */
  readonly code: string | null;
  readonly column: string | null;
  readonly message: string | null;
  readonly salesforceId: string | null;
  readonly isCreated: boolean | null;
  readonly cells: readonly string[];
}

/** Rows that are dealt with in one transaction, or by one job of an org. */
export interface FilePortion {
  readonly records: readonly CsvRecord[];
  /** Rows between them that are rejected whatever they are for. */
  readonly faults: readonly ImportResult[];
  /** Where the next portion begins: bytes from where the reading began, and the line. */
  readonly end: number;
  readonly nextLine: number;
}

/** What a portion is made of. */
export interface PortionLimits {
  readonly records: number;
  /** Characters of all cells, and one for each: empty ones cost time too. */
  readonly size: number;
}

/**
 * Parts a file's rows into portions. A portion ends with a row that could be read, or with the file: what comes after such
 * a row is read once more when the work is taken up again.
 */
export async function* portionsOf(
  reading: AsyncIterable<readonly (CsvRecord | UnreadableRecord)[]>,
  headings: readonly string[],
  limits: PortionLimits,
): AsyncGenerator<FilePortion> {
  const making = new PortionInMaking(headings, limits);
  try {
    for await (const read of reading)
      for (const record of read) {
        making.add(record);
        if (making.isFull) yield making.take();
      }
  } catch (error) {
    // What comes before the place where a file breaks off is as good as any.
    if (making.hasPlace) yield making.take();
    throw error;
  }
  if (!making.isEmpty) yield making.take();
}

class PortionInMaking {
  readonly #headings: readonly string[];
  readonly #limits: PortionLimits;
  #records: CsvRecord[] = [];
  #faults: ImportResult[] = [];
  #place = { end: 0, nextLine: 1 };
  #size = 0;
  #count = 0;
  #endsWithRow = false;

  constructor(headings: readonly string[], limits: PortionLimits) {
    this.#headings = headings;
    this.#limits = limits;
  }

  add(record: CsvRecord | UnreadableRecord): void {
    this.#count += 1;
    this.#endsWithRow = 'cells' in record;
    if ('fault' in record) {
      this.#faults.push(resultOf(record.line, 'misplaced-quote', record.fault, []));
      return;
    }
    const fault = faultOf(record, this.#headings);
    if (fault) this.#faults.push(fault);
    else if (!isBlank(record)) this.#records.push(record);
    this.#place = { end: record.end, nextLine: record.nextLine };
    for (const cell of record.cells) this.#size += cell.length + 1;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** It holds a row behind which the file can be read on. */
  get hasPlace(): boolean {
    return this.#count > 0 && this.#place.end > 0;
  }

  get isFull(): boolean {
    return this.#endsWithRow && (this.#count >= this.#limits.records || this.#size >= this.#limits.size);
  }

  take(): FilePortion {
    const portion = { records: this.#records, faults: this.#faults, ...this.#place };
    this.#records = [];
    this.#faults = [];
    this.#size = 0;
    this.#count = 0;
    return portion;
  }
}

export function resultOf(
  line: number,
  code: string,
  message: string,
  cells: readonly string[],
  column: string | null = null,
): ImportResult {
  return { line, code, column, message, salesforceId: null, isCreated: null, cells };
}

/** Spreadsheets leave rows of nothing but delimiters at the end. */
function isBlank(record: CsvRecord): boolean {
  return record.cells.every((cell) => cell.trim() === '');
}

function faultOf({ cells, line }: CsvRecord, headings: readonly string[]): ImportResult | null {
  const width = cells.findLastIndex((cell) => cell !== '') + 1;
  if (width > headings.length)
    return resultOf(
      line,
      'too-many-cells',
      `The row has ${width} cells, and there are ${headings.length} headings: a value that holds the delimiter stands in quotes.`,
      cells,
    );
  if (cells.length < headings.length && width > 0)
    return resultOf(
      line,
      'too-few-cells',
      `The row has ${cells.length} cells, and there are ${headings.length} headings.`,
      cells,
    );
  if (headings.length > 1 && headings.every((heading, index) => cells[index]?.trim() === heading))
    return resultOf(line, 'headings-again', 'The row holds the headings once more.', cells);
  return null;
}
