import { piecesOf, type JsonPieces } from './json-pieces.ts';
import { readJson } from './read-json.ts';
import { answered, type Outcome } from './threads.ts';

/** What a thread beside the one that answers does with the bytes of a large body. */
export default function readLarge(bytes: Uint8Array): Promise<Outcome<JsonPieces>> {
  return answered(() => piecesOf(readJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))));
}
