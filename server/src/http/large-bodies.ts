import { puttingTogether, type JsonPieces } from './json-pieces.ts';
import { Threads } from './threads.ts';

/** Bytes from which JSON is read by another thread: below, it is read in the time that its way there and back would take. */
export const LARGE_BODY = 1_000_000;

/** Those of this process. They end by themselves, and keep no process from ending. */
const threads = new Threads<Uint8Array, JsonPieces>(new URL('json-worker.ts', import.meta.url), {
  maxWaiting: 8,
  tooMany: 'Several large bodies of this account are being read. Send fewer at a time, or smaller ones.',
  tooSlow: ['body-too-slow', 'The body could not be read in time. Send it again, or smaller parts of it.'],
});

/**
 * Reads JSON of megabytes in a thread beside the one that answers: hostile numbers take a tenth of a second each megabyte.
 * Throws what `readJson` throws, a 429 problem where the account has many here, and a 503 problem where it takes too long.
 */
export async function readLargeJson(account: string, bytes: Buffer): Promise<unknown> {
  return puttingTogether(await threads.run(account, bytes));
}
