import { ApexList, ApexMap, ApexSet } from '../../values/collections.ts';
import { throwNull, throwPlatform } from '../../values/exception.ts';
import { isSourceObject } from '../../values/instance.ts';
import type { ApexValue } from '../../values/object.ts';
import { ApexSObject } from '../../values/sobject.ts';

/** Puts a record into a map by its Id, as the Map constructor does, which takes none without, and putAll, which does. */
export function putRecord(map: ApexMap, record: ApexValue, takesNull = false): void {
  if (!(record instanceof ApexSObject)) throwNull();
  if (record.id === null && !takesNull) throwPlatform('System.ListException', 'Row with null Id at index: 0');
  map.put(record.id, record);
}

/** What a for loop goes over: a collection, a map's views, or an Iterable or Iterator of the source. */
export function* iterate(value: ApexValue): Generator<ApexValue> {
  if (value === null) throwNull();
  if (value instanceof ApexList) {
    // By index: a list that grows while it is gone over is an error on the platform, not an endless loop.
    const { items } = value;
    const size = items.length;
    for (let index = 0; index < size; index++) {
      if (items.length !== size)
        throwPlatform('System.FinalException', 'Cannot modify a collection while it is being iterated.');
      yield items[index] ?? null;
    }
    return;
  }
  if (value instanceof ApexSet) {
    const { changes } = value;
    for (const item of [...value]) {
      if (value.changes !== changes)
        throwPlatform('System.FinalException', 'Cannot modify a collection while it is being iterated.');
      yield item;
    }
    if (value.changes !== changes)
      throwPlatform('System.FinalException', 'Cannot modify a collection while it is being iterated.');
    return;
  }
  if (!isSourceObject(value)) {
    if (typeof value === 'object' && Symbol.iterator in value) yield* value as Iterable<ApexValue>;
    return;
  }
  const iterator = value.$methods['iterator/0'];
  const at = iterator ? iterator.call(value) : value;
  if (!isSourceObject(at)) {
    yield* iterate(at);
    return;
  }
  while (at.$methods['hasnext/0']?.call(at) === true) yield at.$methods['next/0']?.call(at) ?? null;
}
