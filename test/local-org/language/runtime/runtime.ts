import type { OrgSchema } from '../../database/schema.ts';
import { ApexList, ApexMap, ApexSet } from '../../values/collections.ts';
import { ApexDate, ApexDatetime } from '../../values/dates.ts';
import { apexEquals } from '../../values/equality.ts';
import {
  ApexException,
  asApexException,
  isCatchable,
  platformException,
  throwNull,
  throwPlatform,
} from '../../values/exception.ts';
import { isId, to18 } from '../../values/ids.ts';
import { ApexEnum, byNumber, isSourceObject, methodIn } from '../../values/instance.ts';
import { compareNumbers, isApexNumber } from '../../values/numbers.ts';
import type { ApexReference, ApexValue } from '../../values/object.ts';
import { ApexSObject } from '../../values/sobject.ts';
import { apexToString } from '../../values/text.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import { ApexType } from '../../values/type-value.ts';
import { findPlatformClass } from '../../library/registry.ts';
import { compareValues } from '../../database/soql/compare.ts';
import type { SoqlQuery } from '../syntax/ast.ts';
import { lookUp } from '../compiler/members.ts';
import { platformNameOf, platformType } from '../types/platform-types.ts';
import type { LinkedClass } from '../link.ts';
import { arithmetic, castNumber } from './arithmetic.ts';
import { iterate, putRecord } from './iteration.ts';
import { isInstance, runtimeType } from './types.ts';

/** What generated code needs from the org around it: data and the transaction. Set when an org is put together. */
export interface Host {
  query(query: SoqlQuery, binds: readonly ApexValue[]): ApexList;
  count(query: SoqlQuery, binds: readonly ApexValue[]): number;
  search(
    term: string | null,
    group: string,
    returning: readonly SearchPart[],
    limit: number | null,
  ): ApexList;
  dml(
    operation: 'insert' | 'update' | 'upsert' | 'delete' | 'undelete',
    value: ApexValue,
    access: 'user' | 'system' | null,
    externalId: string | null,
  ): void;
  merge(winner: ApexValue, losers: ApexValue, access: 'user' | 'system' | null): void;
  setting(object: string, method: string, parameters: readonly ApexValue[]): ApexValue;
  page(url: string): ApexReference;
  fieldSet(object: string, name: string): ApexReference;
  objectToken(name: string): ApexReference;
  fieldToken(object: string, field: string): ApexReference;
  /** Notes a call of a @future method: `run` is its body. */
  future(
    className: string,
    method: string,
    parameters: readonly ApexValue[],
    run: (...parameters: ApexValue[]) => ApexValue,
  ): void;
  enterRunAs(user: ApexValue): unknown;
  leaveRunAs(before: unknown): void;
  /** Called in every turn of a loop: where CPU time is watched. */
  tick(): void;
}

/** What a search asks of one object: a query and the values of its binds. */
export type SearchPart = readonly [query: SoqlQuery, binds: readonly ApexValue[]];

/** Looks up a name that dynamic SOQL binds; undefined where there is none. */
export type BindResolver = (name: string) => ApexValue | undefined;

let bindResolver: BindResolver | null = null;

/** What the innermost Database.query call may bind. */
export function currentBinds(): BindResolver | null {
  return bindResolver;
}

const platformEnums = new Map<string, ApexEnum[]>();

/** The constants of a platform enum, in the order of the platform's types. */
export function platformEnumConstants(name: string): readonly ApexEnum[] {
  const known = platformEnums.get(name.toLowerCase());
  if (known) return known;
  const type = platformType(name);
  const ordered = findPlatformClass(name)?.enumValues;
  const names =
    ordered ??
    [...(type?.fields.values() ?? [])].filter((field) => field.isStatic).map((field) => field.name);
  const constants = names.map(
    (each, index) => new ApexEnum({ kind: 'platform', name: type?.name ?? name, arguments: [] }, each, index),
  );
  platformEnums.set(name.toLowerCase(), constants);
  return constants;
}

