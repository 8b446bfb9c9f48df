import type { Knex } from 'knex';
import { EncodingFinder } from './encodings.ts';
import type { FileFormat } from './file-text.ts';
import { readBytes } from './import-file.ts';
import type { FoundFile } from './import-settings.ts';
import { inspection } from './inspection.ts';

/** Bytes that are looked at for more than their encoding: twice those of the longest row. */
const HEAD = 8_000_000;

/** Reads all of a new file once, and tells what it is. Throws a 422 problem for one that holds no table. */
export async function inspectFile(knex: Knex, accountId: string, importId: string): Promise<FoundFile> {
  const finder = new EncodingFinder();
  const head = new Head();
  for await (const bytes of readBytes(knex, importId, 0)) {
    finder.look(bytes);
    head.keep(bytes);
  }
  const { survey, lines } = finder;
  return inspection.run(accountId, { ...head.whole, lines, as: { survey } });
}

/** What a file is when it is read in a given way. */
export async function inspectAs(
  knex: Knex,
  accountId: string,
  importId: string,
  { lines, ...format }: Omit<FileFormat, 'preambleLength'> & { readonly lines: number },
): Promise<FoundFile> {
  const head = new Head();
  for await (const bytes of readBytes(knex, importId, 0)) {
    head.keep(bytes);
    if (head.whole.isCut) break;
  }
  return inspection.run(accountId, { ...head.whole, lines, as: { format } });
}

class Head {
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #isCut = false;

  keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, HEAD - this.#size);
    if (kept.length < bytes.length) this.#isCut = true;
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#size += kept.length;
  }

  get whole(): { readonly bytes: Buffer; readonly isCut: boolean } {
    return { bytes: Buffer.concat(this.#pieces, this.#size), isCut: this.#isCut };
  }
}
