import type { ApexReference, ApexValue } from './object.ts';
import type { TypeRef } from './type-ref.ts';
import { KnownInstances, valueKey } from './equality.ts';
import { platformException } from './exception.ts';

/** A List. */
export class ApexList implements ApexReference {
  readonly $type: TypeRef & { kind: 'list' };
  items: ApexValue[];
  constructor(elementType: TypeRef, items: ApexValue[] = []) {
    this.$type = { kind: 'list', element: elementType };
    this.items = items;
  }

  get elementType(): TypeRef {
    return this.$type.element;
  }

  get(index: number): ApexValue {
    this.checkIndex(index);
    return this.items[index] ?? null;
  }

  set(index: number, value: ApexValue): void {
    this.checkIndex(index);
    this.items[index] = value;
  }

  checkIndex(index: number): void {
    if (index < 0 || index >= this.items.length)
      throw platformException('System.ListException', `List index out of bounds: ${index}`);
  }

  [Symbol.iterator](): Iterator<ApexValue> {
    return this.items[Symbol.iterator]();
  }
}

/** A Set: equal values once, in the order they came. */
export class ApexSet implements ApexReference {
  readonly $type: TypeRef & { kind: 'set' };
  readonly #known = new KnownInstances();
  readonly #entries = new Map<unknown, ApexValue>();
  /** Counts what was added and removed: a set must not change while a loop goes over it. */
  changes = 0;
  constructor(elementType: TypeRef, items: Iterable<ApexValue> = []) {
    this.$type = { kind: 'set', element: elementType };
    for (const item of items) this.add(item);
  }

  get elementType(): TypeRef {
    return this.$type.element;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(value: ApexValue): boolean {
    const key = valueKey(value, this.#known);
    if (this.#entries.has(key)) return false;
    this.#entries.set(key, value);
    this.changes += 1;
    return true;
  }

  has(value: ApexValue): boolean {
    return this.#entries.has(valueKey(value, this.#known));
  }

  delete(value: ApexValue): boolean {
    const isGone = this.#entries.delete(valueKey(value, this.#known));
    if (isGone) this.changes += 1;
    return isGone;
  }

  clear(): void {
    this.changes += 1;
    this.#entries.clear();
  }

  [Symbol.iterator](): Iterator<ApexValue> {
    return this.#entries.values();
  }
}

/** A Map: keys by Apex equality (case counts in a String), in the order they came. */
export class ApexMap implements ApexReference {
  readonly $type: TypeRef & { kind: 'map' };
  readonly #known = new KnownInstances();
  readonly #entries = new Map<unknown, [ApexValue, ApexValue]>();
  constructor(keyType: TypeRef, valueType: TypeRef, entries: Iterable<readonly [ApexValue, ApexValue]> = []) {
    this.$type = { kind: 'map', key: keyType, value: valueType };
    for (const [key, value] of entries) this.put(key, value);
  }

  get keyType(): TypeRef {
    return this.$type.key;
  }

  get valueType(): TypeRef {
    return this.$type.value;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: ApexValue): ApexValue {
    return this.#entries.get(valueKey(key, this.#known))?.[1] ?? null;
  }

  /** The value that stood there before, or null. */
  put(key: ApexValue, value: ApexValue): ApexValue {
    const hashed = valueKey(key, this.#known);
    const entry = this.#entries.get(hashed);
    if (!entry) {
      this.#entries.set(hashed, [key, value]);
      return null;
    }
    const [, before] = entry;
    entry[1] = value;
    return before;
  }

  has(key: ApexValue): boolean {
    return this.#entries.has(valueKey(key, this.#known));
  }

  delete(key: ApexValue): ApexValue {
    const hashed = valueKey(key, this.#known);
    const before = this.#entries.get(hashed)?.[1] ?? null;
    this.#entries.delete(hashed);
    return before;
  }

  clear(): void {
    this.#entries.clear();
  }

  *keys(): IterableIterator<ApexValue> {
    for (const [key] of this.#entries.values()) yield key;
  }

  *values(): IterableIterator<ApexValue> {
    for (const [, value] of this.#entries.values()) yield value;
  }

  [Symbol.iterator](): Iterator<[ApexValue, ApexValue]> {
    return this.#entries.values();
  }
}
