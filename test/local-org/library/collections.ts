import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { apexEquals, textHash, valueHash } from '../values/equality.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import {
  ApexEnum,
  isSourceObject,
  PlatformObject,
  shallowCopy,
  type DispatchingObject,
} from '../values/instance.ts';
import { compareNumbers, isApexNumber } from '../values/numbers.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { iterate, putRecord } from '../language/runtime/iteration.ts';
import { ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { current } from '../execution/transaction.ts';
import { findPlatformClass, platformClass } from './registry.ts';

/** An iterator over what a collection held when it was asked for. */
class CollectionIterator extends PlatformObject {
  readonly #items: readonly ApexValue[];
  #next = 0;
  constructor(element: TypeRef, items: Iterable<ApexValue>) {
    super('System.Iterator', [element]);
    this.#items = [...items];
  }
  hasNext(): boolean {
    return this.#next < this.#items.length;
  }
  next(): ApexValue {
    if (!this.hasNext()) throwPlatform('System.NoSuchElementException', 'Iterator has no more elements');
    return this.#items[this.#next++] ?? null;
  }
  *[Symbol.iterator](): Generator<ApexValue> {
    while (this.hasNext()) yield this.next();
  }
}

platformClass({
  name: 'System.Iterator',
  methods: {
    'hasNext/0': (iterator: CollectionIterator) => iterator.hasNext(),
    'next/0': (iterator: CollectionIterator) => iterator.next(),
  },
});
platformClass({
  name: 'System.Iterable',
  methods: { 'iterator/0': (list: ApexList) => new CollectionIterator(list.elementType, list) },
});

/** The order of List.sort(): null first, then by value; text with its case; Comparable decides for itself. */
export function naturalOrder(left: ApexValue, right: ApexValue): number {
  if (left === null || right === null)
    return Number(right === null) - Number(left === null) === 0 ? 0 : left === null ? -1 : 1;
  if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (isSourceObject(left)) {
    const compareTo = left.$methods['compareto/1'];
    if (!compareTo)
      throw platformException(
        'System.ListException',
        'One or more of the items in this list is not Comparable.',
      );
    return Number(compareTo.call(left, right));
  }
  if (left instanceof ApexEnum && right instanceof ApexEnum) return left.ordinal - right.ordinal;
  if (left instanceof ApexSObject && right instanceof ApexSObject) return compareRecords(left, right);
  return moment(left) - moment(right);
}

function moment(value: ApexValue): number {
  if (value instanceof ApexDate) return value.days;
  if (value instanceof ApexDatetime) return value.time;
  if (value instanceof ApexTime) return value.milliseconds;
  throw platformException('System.ListException', 'One or more of the items in this list is not Comparable.');
}

/** By type, then by name, then by the other fields in their order. */
function compareRecords(left: ApexSObject, right: ApexSObject): number {
  const text = (record: ApexSObject) =>
    `${record.schema.name}\u0000${apexToString(record.values.get('name') ?? null)}\u0000${record.toString()}`;
  return text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0;
}

/** `compare` of a Comparator, of the source or of the platform. */
function comparison(comparator: ApexValue): (left: ApexValue, right: ApexValue) => unknown {
  if (typeof comparator !== 'object' || comparator === null) return throwNull();
  const own = isSourceObject(comparator) ? comparator.$methods['compare/2'] : undefined;
  if (own) return (left, right) => own.call(comparator, left, right);
  const { $type } = comparator;
  const compare =
    $type.kind === 'platform' ? findPlatformClass($type.name)?.methods?.['compare/2'] : undefined;
  return compare ? (left, right) => compare(comparator, left, right) : throwNull();
}

/** Stable, by insertion into runs: a comparison that throws leaves nothing half sorted. */
function sortWith(list: ApexList, compare: (left: ApexValue, right: ApexValue) => number): void {
  list.items = [...list.items].sort(compare);
}

const clone = (value: ApexValue, keepId: boolean): ApexValue => {
  if (!(value instanceof ApexSObject)) return value;
  const copy = value.copy();
  if (!keepId) copy.values.delete('id');
  return copy;
};

/** The token of the object a collection is of; a collection of any SObject has none. */
function elementToken(type: TypeRef): ApexReference | null {
  return type.kind === 'sobject' && type.name !== null ? current().org.objectToken(type.name) : null;
}

platformClass({
  name: 'System.List',
  methods: {
    'add/1': (list: ApexList, value: ApexValue) => {
      list.items.push(value);
    },
    'add/2': (list: ApexList, index: number, value: ApexValue) => {
      if (index < 0 || index > list.items.length)
        throwPlatform('System.ListException', `List index out of bounds: ${index}`);
      list.items.splice(index, 0, value);
    },
    'addAll/1': (list: ApexList, from: Iterable<ApexValue> | null) => {
      for (const item of [...(from ?? throwNull())]) list.items.push(item);
    },
    'clear/0': (list: ApexList) => {
      list.items = [];
    },
    'clone/0': (list: ApexList) => new ApexList(list.elementType, [...list.items]),
    'contains/1': (list: ApexList, value: ApexValue) => list.items.some((each) => apexEquals(each, value)),
    'deepClone/0': (list: ApexList) =>
      new ApexList(
        list.elementType,
        list.items.map((each) => clone(each, false)),
      ),
    'deepClone/1': (list: ApexList, keepId: boolean) =>
      new ApexList(
        list.elementType,
        list.items.map((each) => clone(each, keepId)),
      ),
    'deepClone/2': (list: ApexList, keepId: boolean) =>
      new ApexList(
        list.elementType,
        list.items.map((each) => clone(each, keepId)),
      ),
    'deepClone/3': (list: ApexList, keepId: boolean) =>
      new ApexList(
        list.elementType,
        list.items.map((each) => clone(each, keepId)),
      ),
    'equals/1': (list: ApexList, other: ApexValue) => apexEquals(list, other),
    'get/1': (list: ApexList, index: number | null) => list.get(index ?? throwNull()),
    'getSObjectType/0': (list: ApexList) => elementToken(list.elementType),
    'hashCode/0': (list: ApexList) =>
      list.items.reduce<number>((hash, each) => (Math.imul(hash, 31) + valueHash(each)) | 0, 1),
    'indexOf/1': (list: ApexList, value: ApexValue) =>
      list.items.findIndex((each) => apexEquals(each, value)),
    'isEmpty/0': (list: ApexList) => list.items.length === 0,
    'iterator/0': (list: ApexList) => new CollectionIterator(list.elementType, list),
    'remove/1': (list: ApexList, index: number) => {
      list.checkIndex(index);
      return list.items.splice(index, 1)[0] ?? null;
    },
    'set/2': (list: ApexList, index: number, value: ApexValue) => {
      list.set(index, value);
    },
    'size/0': (list: ApexList) => list.items.length,
    'sort/0': (list: ApexList) => {
      sortWith(list, naturalOrder);
    },
    'sort/1': (list: ApexList, comparator: ApexValue) => {
      const compare = comparison(comparator);
      sortWith(list, (left, right) => Number(compare(left, right)));
    },
    'toString/0': (list: ApexList) => apexToString(list),
  },
});

const keepAll = (set: ApexSet, keep: (value: ApexValue) => boolean): boolean => {
  const before = set.size;
  for (const value of [...set]) if (!keep(value)) set.delete(value);
  return set.size !== before;
};
const asSet = (from: Iterable<ApexValue> | null, like: ApexSet): ApexSet =>
  from instanceof ApexSet ? from : new ApexSet(like.elementType, from ?? throwNull());

platformClass({
  name: 'System.Set',
  methods: {
    'add/1': (set: ApexSet, value: ApexValue) => set.add(value),
    'addAll/1': (set: ApexSet, from: Iterable<ApexValue> | null) => {
      const before = set.size;
      for (const value of [...(from ?? throwNull())]) set.add(value);
      return set.size !== before;
    },
    'clear/0': (set: ApexSet) => {
      set.clear();
    },
    'clone/0': (set: ApexSet) => new ApexSet(set.elementType, set),
    'contains/1': (set: ApexSet, value: ApexValue) => set.has(value),
    'containsAll/1': (set: ApexSet, from: Iterable<ApexValue> | null) =>
      [...(from ?? throwNull())].every((value) => set.has(value)),
    'equals/1': (set: ApexSet, other: ApexValue) =>
      other instanceof ApexSet && other.size === set.size && [...set].every((value) => other.has(value)),
    'hashCode/0': (set: ApexSet) => [...set].reduce<number>((hash, each) => (hash + valueHash(each)) | 0, 0),
    'isEmpty/0': (set: ApexSet) => set.size === 0,
    'iterator/0': (set: ApexSet) => new CollectionIterator(set.elementType, set),
    'remove/1': (set: ApexSet, value: ApexValue) => set.delete(value),
    'removeAll/1': (set: ApexSet, from: Iterable<ApexValue> | null) => {
      const others = asSet(from, set);
      return keepAll(set, (value) => !others.has(value));
    },
    'retainAll/1': (set: ApexSet, from: Iterable<ApexValue> | null) => {
      const others = asSet(from, set);
      return keepAll(set, (value) => others.has(value));
    },
    'size/0': (set: ApexSet) => set.size,
    'toString/0': (set: ApexSet) => apexToString(set),
  },
});

platformClass({
  name: 'System.Map',
  methods: {
    'clear/0': (map: ApexMap) => {
      map.clear();
    },
    'clone/0': (map: ApexMap) => new ApexMap(map.keyType, map.valueType, map),
    'containsKey/1': (map: ApexMap, key: ApexValue) => map.has(key),
    'deepClone/0': (map: ApexMap) =>
      new ApexMap(
        map.keyType,
        map.valueType,
        [...map].map(([key, value]) => [key, clone(value, true)] as const),
      ),
    'equals/1': (map: ApexMap, other: ApexValue) =>
      other instanceof ApexMap &&
      other.size === map.size &&
      [...map].every(([key, value]) => other.has(key) && apexEquals(other.get(key), value)),
    'get/1': (map: ApexMap, key: ApexValue) => map.get(key),
    'getSObjectType/0': (map: ApexMap) => elementToken(map.valueType),
    'hashCode/0': (map: ApexMap) =>
      [...map].reduce<number>((hash, [key, value]) => (hash + (valueHash(key) ^ valueHash(value))) | 0, 0),
    'isEmpty/0': (map: ApexMap) => map.size === 0,
    'keySet/0': (map: ApexMap) => new ApexSet(map.keyType, map.keys()),
    'put/2': (map: ApexMap, key: ApexValue, value: ApexValue) => map.put(key, value),
    'putAll/1': (map: ApexMap, from: ApexMap | ApexList | null) => {
      if (from instanceof ApexMap) for (const [key, value] of [...from]) map.put(key, value);
      else for (const record of iterate(from)) putRecord(map, record, true);
    },
    'remove/1': (map: ApexMap, key: ApexValue) => map.delete(key),
    'size/0': (map: ApexMap) => map.size,
    'toString/0': (map: ApexMap) => apexToString(map),
    'values/0': (map: ApexMap) => new ApexList(map.valueType, [...map.values()]),
  },
});

platformClass({
  name: 'System.Object',
  methods: {
    'equals/1': (value: ApexValue, other: ApexValue) =>
      isSourceObject(value) ? value === other : apexEquals(value, other),
    'hashCode/0': (value: ApexValue) =>
      typeof value === 'object' && value !== null && isSourceObject(value)
        ? identityHash(value)
        : valueHash(value),
    'clone/0': (object: DispatchingObject) => shallowCopy(object),
    'toString/0': (value: ApexValue) => apexToString(value),
  },
});

/** An object's own hash does not change with its fields. */
const identities = new WeakMap<object, number>();
let nextIdentity = 1;
function identityHash(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  const hash = textHash(`object ${nextIdentity++}`);
  identities.set(value, hash);
  return hash;
}

platformClass({
  name: 'System.Enum',
  methods: {
    'name/0': (value: ApexEnum) => value.name,
    'ordinal/0': (value: ApexEnum) => value.ordinal,
    'equals/1': (value: ApexEnum, other: ApexValue) => value === other,
    'hashCode/0': (value: ApexEnum) => textHash(value.name),
    'toString/0': (value: ApexEnum) => value.name,
  },
});
