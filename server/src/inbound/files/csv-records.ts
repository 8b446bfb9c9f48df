import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import { Problem } from '../../http/problem.ts';

/** What parts the cells of a row. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** A row of a file. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** The line that it starts on, from 1. */
  readonly line: number;
  /** Bytes of the text up to its end, from where the reading began. */
  readonly end: number;
  /** The line that comes after it. */
  readonly nextLine: number;
}

/** A row that could not be read, between others that could. */
export interface UnreadableRecord {
  readonly line: number;
  readonly fault: string;
}

/** Why a file cannot be read on. */
export class FileFault extends Problem {
  override readonly name = 'FileFault';
  constructor(code: string, message: string) {
    super(422, code, 'The file cannot be read', message);
  }
}

/** Bytes of a row: what is longer is no row, but a quote that is never closed. */
const MAXIMUM_RECORD = 4_000_000;
/** Bytes that are read before others are answered. */
const BYTES_OF_A_TURN = 64 * 1024;

/**
 * Reads CSV (RFC 4180) in UTF-8, as many rows at a time as a piece of it holds. Values may have several lines. A row with
 * a quote in the wrong place is unreadable and stops none of its neighbours. Throws FileFault where a quote is never
 * closed: nobody can tell then where the next row starts.
 */
export async function* readRecords(
  text: AsyncIterable<Buffer>,
  delimiter: Delimiter,
  firstLine = 1,
): AsyncGenerator<(CsvRecord | UnreadableRecord)[]> {
  const reading = new Reading(delimiter, firstLine);
  try {
    for await (const piece of inTurns(text)) {
      const fault = await reading.write(piece);
      const records = reading.take();
      if (records.length > 0) yield records;
      if (fault) throw fault;
    }
    const fault = await reading.end();
    const records = reading.take();
    if (records.length > 0) yield records;
    if (fault) throw fault;
  } finally {
    reading.close();
  }
}

async function* inTurns(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of text)
    for (let at = 0; at < piece.length; at += BYTES_OF_A_TURN) {
      if (at > 0) await nextTurn();
      yield piece.subarray(at, at + BYTES_OF_A_TURN);
    }
}

interface Place {
  readonly lines: number;
  readonly empty_lines: number;
  readonly bytes: number;
}

class Reading {
  readonly #parser: Parser;
  readonly #firstLine: number;
  #records: (CsvRecord | UnreadableRecord)[] = [];
  /** The parser counts a CRLF inside of a value twice. */
  #countedTwice = 0;
  #nextLine: number;
  #emptyLines = 0;
  #failed: Error | null = null;
  #stepDone: () => void = () => undefined;

  constructor(delimiter: Delimiter, firstLine: number) {
    this.#firstLine = firstLine;
    this.#nextLine = firstLine;
    this.#parser = parse({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAXIMUM_RECORD,
      skip_records_with_error: true,
      on_record: (cells: string[], place) => {
        this.#record(cells, place);
        return null;
      },
      on_skip: (error) => {
        if (error) this.#skip(error);
      },
    });
    this.#parser.on('error', (error: Error) => {
      this.#failed ??= error;
      this.#stepDone();
    });
    // Rows are taken as they are read; nothing comes out at the other end.
    this.#parser.resume();
  }

  take(): (CsvRecord | UnreadableRecord)[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  write(piece: Buffer): Promise<FileFault | null> {
    return this.#step((done) => this.#parser.write(piece, done));
  }

  end(): Promise<FileFault | null> {
    return this.#step((done) => this.#parser.end(done));
  }

  close(): void {
    this.#parser.destroy();
  }

  async #step(start: (done: () => void) => void): Promise<FileFault | null> {
    await new Promise<void>((resolve) => {
      this.#stepDone = resolve;
      start(resolve);
    });
    if (this.#failed === null) return null;
    if (this.#failed instanceof CsvError) return this.#faultOf(this.#failed);
    throw this.#failed;
  }

  #record(cells: string[], place: Place): void {
    const breaks = cells.map((cell) => (/[\r\n]/.test(cell) ? (cell.match(/\r\n?|\n/g)?.length ?? 0) : 0));
    const inside = breaks.reduce((sum, count) => sum + count, 0);
    if (inside > 0) for (const cell of cells) this.#countedTwice += cell.match(/\r\n/g)?.length ?? 0;
    const last = this.#lineOf(place);
    this.#nextLine = last + 1;
    this.#emptyLines = place.empty_lines;
    this.#records.push({ cells, line: last - inside, end: place.bytes, nextLine: this.#nextLine });
  }

  #lineOf(place: Pick<Place, 'lines'>): number {
    return this.#firstLine + place.lines - 1 - this.#countedTwice;
  }

  #skip(error: CsvError): void {
    // These two leave the parser in the middle of nowhere.
    if (error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') throw error;
    const isInside = error.code === 'CSV_INVALID_CLOSING_QUOTE';
    const line = isInside ? this.#startOf(error) : this.#lineOf({ lines: Number(error.lines) });
    const known = this.#records.at(-1);
    if (known && 'fault' in known && known.line === line) return;
    this.#records.push({
      line,
      fault: isInside
        ? 'A quoted value goes on after its closing quote: a quote inside of a value is written twice.'
        : 'There is a quote in the middle of a value that does not start with one.',
    });
  }

  /** The line that the row at hand starts on: the one after the last row, and after empty lines. */
  #startOf(error: CsvError): number {
    return this.#nextLine + Number(error.empty_lines) - this.#emptyLines;
  }

  #faultOf(error: CsvError): FileFault {
    const line = this.#startOf(error);
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      return new FileFault(
        'unclosed-quote',
        `A quote that opens in the row of line ${line} is never closed: close it, or write it twice where it belongs to the value.`,
      );
    if (error.code === 'CSV_MAX_RECORD_SIZE')
      return new FileFault(
        'row-too-long',
        `The row of line ${line} is longer than ${MAXIMUM_RECORD} bytes: most likely a quote opens there that is never closed.`,
      );
    return new FileFault('unreadable-file', `The file cannot be read from line ${line} on: ${error.message}`);
  }
}
