import { isDeepStrictEqual } from 'node:util';
import type { RecordWrite, Result } from '../../server/src/outbound/engine/record-write.ts';
import { performWrites } from '../../server/src/outbound/engine/perform-writes.ts';
import { Descriptions, type RecordingOrg, type Sent } from './recording-org.ts';

/** What became of a peer's case here. */
export interface Verdict {
  readonly name: string;
  /** Otherwise on purpose, with the reason; or nothing that this product does. */
  readonly kind: 'right' | 'on purpose' | 'wrong' | 'not ours';
  readonly why?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** A write as the peer sends it. */
export interface Expected {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly object: string;
  readonly id: string | null;
  /** Null where the case does not say. */
  readonly values: Values | null;
}

/** Carries writes out as a turn of the worker does. */
export function carryOut(org: RecordingOrg, writes: readonly RecordWrite[]): Promise<readonly Result[]> {
  const desk = {
    org,
    descriptions: new Descriptions(),
    obstacle: () => null,
    beforeSending: () => Promise.resolve(),
  };
  return performWrites(desk, writes);
}

/**
 * Compares what was sent with what the peer sends.
 *
 * @param matchers fields that the record is looked for by: a new one keeps them here, so that it is found the next time
 */
export function compared(
  name: string,
  sent: readonly Sent[],
  expected: readonly Expected[],
  matchers: readonly string[] = [],
): Verdict {
  const reasons: string[] = [];
  if (sent.length !== expected.length) return wrong(name, sent, expected);
  for (const [place, wanted] of expected.entries()) {
    const own = sent[place];
    if (
      !own ||
      own.operation !== wanted.operation ||
      own.object.toLowerCase() !== wanted.object.toLowerCase()
    )
      return wrong(name, sent, expected);
    if (own.operation !== 'insert' && own.id !== wanted.id) return wrong(name, sent, expected);
    if (wanted.values === null || isDeepStrictEqual(sorted(own.values), sorted(wanted.values))) continue;
    if (!isSameBut(matchers, own.values, wanted.values)) return wrong(name, sent, expected);
    reasons.push(KEPT[own.operation === 'insert' ? 'insert' : 'update']);
  }
  return reasons.length === 0
    ? { name, kind: 'right' }
    : { name, kind: 'on purpose', why: reasons.join('; ') };
}

function wrong(name: string, sent: readonly Sent[], expected: readonly Expected[]): Verdict {
  return {
    name,
    kind: 'wrong',
    why: `sent ${JSON.stringify(sent)}\n      instead of ${JSON.stringify(expected)}`,
  };
}

const KEPT = {
  insert: 'a new record keeps what it was looked for by, and is found the next time',
  update: 'what a record was found by is not written again',
};

/** Whether values are the same but for fields that a record is looked for by, which only one side may have. */
function isSameBut(matchers: readonly string[], own: Values, wanted: Values): boolean {
  const has = (values: Values, name: string): boolean =>
    Object.keys(values).some((field) => field.toLowerCase() === name.toLowerCase());
  const left = matchers
    .filter((name) => has(own, name) !== has(wanted, name))
    .map((name) => name.toLowerCase());
  const rest = (values: Values): unknown =>
    sorted(
      Object.fromEntries(Object.entries(values).filter(([field]) => !left.includes(field.toLowerCase()))),
    );
  return left.length > 0 && isDeepStrictEqual(rest(own), rest(wanted));
}

const sorted = (values: Values): unknown =>
  Object.entries(values)
    .map(([name, value]): [string, unknown] => [name.toLowerCase(), value])
    .sort(([one], [other]) => (one < other ? -1 : 1));
