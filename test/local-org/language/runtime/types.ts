import { ApexException } from '../../values/exception.ts';
import { isSourceObject } from '../../values/instance.ts';
import type { ApexValue } from '../../values/object.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import { platformType } from '../types/platform-types.ts';
import { RUNTIME_CONVERSIONS } from '../rules/conversions.ts';
import { isId } from '../../values/ids.ts';

/** A value's type at run time. */
export function runtimeType(value: ApexValue): TypeRef {
  switch (typeof value) {
    case 'string':
      return { kind: 'primitive', name: 'String' };
    case 'number':
      return { kind: 'primitive', name: 'Integer' };
    case 'bigint':
      return { kind: 'primitive', name: 'Long' };
    case 'boolean':
      return { kind: 'primitive', name: 'Boolean' };
    default:
      return value === null ? { kind: 'primitive', name: 'Object' } : value.$type;
  }
}

/** `value instanceof type`; null is an instance of nothing. */
export function isInstance(value: ApexValue, type: TypeRef): boolean {
  if (value === null) return false;
  if (type.kind === 'primitive' && type.name === 'Object') return true;
  if (type.kind === 'primitive' && type.name === 'Id') return typeof value === 'string' && isId(value);
  if (type.kind === 'platform' || type.kind === 'class') {
    if (value instanceof ApexException) return isException(value, type);
    if (isSourceObject(value)) return isOfClass(value, type);
  }
  return fits(runtimeType(value), type);
}

function isException(value: ApexException, type: TypeRef & { kind: 'platform' | 'class' }): boolean {
  if (isSourceObject(value) && isOfClass(value, type)) return true;
  if (type.kind === 'class') return false;
  return type.name === 'System.Exception' || value.typeName === type.name;
}

function isOfClass(
  value: Parameters<typeof isSourceObject>[0],
  type: TypeRef & { kind: 'platform' | 'class' },
): boolean {
  if (!isSourceObject(value)) return false;
  for (let info: (typeof value)['$class'] | null = value.$class; info; info = info.superclass) {
    if (type.kind === 'class' && info.name === type.name) return true;
    if (
      info.interfaces.some(
        (each) =>
          (each.kind === 'class' || each.kind === 'platform') &&
          each.kind === type.kind &&
          each.name === type.name,
      )
    )
      return true;
  }
  return false;
}

const widened = new Map(RUNTIME_CONVERSIONS.map(({ from, to }) => [from, new Set<string>(to)]));

function fits(from: TypeRef, to: TypeRef): boolean {
  if (to.kind === 'primitive' && to.name === 'Object') return true;
  if (from.kind === 'primitive' && to.kind === 'primitive')
    return from.name === to.name || widened.get(from.name)?.has(to.name) === true;
  if (from.kind === 'list' && to.kind === 'list') return elementsFit(from.element, to.element);
  if (from.kind === 'set' && to.kind === 'set') return elementsFit(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map')
    return elementsFit(from.key, to.key) && elementsFit(from.value, to.value);
  if (from.kind === 'sobject' && to.kind === 'sobject') return to.name === null || from.name === to.name;
  if (to.kind === 'platform' && to.name === 'System.Iterable')
    return from.kind === 'list' || from.kind === 'set';
  if (from.kind === 'platform' && to.kind === 'platform') return platformFits(from.name, to.name);
  return typeName(from) === typeName(to);
}

function elementsFit(from: TypeRef, to: TypeRef): boolean {
  // A list of any records is taken for one of each object's, but never for results of an aggregate; a list of accounts is no
  // list of opportunities. (apex-fp, SObjectCollectionTest.testListTyping)
  if (from.kind === 'sobject' && to.kind === 'sobject')
    return to.name === null || from.name === to.name || (from.name === null && to.name !== 'AggregateResult');
  if (from.kind === 'primitive' && to.kind === 'primitive' && to.name !== 'Object')
    return from.name === to.name;
  return fits(from, to);
}

export function platformFits(from: string, to: string): boolean {
  const type = platformType(from);
  if (from === to) return true;
  return [...(type?.superclass ? [type.superclass] : []), ...(type?.interfaces ?? [])].some((each) =>
    platformFits(each.replace(/<.*$/, ''), to),
  );
}
