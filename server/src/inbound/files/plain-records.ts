import { isAscii } from 'node:buffer';
import { MAXIMUM_RECORD, type CsvRecord, type Delimiter } from './csv-record.ts';

const QUOTE = 34;
const LINE_FEED = 10;
const RETURN = 13;
/** A byte of a character that UTF-8 writes with several. */
const WIDE = /[\x80-\xff]/;

/**
 * Reads CSV that is written as RFC 4180 has it, lines ending with or without a carriage return, about ten times as fast as
 * a parser that goes from byte to byte. It stops before the first row that is written otherwise, for another reader.
 *
 * The text is taken for Latin-1, in which a byte is a character: places are bytes then, and no character is ever cut in two.
 */
export class PlainRecords {
  readonly #delimiter: Delimiter;
  readonly #delimiterCode: number;
  #text = '';
  /** Bytes before the text. */
  #before = 0;
  /** Where in the text the next row starts, and on which line. */
  #at = 0;
  #line: number;
  #isWide = false;
  /** No quote or lone carriage return is nearer than these. */
  #nextQuote = -1;
  #nextReturn = -1;
  #isPlain = true;
  /** Cells of the last row. */
  #width = 0;

  constructor(delimiter: Delimiter, firstLine: number) {
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
    this.#line = firstLine;
  }

  /** False from the first row on that this reader leaves to another one. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** The line that the next row starts on, where its bytes start, and they themselves as far as they have come. */
  get line(): number {
    return this.#line;
  }

  get position(): number {
    return this.#before + this.#at;
  }

  get rest(): Buffer {
    return Buffer.from(this.#text.slice(this.#at), 'latin1');
  }

  /** The rows that end in a piece. */
  read(piece: Buffer): CsvRecord[] {
    const waiting = this.#text.slice(this.#at);
    this.#isWide = (this.#isWide && waiting !== '') || !isAscii(piece);
    this.#open(waiting + piece.toString('latin1'));
    const records = this.#records();
    if (this.#text.length - this.#at > MAXIMUM_RECORD) this.#isPlain = false;
    return records;
  }

  /** The last row, where no line ends it. */
  end(): CsvRecord[] {
    const length = this.#text.length - this.#at;
    if (length === 0) return [];
    this.#open(`${this.#text.slice(this.#at)}\n`);
    const records = this.#records();
    if (this.#at < length) this.#isPlain = false;
    this.#text = this.#text.slice(0, length);
    const end = this.#before + length;
    return records.map((record) => ({ ...record, end: Math.min(record.end, end) }));
  }

  #open(text: string): void {
    this.#before += this.#at;
    this.#text = text;
    this.#at = 0;
    this.#nextQuote = -1;
    this.#nextReturn = -1;
  }

  #records(): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (;;) {
      const line = this.#line;
      const cells = this.#row();
      if (cells === null) return records;
      if (cells !== EMPTY) records.push({ cells, line, end: this.#before + this.#at, nextLine: this.#line });
    }
  }

  /** The cells of the next row; null where it has not come to its end, or is not plain. */
  #row(): readonly string[] | null {
    const end = this.#text.indexOf('\n', this.#at);
    if (this.#nextQuote < this.#at) this.#nextQuote = placeOf('"', this.#text, this.#at);
    if (this.#nextQuote < (end === -1 ? this.#text.length : end)) return this.#rowWithQuotes();
    if (end === -1) return null;
    if (this.#nextReturn < this.#at) this.#nextReturn = placeOf('\r', this.#text, this.#at);
    const stop = this.#nextReturn === end - 1 ? end - 1 : end;
    if (this.#nextReturn < stop) return this.#leave();
    const row = this.#text.slice(this.#at, stop);
    return this.#taken(row === '' ? EMPTY : row.split(this.#delimiter), stop, end, 1);
  }

  #rowWithQuotes(): readonly string[] | null {
    const text = this.#text;
    // As many as the last row had: a list that grows is copied, and has room for more than it gets.
    const cells = new Array<string>(this.#width);
    let count = 0;
    let lines = 1;
    for (let at = this.#at; ; at += 1) {
      const isQuoted = text.charCodeAt(at) === QUOTE;
      const cell = isQuoted ? quotedCell(text, at) : bareCell(text, at, this.#delimiterCode);
      if (cell === null) return null;
      cells[count++] = cell.value;
      if (isQuoted) lines += breaksIn(cell.value);
      at = cell.end;
      if (text.charCodeAt(at) === this.#delimiterCode) continue;
      const end = text.charCodeAt(at) === RETURN ? at + 1 : at;
      if (end >= text.length) return null;
      this.#width = cells.length = count;
      return text.charCodeAt(end) === LINE_FEED ? this.#taken(cells, at, end, lines) : this.#leave();
    }
  }

  /** Goes on behind a row whose cells end at a place and whose last line at another. */
  #taken(cells: readonly string[], stop: number, end: number, lines: number): readonly string[] {
    const isWide = this.#isWide && WIDE.test(this.#text.slice(this.#at, stop));
    this.#at = end + 1;
    this.#line += lines;
    return isWide ? cells.map(decoded) : cells;
  }

  #leave(): null {
    this.#isPlain = false;
    return null;
  }
}

/** What a line of nothing holds. */
const EMPTY: readonly string[] = [];

interface Cell {
  readonly value: string;
  /** The place behind it. */
  readonly end: number;
}

/** Null where its closing quote has not come. */
function quotedCell(text: string, at: number): Cell | null {
  let isDoubled = false;
  for (let from = at + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return null;
    if (text.charCodeAt(quote + 1) !== QUOTE) {
      const value = text.slice(at + 1, quote);
      return { value: isDoubled ? value.replaceAll('""', '"') : value, end: quote + 1 };
    }
    isDoubled = true;
    from = quote + 2;
  }
}

/** It ends before a delimiter or the end of a line, and before a quote, which has no place in it. */
function bareCell(text: string, at: number, delimiter: number): Cell {
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === delimiter || code === LINE_FEED || code === RETURN || code === QUOTE) break;
  }
  return { value: text.slice(at, end), end };
}

function placeOf(character: string, text: string, from: number): number {
  const place = text.indexOf(character, from);
  return place === -1 ? Infinity : place;
}

const breaksIn = (value: string): number =>
  /[\r\n]/.test(value) ? (value.match(/\r\n?|\n/g)?.length ?? 0) : 0;

const decoded = (cell: string): string =>
  WIDE.test(cell) ? Buffer.from(cell, 'latin1').toString('utf8') : cell;
