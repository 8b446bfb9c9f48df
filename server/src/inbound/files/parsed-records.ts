import { CsvError, parse, type Parser } from 'csv-parse';
import {
  FileFault,
  MAXIMUM_RECORD,
  type CsvRecord,
  type Delimiter,
  type UnreadableRecord,
} from './csv-record.ts';

interface Place {
  readonly lines: number;
  readonly empty_lines: number;
  readonly bytes: number;
}

/**
 * Reads CSV as csv-parse does, whatever is wrong with it.
 *
 * @param start bytes that were read before
 */
export class ParsedRecords {
  readonly #parser: Parser;
  readonly #firstLine: number;
  readonly #start: number;
  #records: (CsvRecord | UnreadableRecord)[] = [];
  /** The parser counts a CRLF inside of a value twice. */
  #countedTwice = 0;
  #nextLine: number;
  #emptyLines = 0;
  /** Of the row that was told of last: what else is wrong with it says nothing more. */
  #faultyLine = 0;
  #failed: Error | null = null;
  #stepDone: () => void = () => undefined;

  constructor(delimiter: Delimiter, firstLine: number, start = 0) {
    this.#firstLine = firstLine;
    this.#start = start;
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

  /** What was read since it was asked last. */
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
    this.#records.push({
      cells,
      line: last - inside,
      end: this.#start + place.bytes,
      nextLine: this.#nextLine,
    });
  }

  #lineOf(place: Pick<Place, 'lines'>): number {
    return this.#firstLine + place.lines - 1 - this.#countedTwice;
  }

  #skip(error: CsvError): void {
    // These two leave the parser in the middle of nowhere.
    if (error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') throw error;
    const isInside = error.code === 'CSV_INVALID_CLOSING_QUOTE';
    const line = isInside ? this.#startOf(error) : this.#lineOf({ lines: Number(error.lines) });
    if (this.#faultyLine === line) return;
    this.#faultyLine = line;
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
