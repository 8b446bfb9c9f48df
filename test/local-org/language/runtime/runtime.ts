import type { OrgSchema } from '../../database/schema.ts';
import { ApexList } from '../../values/collections.ts';
import {
  ApexException,
  asApexException,
  isCatchable,
  platformException,
  throwNull,
} from '../../values/exception.ts';
import { ApexEnum, byNumber, isSourceObject, methodIn } from '../../values/instance.ts';
import type { ApexReference, ApexValue } from '../../values/object.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import { findPlatformClass } from '../../library/registry.ts';
import { lookUp } from '../compiler/members.ts';
import { platformNameOf, platformType } from '../types/platform-types.ts';
import type { LinkedClass } from '../link.ts';
import { arithmetic } from './arithmetic.ts';
import { withBinds } from './binds.ts';
import { collectionOperations } from './collection-operations.ts';
import { hostCalls, type Host } from './host.ts';
import { platformEnum, platformEnumConstants } from './platform-enums.ts';
import { recordOperations } from './record-operations.ts';
import { valueOperations } from './value-operations.ts';
import { runtimeType } from './types.ts';

export type Runtime = ReturnType<typeof createRuntime>;

/** The `$` of generated code. */
export function createRuntime(schema: OrgSchema) {
  let classes: readonly LinkedClass[] = [];
  let statics: (Record<string, ApexValue> | undefined)[] = [];
  let host: Host | null = null;
  const theHost = (): Host => {
    if (!host) throw new Error('The program is not part of an org yet.');
    return host;
  };

  function enumConstants(type: TypeRef): readonly ApexEnum[] {
    if (type.kind === 'platform') return platformEnumConstants(type.name);
    const info = type.kind === 'class' ? classes.find((each) => each.info.name === type.name) : undefined;
    return info?.constructor.constants ?? [];
  }

  return {
    ...arithmetic,
    ...valueOperations,
    ...collectionOperations,
    ...recordOperations(schema),
    ...hostCalls(theHost),
    withBinds,
    schema,
    link(linked: readonly LinkedClass[]): void {
      classes = linked;
    },
    connect(to: Host): void {
      host = to;
    },
    resetStatics(): void {
      statics = [];
    },
    saveStatics(): unknown {
      return statics;
    },
    restoreStatics(saved: unknown): void {
      statics = saved as typeof statics;
    },
    /** A class's statics, its initialisers run on the first call of a transaction. */
    statics(index: number): Record<string, ApexValue> {
      const known = statics[index];
      if (known) return known;
      const linked = classes[index];
      if (!linked) throw new Error(`There is no class ${index}.`);
      const fresh = linked.freshStatics();
      statics[index] = fresh;
      linked.constructor.initialiseStatics?.();
      return fresh;
    },
    /** A field without the value that it should have: reading it is refused, giving it another makes it a field like any. */
    refuseField(target: object, slot: string, refuse: () => never): void {
      Object.defineProperty(target, slot, {
        configurable: true,
        enumerable: true,
        get: refuse,
        set(this: object, value: ApexValue) {
          Object.defineProperty(this, slot, { configurable: true, enumerable: true, writable: true, value });
        },
      });
    },
    findClass(name: string): LinkedClass | undefined {
      return classes.find((each) => each.info.name.toLowerCase() === name.toLowerCase());
    },
    classes: () => classes,

    /** A method that the value's own class may define, else the platform's. */
    dispatch(receiver: ApexValue, key: string, ...parameters: ApexValue[]): ApexValue {
      if (receiver === null) return throwNull();
      if (isSourceObject(receiver)) {
        const own = methodIn(receiver, key);
        if (own) return own.call(receiver, ...parameters);
      }
      const implementation = platformMethod(receiver, byNumber(key));
      if (!implementation)
        throw platformException(
          'System.TypeException',
          `${typeName(runtimeType(receiver))} has no method ${key}`,
        );
      return implementation(receiver, ...parameters) ?? null;
    },
    caught(error: unknown): ApexException {
      const exception = asApexException(error);
      if (!exception || !isCatchable(exception)) throw error;
      return exception;
    },
    /** A new instance with the first values of its fields and its superclasses', before its constructor runs. */
    fresh,
    newException(constructor: new () => ApexException, parameters: readonly ApexValue[]): ApexException {
      return initialiseException(fresh(new constructor()), parameters);
    },
    initialiseException,
    enumValues: (type: TypeRef) => new ApexList(type, [...enumConstants(type)]),
    enumValueOf(type: TypeRef, name: string | null): ApexEnum {
      const wanted = (name ?? throwNull()).toLowerCase();
      const found = enumConstants(type).find((each) => each.name.toLowerCase() === wanted);
      if (!found)
        throw platformException(
          'System.NoSuchElementException',
          `No enum constant ${typeName(type)}.${name ?? ''}`,
        );
      return found;
    },
    platformEnum,
  };
}

function fresh<T extends ApexReference>(instance: T): T {
  (instance as { initialise?: () => void }).initialise?.();
  return instance;
}

/** The four constructors of Exception: nothing, a message, a cause, or both. */
function initialiseException(exception: ApexException, parameters: readonly ApexValue[]): ApexException {
  for (const parameter of parameters) {
    if (typeof parameter === 'string') exception.apexMessage = parameter;
    else if (parameter instanceof ApexException) exception.apexCause = parameter;
  }
  return exception;
}

const found = new Map<string, ReturnType<typeof lookUp>>();

/** The library's function for `name/parameters` of a value's platform type or of what that extends. */
function platformMethod(receiver: ApexValue, key: string): ReturnType<typeof lookUp> {
  const type = runtimeType(receiver);
  const name =
    receiver instanceof ApexEnum
      ? 'System.Enum'
      : type.kind === 'class' && receiver instanceof ApexException
        ? 'System.Exception'
        : platformNameOf(type);
  const cacheKey = `${name}#${key}`;
  if (found.has(cacheKey)) return found.get(cacheKey);
  let method: ReturnType<typeof lookUp>;
  for (
    let owner: string | null = name;
    owner !== null && !method;
    owner = platformType(owner)?.superclass ?? null
  ) {
    method = lookUp(findPlatformClass(owner)?.methods, key);
  }
  method ??= lookUp(findPlatformClass('System.Object')?.methods, key);
  found.set(cacheKey, method);
  return method;
}
