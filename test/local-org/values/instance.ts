import type { ApexReference, ApexValue, ClassInfo } from './object.ts';
import type { TypeRef } from './type-ref.ts';

/** A method of a class, found by lower-case name and number of parameters: `compareto/1`. */
export type DispatchTable = Readonly<Record<string, ((...parameters: ApexValue[]) => ApexValue) | undefined>>;

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
