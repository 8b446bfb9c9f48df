import type { ApexReference, ApexValue } from './object.ts';
import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from './dates.ts';
import { ApexEnum, isSourceObject } from './instance.ts';
import { ApexDecimal, ApexDouble, compareNumbers, isApexNumber } from './numbers.ts';

/**
 * What stands for a value as a key: equal values of Apex have equal keys. Strings keep their case; numbers of different
 * types are different keys; instances of classes are their own key unless they define equals and hashCode.
 */
export function valueKey(value: ApexValue): unknown {
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      return value === null ? null : referenceKey(value);
    default:
      return value;
  }
}

function referenceKey(value: ApexReference): unknown {
  if (value instanceof ApexDate) return `d:${value.days}`;
  if (value instanceof ApexDatetime) return `t:${value.time}`;
  if (value instanceof ApexTime) return `m:${value.milliseconds}`;
  if (value instanceof ApexDecimal) return `n:${value.big.stripTrailingZeros().toPlainString()}`;
  if (value instanceof ApexDouble) return `f:${value.value}`;
  if (value instanceof ApexBlob) return `b:${value.bytes.toString('base64')}`;
  if (value instanceof ApexEnum) return value;
  if (isSourceObject(value)) return sourceKey(value);
  if ('contentKey' in value && typeof value.contentKey === 'function')
    return (value.contentKey as () => unknown)();
  if (Symbol.iterator in value) return collectionKey(value as ApexReference & Iterable<unknown>);
  return value;
}

function collectionKey(value: ApexReference & Iterable<unknown>): string {
  const parts = [...value].map((item) =>
    Array.isArray(item) ? item.map((each: ApexValue) => keyText(each)).join('=') : keyText(item as ApexValue),
  );
  const { kind } = value.$type;
  // Lists are equal in order; sets and maps whatever theirs.
  if (kind === 'set' || kind === 'map') parts.sort();
  return `c:${kind}:${parts.join('\u0001')}`;
}

const numbers = new WeakMap<object, number>();
let nextNumber = 1;

/** A text for any key: objects that are their own key get a number. */
function keyText(value: ApexValue): string {
  const key = valueKey(value);
  if (typeof key !== 'object' || key === null) return `${typeof key}:${String(key)}`;
  let number = numbers.get(key);
  if (number === undefined) numbers.set(key, (number = nextNumber++));
  return `#${number}`;
}

const buckets = new WeakMap<object, Map<number, object[]>>();

/** Instances that define equals and hashCode share the first equal instance seen as their key. */
function sourceKey(value: ApexReference): unknown {
  if (!isSourceObject(value)) return value;
  const equals = value.$methods['equals/1'];
  const hashCode = value.$methods['hashcode/0'];
  if (!equals || !hashCode) return value;
  const hash = Number(hashCode.call(value));
  let byHash = buckets.get(value.$class);
  if (!byHash) buckets.set(value.$class, (byHash = new Map<number, object[]>()));
  const known = byHash.get(hash) ?? [];
  const same = known.find((other) => other === value || equals.call(value, other as ApexReference) === true);
  if (same) return same;
  byHash.set(hash, [...known, value]);
  return value;
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
  return valueKey(left) === valueKey(right);
}

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
  return textHash(typeof value === 'string' ? value : keyText(value));
}
