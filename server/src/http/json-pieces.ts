import { setImmediate as nextTurn } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';

/** Values of a piece: it is put together by the thread that answers, which answers others before the next one. */
export const PIECE_VALUES = 20_000;

/** A value in pieces, none of which has many more values than a piece, but for single records that have. */
export interface JsonPieces {
  /** The value, its long lists empty. */
  readonly frame: Uint8Array;
  /** What stands in those lists, in order: the member of the frame, or null where the value is the list itself. */
  readonly parts: readonly { readonly member: string | null; readonly elements: Uint8Array }[];
}

type Members = Record<string, unknown>;

/** Takes JSON apart: what is in a list of its own, or in one of its members, in pieces. */
export function piecesOf(value: unknown): JsonPieces {
  if (Array.isArray(value)) return { frame: serialize([]), parts: partsOf(null, value) };
  if (typeof value !== 'object' || value === null) return { frame: serialize(value), parts: [] };
  const frame: Members = {};
  const parts: JsonPieces['parts'][number][] = [];
  for (const [member, held] of Object.entries(value)) {
    define(frame, member, Array.isArray(held) ? [] : held);
    if (Array.isArray(held)) parts.push(...partsOf(member, held));
  }
  return { frame: serialize(frame), parts };
}

function partsOf(member: string | null, elements: readonly unknown[]): JsonPieces['parts'][number][] {
  const parts: JsonPieces['parts'][number][] = [];
  let start = 0;
  let values = 0;
  for (let place = 0; place < elements.length; place++) {
    values += countOf(elements[place]);
    if (values < PIECE_VALUES && place < elements.length - 1) continue;
    parts.push({ member, elements: serialize(elements.slice(start, place + 1)) });
    start = place + 1;
    values = 0;
  }
  return parts;
}

/** How many values a value is; JSON of a body is no deeper than its bounds allow. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const each of Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value))
    count += countOf(each);
  return count;
}

/** Puts JSON together again, a piece a turn. */
export async function puttingTogether({ frame, parts }: JsonPieces): Promise<unknown> {
  const value: unknown = deserialize(frame);
  for (const { member, elements } of parts) {
    await nextTurn();
    const list: unknown = member === null ? value : Reflect.get(Object(value), member);
    const read: unknown = deserialize(elements);
    if (!Array.isArray(list) || !Array.isArray(read)) throw new Error('A piece of JSON has no list.');
    for (const element of read as readonly unknown[]) list.push(element);
  }
  return value;
}

/** As JSON.parse does it: `__proto__` is a member like any other. */
function define(frame: Members, member: string, value: unknown): void {
  Object.defineProperty(frame, member, { value, configurable: true, enumerable: true, writable: true });
}
