import type { Knex } from 'knex';
import { conflict, Problem } from '../../http/problem.ts';

/** Bytes that are read and written at a time. */
const CHUNK = 512 * 1024;
/** Bytes of a file: some ten million rows. */
export const MAXIMUM_FILE = 4_000_000_000;

/**
 * Keeps a file as it comes, a chunk at a time, from an offset on: every copy of the server can read it, and an upload that
 * broke off goes on where it stopped. Answers how many bytes are kept then. Throws a 409 problem where another upload is
 * further already.
 */
export async function appendBytes(
  knex: Knex,
  importId: string,
  offset: number,
  bytes: AsyncIterable<Buffer>,
): Promise<number> {
  let end = offset;
  let waiting: Buffer[] = [];
  let size = 0;
  const keep = async (): Promise<void> => {
    if (size === 0) return;
    await keepChunk(knex, importId, end, Buffer.concat(waiting, size));
    end += size;
    waiting = [];
    size = 0;
  };
  for await (const piece of bytes) {
    waiting.push(piece);
    size += piece.length;
    if (end + size > MAXIMUM_FILE)
      throw new Problem(
        413,
        'file-too-large',
        'The file is too large',
        `A file has up to ${MAXIMUM_FILE} bytes. Part it, and import the parts one after the other.`,
      );
    if (size >= CHUNK) await keep();
  }
  await keep();
  return end;
}

async function keepChunk(knex: Knex, importId: string, start: number, bytes: Buffer): Promise<void> {
  const kept = await knex.raw<{ rowCount: number }>(
    `WITH grown AS (
       UPDATE di.import SET bytes = bytes + ? WHERE id = ? AND bytes = ? AND status = 'uploading' RETURNING id
     )
     INSERT INTO di.import_chunk (import_id, start, bytes) SELECT id, ?, ? FROM grown`,
    [bytes.length, importId, start, start, bytes],
  );
  if (kept.rowCount !== 1) throw elsewhere();
}

export const elsewhere = (): Problem =>
  conflict(
    'wrong-offset',
    'The file goes on at another place: ask for the import’s bytes, and send what comes after them.',
  );

/** The bytes of a file from a place on; one chunk is in memory at a time, and no connection is held between two. */
export async function* readBytes(knex: Knex, importId: string, from: number): AsyncGenerator<Buffer> {
  let next = from;
  for (;;) {
    // In Base64 a byte takes less than a letter and a half, in the driver's own spelling two, and is read twice as fast.
    const found = await knex.raw<{ rows: { start: number; text: string }[] }>(
      `SELECT start, encode(bytes, 'base64') AS text FROM di.import_chunk
       WHERE import_id = ? AND start <= ? ORDER BY start DESC LIMIT 1`,
      [importId, next],
    );
    const [chunk] = found.rows;
    const bytes = Buffer.from(chunk?.text ?? '', 'base64');
    if (!chunk || chunk.start + bytes.length <= next) return;
    yield bytes.subarray(next - chunk.start);
    next = chunk.start + bytes.length;
  }
}

/** Forgets the bytes, whose import may stay for its results. */
export async function forgetBytes(knex: Knex, importId: string): Promise<void> {
  await knex('di.import_chunk').where({ import_id: importId }).delete();
}
