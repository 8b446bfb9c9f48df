import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { isSourceObject, type DispatchingObject } from '../values/instance.ts';
import { ApexException } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';

/**
 * A job's instance as the platform stores it until its turn: a copy of it and of all it holds, transient members null.
 * What its creator changes afterwards, the job does not see.
 */
export function storedCopy(instance: DispatchingObject): DispatchingObject {
  const copy = copyOf(instance, new Map());
  return isSourceObject(copy) ? copy : instance;
}

function copyOf(value: ApexValue, known: Map<object, ApexValue>): ApexValue {
  if (typeof value !== 'object' || value === null) return value;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  const note = <T extends ApexValue>(copy: T): T => {
    known.set(value, copy);
    return copy;
  };
  if (value instanceof ApexList) {
    const copy = note(new ApexList(value.elementType));
    for (const item of value.items) copy.items.push(copyOf(item, known));
    return copy;
  }
  if (value instanceof ApexSet) {
    const copy = note(new ApexSet(value.elementType));
    for (const item of value) copy.add(copyOf(item, known));
    return copy;
  }
  if (value instanceof ApexMap) {
    const copy = note(new ApexMap(value.keyType, value.valueType));
    for (const [key, item] of value) copy.put(copyOf(key, known), copyOf(item, known));
    return copy;
  }
  if (value instanceof ApexSObject) return note(value.copy());
  // Exceptions and what the platform's classes hold have no state that a job would change.
  if (!isSourceObject(value) || value instanceof ApexException) return value;
  return copyInstance(value, known, note);
}

function copyInstance(
  value: DispatchingObject,
  known: Map<object, ApexValue>,
  note: <T extends ApexValue>(copy: T) => T,
): ApexValue {
  const copy = note(value.$class.allocate());
  for (const [slot, held] of Object.entries(value)) Reflect.set(copy, slot, copyOf(held as ApexValue, known));
  for (const field of value.$class.fields)
    if (field.isTransient && !field.isStatic && !field.isProperty) field.set(copy, null);
  return copy;
}
