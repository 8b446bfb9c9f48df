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
export const MAXIMUM_RECORD = 4_000_000;
