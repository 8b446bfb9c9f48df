import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { apexEquals, textHash, valueHash } from '../values/equality.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import {
  ApexEnum,
  isSourceObject,
  PlatformObject,
  shallowCopy,
  type DispatchingObject,
} from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import { type TypeRef } from '../values/type-ref.ts';
import { iterate, putRecord } from '../language/runtime/iteration.ts';
import { current } from '../execution/transaction.ts';
import { comparison, naturalOrder } from './order.ts';
import { platformClass } from './registry.ts';

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