export function platformEnum(type: string, name: string): ApexEnum {
  const found = platformEnumConstants(type).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!found) throwPlatform('System.NoSuchElementException', `No enum constant ${type}.${name}`);
  return found;
}

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

    given<T>(value: T | null): T {
      return value ?? throwNull();
    },
    safe(value: ApexValue, then: (value: ApexValue) => ApexValue): ApexValue {
      return value === null ? null : then(value);
    },
    bool: (value: ApexValue): boolean => (typeof value === 'boolean' ? value : throwNull()),
    int: (value: number | null): number => value ?? throwNull(),
    concat: (left: ApexValue, right: ApexValue): string => apexToString(left) + apexToString(right),
    sameText: (left: string | null, right: string | null): boolean =>
      left === right ||
      (left !== null &&
        right !== null &&
        left.length === right.length &&
        left.toLowerCase() === right.toLowerCase()),
    sameId(left: ApexValue, right: ApexValue): boolean {
      if (left === right) return true;
      if (typeof left !== 'string' || typeof right !== 'string') return false;
      return isId(left) && isId(right)
        ? to18(left) === to18(right)
        : left.toLowerCase() === right.toLowerCase();
    },
    equal: (left: ApexValue, right: ApexValue): boolean => apexEquals(left, right),
    /** Negative, zero or positive; NaN, which no comparison is true of, where one is null. */
    compare(left: ApexValue, right: ApexValue): number {
      if (left === null || right === null) return NaN;
      if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right);
      return compareValues(left, right);
    },
    compareIntegers: (left: number | null, right: number | null): number =>
      left === null || right === null ? NaN : left - right,
    switchEqual(left: ApexValue, right: ApexValue): boolean {
      if (left === null || right === null) return left === right;
      return isApexNumber(left) && isApexNumber(right) ? compareNumbers(left, right) === 0 : left === right;
    },
    toId: (value: string | null): string | null => (value === null || value === '' ? null : to18(value)),
    toDatetime: (value: ApexValue): ApexValue =>
      value instanceof ApexDate ? new ApexDatetime(value.days * 86_400_000) : value,
    cast(value: ApexValue, type: TypeRef): ApexValue {
      if (value === null) return value;
      if (isInstance(value, type)) return asOwnType(value, type);
      throw platformException(
        'System.TypeException',
        `Invalid conversion from runtime type ${typeName(runtimeType(value))} to ${typeName(type)}`,
      );
    },
    isInstance,
    typeOf: (type: TypeRef): ApexReference => new ApexType(type),

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
    map: (key: TypeRef, value: TypeRef, entries: [ApexValue, ApexValue][]) =>
      new ApexMap(key, value, entries),
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

    newRecord(object: string, fields: readonly (readonly [string, ApexValue])[]): ApexSObject {
      const objectSchema = schema.object(object);
      if (!objectSchema) throw new Error(`There is no object ${object}.`);
      const record = new ApexSObject(objectSchema);
      for (const [name, value] of fields) setField(record, name, value);
      return record;
    },
    field: (record: ApexSObject | null, name: string): ApexValue => (record ?? throwNull()).get(name),
    parentField: (record: ApexSObject | null, name: string): ApexValue =>
      record === null ? null : record.get(name),
    parent: (record: ApexSObject | null, name: string): ApexSObject | null =>
      record === null ? null : record.parent(name),
    children: (record: ApexSObject | null, name: string): ApexList => (record ?? throwNull()).childList(name),
    setField,
    addFieldError(record: ApexSObject | null, field: string, error: ApexValue): null {
      const message = error instanceof ApexException ? error.text : String(error);
      (record ?? throwNull()).errors.push({
        field: (record ?? throwNull()).field(field).name,
        message,
        statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      });
      return null;
    },
    /** A query where one record or none will do. */
    singleOrNull(list: ApexList): ApexValue {
      return list.items.length === 0 ? null : this.single(list);
    },
    /** A query where one record is wanted. */
    single(list: ApexList): ApexValue {
      const [only] = list.items;
      if (only === undefined)
        throw platformException('System.QueryException', 'List has no rows for assignment to SObject');
      if (list.items.length > 1)
        throw platformException(
          'System.QueryException',
          'List has more than 1 row for assignment to SObject',
        );
      return only;
    },

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
    withBinds<T>(resolver: BindResolver, call: () => T): T {
      const before = bindResolver;
      bindResolver = resolver;
      try {
        return call();
      } finally {
        bindResolver = before;
      }
    },

    query: (query: SoqlQuery, binds: readonly ApexValue[]) => theHost().query(query, binds),
    count: (query: SoqlQuery, binds: readonly ApexValue[]) => theHost().count(query, binds),
    search: (term: string | null, group: string, returning: readonly SearchPart[], limit: number | null) =>
      theHost().search(term, group, returning, limit),
    dml(
      operation: Parameters<Host['dml']>[0],
      value: ApexValue,
      access: 'user' | 'system' | null,
      externalId: string | null,
    ): void {
      theHost().dml(operation, value ?? throwNull(), access, externalId);
    },
    merge(winner: ApexValue, losers: ApexValue, access: 'user' | 'system' | null): void {
      theHost().merge(winner, losers, access);
    },
    setting: (object: string, method: string, parameters: readonly ApexValue[]) =>
      theHost().setting(object, method, parameters),
    page: (url: string) => theHost().page(url),
    fieldSet: (object: string, name: string) => theHost().fieldSet(object, name),
    objectToken: (name: string) => theHost().objectToken(name),
    fieldToken: (object: string, field: string) => theHost().fieldToken(object, field),
    future(
      className: string,
      method: string,
      parameters: readonly ApexValue[],
      run: (...parameters: ApexValue[]) => ApexValue,
    ): null {
      theHost().future(className, method, parameters, run);
      return null;
    },
    enterRunAs: (user: ApexValue) => theHost().enterRunAs(user),
    leaveRunAs(before: unknown): void {
      theHost().leaveRunAs(before);
    },
    tick(): void {
      theHost().tick();
    },
  };
}

/** What an instance of a wider type is as a value of it: a number of that type, a Datetime of a Date. */
function asOwnType(value: ApexValue, type: TypeRef): ApexValue {
  if (type.kind !== 'primitive' || type.name === 'Object') return value;
  if (isApexNumber(value)) return castNumber(value, type);
  return value instanceof ApexDate && type.name === 'Datetime'
    ? new ApexDatetime(value.days * 86_400_000)
    : value;
}

function setField(record: ApexSObject | null, name: string, value: ApexValue): ApexValue {
  const target = record ?? throwNull();
  if (target.schema.fields.has(name.toLowerCase())) target.put(name, value);
  else if (value instanceof ApexList) target.children.set(name.toLowerCase(), value);
  else if (value === null || value instanceof ApexSObject) target.parents.set(name.toLowerCase(), value);
  else target.put(name, value);
  return value;
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
