import { current } from '../execution/transaction.ts';
import { isInstance, platformFits } from '../language/runtime/types.ts';
import { TypeResolver } from '../language/types/resolver.ts';
import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { valueHash } from '../values/equality.ts';
import { platformException, throwNull } from '../values/exception.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { typeName, type TypeRef } from '../values/type-ref.ts';
import { ApexType } from '../values/type-value.ts';
import { findPlatformClass, platformClass } from './registry.ts';

/** What a System.Type stands for. */
export function describedType(type: ApexValue): TypeRef {
  return type instanceof ApexType ? type.described : throwNull();
}

/** The type of that name, generics and array brackets too, or null where there is none. */
export function typeOfName(written: string): TypeRef | null {
  const name = written.trim();
  if (name.endsWith('[]')) {
    const element = typeOfName(name.slice(0, -2));
    return element && { kind: 'list', element };
  }
  const generic = /^([\w.]+)\s*<(.+)>$/s.exec(name);
  const args: TypeRef[] = [];
  for (const argument of generic ? topLevelParts(generic[2] ?? '') : []) {
    const type = typeOfName(argument);
    if (!type) return null;
    args.push(type);
  }
  const { org } = current();
  const base = generic?.[1] ?? name;
  const info = org.program.classes.get(base.toLowerCase());
  if (info && !generic) return info.type;
  if (!/^[\w.]+$/.test(base)) return null;
  return new TypeResolver(new Map(), org.schema).resolveNames(base.split('.'), args, null);
}

/** `String, List<Account>` cut at the commas that stand outside of brackets. */
function topLevelParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

function typeForName(name: string | null): ApexType | null {
  const found = typeOfName(name ?? throwNull());
  return found && new ApexType(found);
}

function newInstance(described: TypeRef): ApexReference {
  const { org } = current();
  switch (described.kind) {
    case 'list':
      return new ApexList(described.element);
    case 'set':
      return new ApexSet(described.element);
    case 'map':
      return new ApexMap(described.key, described.value);
    case 'sobject': {
      const object = described.name === null ? undefined : org.schema.object(described.name);
      if (object) return new ApexSObject(object);
      break;
    }
    case 'class': {
      const info = org.program.classes.get(described.name.toLowerCase());
      if (info && !info.isAbstract && info.kind === 'class') return info.newInstance();
      break;
    }
    case 'platform': {
      const made = findPlatformClass(described.name)?.constructors?.['new/0']?.();
      if (typeof made === 'object' && made !== null) return made;
      break;
    }
    default:
  }
  throw platformException('System.TypeException', `Type cannot be constructed: ${typeName(described)}`);
}

/** A value of the other type may stand where this one is wanted. */
function isAssignable(to: TypeRef, from: TypeRef): boolean {
  if (typeName(to) === typeName(from)) return true;
  if (to.kind === 'primitive') return to.name === 'Object';
  if (to.kind === 'sobject') return to.name === null && from.kind === 'sobject';
  if (from.kind === 'class') {
    const wanted = typeName(to);
    for (let at = current().org.program.classes.get(from.name.toLowerCase()) ?? null; at; at = at.superclass)
      if (at.name === wanted || at.interfaces.some((each) => typeName(each) === wanted)) return true;
    return false;
  }
  if (from.kind === 'platform' && to.kind === 'platform') return platformFits(from.name, to.name);
  if (from.kind === 'list') return isInstance(new ApexList(from.element), to);
  if (from.kind === 'set') return isInstance(new ApexSet(from.element), to);
  return from.kind === 'map' && isInstance(new ApexMap(from.key, from.value), to);
}

/** A class's name alone, as a Type prints it. */
const nameOf = (type: ApexValue): string => typeName(describedType(type));

platformClass({
  name: 'System.Type',
  statics: {
    'forName/1': typeForName,
    'forName/2': (namespace: string | null, name: string | null) =>
      // Code without a namespace is in none; the platform's own types may be named by theirs.
      typeForName(name) ??
      (namespace === null || namespace === '' ? null : typeForName(`${namespace}.${name ?? ''}`)),
  },
  methods: {
    'getName/0': nameOf,
    'toString/0': nameOf,
    'newInstance/0': (type: ApexValue) => newInstance(describedType(type)),
    'isAssignableFrom/1': (type: ApexValue, other: ApexValue) =>
      isAssignable(describedType(type), describedType(other)),
    'equals/1': (type: ApexValue, other: ApexValue) =>
      other instanceof ApexType && nameOf(type) === nameOf(other),
    'hashCode/0': (type: ApexValue) => valueHash(nameOf(type)),
  },
});
