import { ApexList, ApexMap, ApexSet } from '../../values/collections.ts';
import { throwNull } from '../../values/exception.ts';
import type { ApexValue } from '../../values/object.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import { iterate, putRecord } from './iteration.ts';

/** Lists, sets and maps in generated code. */
export const collectionOperations = {
  at(list: ApexList | null, index: number | null): ApexValue {
    return (list ?? throwNull()).get(index ?? throwNull());
  },
  setAt(list: ApexList | null, index: number | null, value: ApexValue): ApexValue {
    (list ?? throwNull()).set(index ?? throwNull(), value);
    return value;
  },
  list: (element: TypeRef, items: ApexValue[]) => new ApexList(element, items),
  listOfSize: (element: TypeRef, size: number | null) =>
    new ApexList(element, new Array<ApexValue>(size ?? throwNull()).fill(null)),
  set: (element: TypeRef, items: ApexValue[]) => new ApexSet(element, items),
  map: (key: TypeRef, value: TypeRef, entries: [ApexValue, ApexValue][]) => new ApexMap(key, value, entries),
  listFrom: (element: TypeRef, from: ApexValue) =>
    new ApexList(element, typeof from === 'number' ? [] : [...iterate(from)]),
  setFrom: (element: TypeRef, from: ApexValue) =>
    new ApexSet(element, typeof from === 'number' ? [] : iterate(from)),
  mapFrom(key: TypeRef, value: TypeRef, from: ApexValue): ApexMap {
    if (from instanceof ApexMap) return new ApexMap(key, value, from);
    const map = new ApexMap(key, value);
    for (const record of iterate(from)) putRecord(map, record);
    return map;
  },
  iterate,
  *chunks(list: ApexList): Generator<ApexList> {
    for (let start = 0; start < list.items.length; start += 200)
      yield new ApexList(list.elementType, list.items.slice(start, start + 200));
  },
};
