import type { Knex } from 'knex';
import type { Delimiter } from './csv-record.ts';
import type { Encoding } from './encoding-names.ts';
import { asUtf8, skipped } from './encodings.ts';
import { readBytes } from './import-file.ts';

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
