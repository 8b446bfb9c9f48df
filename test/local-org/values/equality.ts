import type { ApexReference, ApexValue } from './object.ts';
import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from './dates.ts';
import { ApexEnum, isSourceObject } from './instance.ts';
import { ApexDecimal, ApexDouble, compareNumbers, isApexNumber } from './numbers.ts';

/**
 * What stands for a value as a key: equal values of Apex have equal keys. Strings keep their case; numbers of different
 * types are different keys; instances of classes are their own key unless they define equals and hashCode, and one that is equal is in `known`.
 */
export function valueKey(value: ApexValue, known: KnownInstances): unknown {
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      return value === null ? null : referenceKey(value, known);
    default:
      return value;
  }
}

function referenceKey(value: ApexReference, known: KnownInstances): unknown {
  if (value instanceof ApexDate) return `d:${value.days}`;
  if (value instanceof ApexDatetime) return `t:${value.time}`;
  if (value instanceof ApexTime) return `m:${value.milliseconds}`;
  if (value instanceof ApexDecimal) return `n:${value.big.stripTrailingZeros().toPlainString()}`;
  if (value instanceof ApexDouble) return `f:${value.value}`;
  if (value instanceof ApexBlob) return `b:${value.bytes.toString('base64')}`;
  if (value instanceof ApexEnum) return value;
  if (isSourceObject(value)) return known.keyOf(value);
  if ('contentKey' in value && typeof value.contentKey === 'function')
    return (value.contentKey as (known: KnownInstances) => unknown)(known);
  if (Symbol.iterator in value) return collectionKey(value as ApexReference & Iterable<unknown>, known);
  return value;
}

function collectionKey(value: ApexReference & Iterable<unknown>, known: KnownInstances): string {
  const parts = [...value].map((item) =>
    Array.isArray(item)
      ? item.map((each: ApexValue) => keyText(each, known)).join('=')
      : keyText(item as ApexValue, known),
  );
  const { kind } = value.$type;
  // Lists are equal in order; sets and maps whatever theirs.
  if (kind === 'set' || kind === 'map') parts.sort();
  return `c:${kind}:${parts.join('\u0001')}`;
}

const numbers = new WeakMap<object, number>();
let nextNumber = 1;

/** A text for any key: objects that are their own key get a number. */
export function keyText(value: ApexValue, known: KnownInstances): string {
  const key = valueKey(value, known);
  if (typeof key !== 'object' || key === null) return `${typeof key}:${String(key)}`;
  let number = numbers.get(key);
  if (number === undefined) numbers.set(key, (number = nextNumber++));
  return `#${number}`;
}

/**
 * The instances with equals and hashCode that one collection, or one comparison, has met. What a class calls equal need be
 * neither symmetric nor transitive, so what another collection has met says nothing here.
 */
export class KnownInstances {
  #byHash: Map<number, ApexReference[]> | null = null;

  /** The first equal instance that was met, or the instance itself. */
  keyOf(value: ApexReference): ApexReference {
    if (!isSourceObject(value)) return value;
    const equals = value.$methods['equals/1'];
    const hashCode = value.$methods['hashcode/0'];
    if (!equals || !hashCode) return value;
    const hash = Number(hashCode.call(value));
    this.#byHash ??= new Map<number, ApexReference[]>();
    const met = this.#byHash.get(hash) ?? [];
    const same = met.find((other) => other === value || equals.call(value, other) === true);
    if (same) return same;
    this.#byHash.set(hash, [...met, value]);
    return value;
  }
}

/** Equality of values as `==` and collections have it; strings are compared with their case. */
export function apexEquals(left: ApexValue, right: ApexValue): boolean {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right) === 0;
  if (isSourceObject(left)) {
    const equals = left.$methods['equals/1'];
    return equals ? equals.call(left, right) === true : false;
  }
  if (left instanceof ApexDate && right instanceof ApexDatetime) return left.days * 86_400_000 === right.time;
  if (left instanceof ApexDatetime && right instanceof ApexDate) return right.days * 86_400_000 === left.time;
  const lists = listsOf(left, right);
  if (lists) {
    const [ours, theirs] = lists;
    return (
      ours.length === theirs.length && ours.every((each, index) => apexEquals(each, theirs[index] ?? null))
    );
  }
  const known = new KnownInstances();
  return valueKey(left, known) === valueKey(right, known);
}

/** The elements of two lists, which are equal where those are, whether or not they have a hash. */
function listsOf(
  left: ApexValue,
  right: ApexValue,
): readonly [readonly ApexValue[], readonly ApexValue[]] | null {
  return isList(left) && isList(right) ? [left.items, right.items] : null;
}

const isList = (value: ApexValue): value is ApexReference & { readonly items: readonly ApexValue[] } =>
  typeof value === 'object' && value?.$type.kind === 'list' && 'items' in value;

/** Java's hash of a string, which Apex's hashCode shows. */
export function textHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

export function valueHash(value: ApexValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (isSourceObject(value)) {
    const hashCode = value.$methods['hashcode/0'];
    if (hashCode) return Number(hashCode.call(value));
  }
  return textHash(typeof value === 'string' ? value : keyText(value, new KnownInstances()));
}
