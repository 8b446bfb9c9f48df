import iconv from 'iconv-lite';
import { storableText } from '../../values/storable.ts';
import type { Encoding } from './encoding-names.ts';
import { guessEncodings } from './guess-encoding.ts';

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-32le', Buffer.from([0xff, 0xfe, 0, 0])],
  ['utf-32be', Buffer.from([0, 0, 0xfe, 0xff])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** Bytes at the start that are looked at for a mark, and for characters of several bytes. */
const START = 64 * 1024;
/** Bytes of lines beyond ASCII that are looked at for telling encodings apart: some hundreds of names. */
const SAMPLE = 16 * 1024;
/** Lines that are looked at of one piece: the sample is of the whole file, not of its first letters. */
const LINES_OF_PIECE = 100;

/** What a file's bytes are. */
export interface FoundEncoding {
  readonly encoding: Encoding;
  readonly markLength: number;
  /** What cells hold, read that way and in others that are as likely; null where nothing had to be guessed. */
  readonly guess: EncodingGuess | null;
}

export interface EncodingGuess {
  readonly values: string[];
  readonly others: { readonly encoding: Encoding; readonly values: string[] }[];
}

/** What tells the encoding of a file. */
export interface EncodingSurvey {
  readonly start: Buffer;
  /** Lines that hold more than ASCII, or the start where all of it is UTF-8. */
  readonly sample: Buffer;
  readonly isUtf8: boolean;
}

/** The encoding of a file. */
export function encodingOf({ start, sample, isUtf8 }: EncodingSurvey): FoundEncoding {
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => start.subarray(0, mark.length).equals(mark));
  if (marked) return { encoding: marked[0], markLength: marked[1].length, guess: null };
  const wide = wideOf(start);
  if (wide) return guessed(start, [wide]);
  if (isUtf8) return { encoding: 'utf-8', markLength: 0, guess: null };
  // One damaged character makes no other encoding of a file.
  if (isNearlyUtf8(sample)) return guessed(sample, ['utf-8']);
  return guessed(
    sample,
    guessEncodings(sample).map(({ encoding }) => encoding),
  );
}

/** Looks at all of a file's bytes as they pass. */
export class EncodingFinder {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #isUtf8 = true;
  #start = Buffer.alloc(0);
  /** Lines that hold more than ASCII, from the first byte on that is not UTF-8. */
  readonly #sample: Buffer[] = [];
  #sampled = 0;
  #lines = 0;
  #last = 0;

  look(bytes: Buffer): void {
    if (this.#start.length < START)
      this.#start = Buffer.concat([this.#start, bytes.subarray(0, START - this.#start.length)]);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#lines += 1;
    this.#last = bytes.at(-1) ?? this.#last;
    if (this.#isUtf8) this.#isUtf8 = this.#isText(bytes);
    if (!this.#isUtf8) this.#keep(bytes);
  }

  /** Line ends, about as many as the file has lines. */
  get lines(): number {
    return this.#lines + (this.#last === 10 || this.#last === 0 ? 0 : 1);
  }

  /** What was seen of the bytes, at their end. */
  get survey(): EncodingSurvey {
    return {
      start: this.#start,
      sample: this.#sampled > 0 ? Buffer.concat(this.#sample).subarray(0, SAMPLE) : this.#start,
      isUtf8: this.#isUtf8 && isWhole(this.#utf8),
    };
  }

  #isText(bytes: Buffer): boolean {
    try {
      this.#utf8.decode(bytes, { stream: true });
      return true;
    } catch {
      return false;
    }
  }

  /** Keeps lines with letters beyond ASCII. A line that a piece cuts in two is left out, unless there is no other. */
  #keep(bytes: Buffer): void {
    let kept = 0;
    for (let from = 0; from < bytes.length && kept < LINES_OF_PIECE && this.#sampled < SAMPLE;) {
      const end = bytes.indexOf(10, from);
      const line = bytes.subarray(from, end < 0 ? bytes.length : end + 1);
      from += line.length;
      if (!line.some((byte) => byte >= 0x80)) continue;
      // A copy: the piece as a whole is let go.
      this.#sample.push(Buffer.from(line.subarray(0, SAMPLE)));
      this.#sampled += line.length;
      kept += 1;
    }
  }
}

/** Encodings that are shown beside the one that is taken. */
const MOST_OTHERS = 4;
const MOST_VALUES = 5;

function guessed(sample: Buffer, encodings: readonly Encoding[]): FoundEncoding {
  const [encoding = 'windows-1252', ...rest] = encodings;
  const values = valuesIn(sample, encoding);
  const others: { encoding: Encoding; values: string[] }[] = [];
  const seen = new Set([JSON.stringify(values)]);
  for (const other of rest) {
    const read = { encoding: other, values: valuesIn(sample, other) };
    const text = JSON.stringify(read.values);
    if (seen.has(text) || text.includes('\uFFFD')) continue;
    seen.add(text);
    others.push(read);
    if (others.length === MOST_OTHERS) break;
  }
  return { encoding, markLength: 0, guess: { values, others } };
}

/** Cells that hold more than ASCII, each once, as they are in an encoding. */
function valuesIn(sample: Buffer, encoding: Encoding): string[] {
  const cells = iconv
    .decode(sample, encoding)
    .split(/[\r\n,;\t|"]+/)
    .map((cell) => storableText(cell.trim().slice(0, 40)));
  return [...new Set(cells.filter((cell) => /\P{ASCII}/u.test(cell)))].slice(0, MOST_VALUES);
}

/** Whether hardly any of the letters beyond ASCII are none of UTF-8. */
function isNearlyUtf8(sample: Buffer): boolean {
  const text = sample.toString('utf8');
  const damaged = text.split('\uFFFD').length - 1;
  const beyond = text.match(/\P{ASCII}/gu)?.length ?? 0;
  return beyond - damaged > damaged * 10;
}

/** The end of the file may cut a character in two. */
function isWhole(decoder: TextDecoder): boolean {
  try {
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 without a mark: every other byte of western text is zero. */
function wideOf(bytes: Buffer): Encoding | null {
  let even = 0;
  let odd = 0;
  const size = Math.min(bytes.length, 4096) & ~1;
  for (let at = 0; at < size; at++)
    if (bytes[at] === 0) {
      if (at % 2 === 0) even += 1;
      else odd += 1;
    }
  const most = size / 4;
  if (odd > most && even < odd / 10) return 'utf-16le';
  return even > most && odd < even / 10 ? 'utf-16be' : null;
}

/** Bytes of a text in UTF-8, without their mark. */
export async function* asUtf8(
  bytes: AsyncIterable<Buffer>,
  encoding: Exclude<Encoding, 'utf-8'>,
): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  for await (const piece of bytes) yield Buffer.from(decoder.write(piece));
  const rest = decoder.end();
  if (rest !== undefined) yield Buffer.from(rest);
}

/** The same bytes without the first ones. */
export async function* skipped(bytes: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of bytes) {
    if (left < piece.length) yield left === 0 ? piece : piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
