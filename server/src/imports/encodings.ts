import chardet from 'chardet';
import iconv from 'iconv-lite';

/** Encodings that a file may have. All but UTF-8 are turned into it on the way. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'iso-8859-15',
  'macintosh',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** Bytes that are looked at for telling encodings that are not UTF-8 apart. */
const SAMPLE = 64 * 1024;

/** Looks at all of a file's bytes as they pass, and tells their encoding at the end. */
export class EncodingFinder {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #isUtf8 = true;
  #start = Buffer.alloc(0);
  /** The part around the first byte that is not UTF-8: what comes before it may be plain ASCII. */
  #sample: Buffer | null = null;
  #lines = 0;
  #last = 0;

  look(bytes: Buffer): void {
    if (this.#start.length < SAMPLE)
      this.#start = Buffer.concat([this.#start, bytes.subarray(0, SAMPLE - this.#start.length)]);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#lines += 1;
    this.#last = bytes.at(-1) ?? this.#last;
    if (!this.#isUtf8) return;
    try {
      this.#utf8.decode(bytes, { stream: true });
    } catch {
      this.#isUtf8 = false;
      this.#sample = sampleOf(bytes);
    }
  }

  /** Line ends, about as many as the file has lines. */
  get lines(): number {
    return this.#lines + (this.#last === 10 || this.#last === 0 ? 0 : 1);
  }

  found(): { encoding: Encoding; markLength: number } {
    const marked = BYTE_ORDER_MARKS.find(([, mark]) => this.#start.subarray(0, mark.length).equals(mark));
    if (marked) return { encoding: marked[0], markLength: marked[1].length };
    return { encoding: this.#unmarked(), markLength: 0 };
  }

  #unmarked(): Encoding {
    const wide = wideOf(this.#start);
    if (wide) return wide;
    if (this.#isUtf8 && isWhole(this.#utf8)) return 'utf-8';
    const name = chardet.detect(this.#sample ?? this.#start)?.toLowerCase();
    const known = ENCODINGS.find((each) => each === name);
    // A western file that is not UTF-8 is one of Windows; ISO 8859-1 is the same but for characters that no text has.
    return known === undefined || known === 'utf-8' ? 'windows-1252' : known;
  }
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

function sampleOf(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte >= 0x80);
  const from = Math.max(0, first - 1024);
  return bytes.subarray(from, from + SAMPLE);
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
