import type { ApexReference, ApexValue, ClassInfo } from './object.ts';
import { typeName, type TypeRef } from './type-ref.ts';

/**
 * A method of a class, found by its signature, `execute(system.queueablecontext)`, or, where there is only one of the name
 * and number of parameters, by these: `compareto/1`.
 */
export type DispatchTable = Readonly<Record<string, ((...parameters: ApexValue[]) => ApexValue) | undefined>>;

/** A method's name and parameter types, as dispatch tables have them. */
export function signatureOf(name: string, parameters: readonly TypeRef[]): string {
  return `${name}(${parameters.map(typeName).join(',')})`.toLowerCase();
}

/** The method of a signature, `execute(System.QueueableContext)`, or one of the same name that takes as many arguments. */
export function methodIn(object: DispatchingObject, signature: string): DispatchTable[string] {
  const key = signature.toLowerCase();
  return object.$methods[key] ?? object.$methods[byNumber(key)];
}

/** `execute(system.queueablecontext)` → `execute/1`. */
export function byNumber(signature: string): string {
  const open = signature.indexOf('(');
  if (open < 0) return signature;
  let depth = 0;
  let number = signature.length > open + 2 ? 1 : 0;
  for (const character of signature.slice(open)) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character === ',' && depth === 0) number += 1;
  }
  return `${signature.slice(0, open)}/${number}`;
}

/** What every class of the source, exceptions apart, is an instance of. */
export abstract class ApexObject implements ApexReference {
  declare readonly $type: TypeRef;
  /** On the prototype, put there when the program is linked. */
  declare readonly $class: ClassInfo;
  declare readonly $methods: DispatchTable;
}

export interface DispatchingObject extends ApexReference {
  readonly $class: ClassInfo;
  readonly $methods: DispatchTable;
}

/** True for instances of classes of the source, custom exceptions among them. */
export function isSourceObject(value: unknown): value is DispatchingObject {
  return typeof value === 'object' && value !== null && '$methods' in value;
}

/** A copy of an object of a class: its fields hold what they held. */
export function shallowCopy<T extends ApexReference>(object: T): T {
  const copy = Object.create(Object.getPrototypeOf(object) as object) as T;
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(object));
}

/** A constant of an enum, of the source or of the platform. */
export class ApexEnum implements ApexReference {
  readonly $type: TypeRef;
  readonly name: string;
  readonly ordinal: number;
  constructor(type: TypeRef, name: string, ordinal: number) {
    this.$type = type;
    this.name = name;
    this.ordinal = ordinal;
    Object.freeze(this);
  }

  toString(): string {
    return this.name;
  }
}

/** Base of platform classes written in TypeScript: HttpRequest, SaveResult … */
export abstract class PlatformObject implements ApexReference {
  readonly $type: TypeRef;
  constructor(name: string, args: readonly TypeRef[] = []) {
    this.$type = { kind: 'platform', name, arguments: args };
  }
}
