import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvRecord, Delimiter, UnreadableRecord } from './csv-record.ts';
import { ParsedRecords } from './parsed-records.ts';
import { PlainRecords } from './plain-records.ts';

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
  const plain = new PlainRecords(delimiter, firstLine);
  const pieces = inTurns(text);
  try {
    let isEnd = false;
    while (plain.isPlain && !isEnd) {
      const next = await pieces.next();
      isEnd = next.done === true;
      const records = next.done === true ? plain.end() : plain.read(next.value);
      if (records.length > 0) yield records;
    }
    if (plain.isPlain) return;
    const parsed = new ParsedRecords(delimiter, plain.line, plain.position);
    yield* parsedRecords(rest(plain.rest, pieces), parsed);
  } finally {
    await pieces.return();
  }
}

/** What the quick reader does not take is read by one that tells what is wrong, to the end of the file. */
async function* parsedRecords(
  text: AsyncIterable<Buffer>,
  reading: ParsedRecords,
): AsyncGenerator<(CsvRecord | UnreadableRecord)[]> {
  try {
    for await (const piece of text) {
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

async function* rest(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}

async function* inTurns(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  for await (const piece of text)
    for (let at = 0; at < piece.length; at += BYTES_OF_A_TURN) {
      if (at > 0) await nextTurn();
      yield piece.subarray(at, at + BYTES_OF_A_TURN);
    }
}
