import { platformType, readPlatformType } from '../language/types/platform-types.ts';
import { ApexMap } from '../values/collections.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformClass, type PlatformFunction } from './registry.ts';

/** An instance of a platform class that only holds values. */
export class Bean extends PlatformObject {
  /** By lower-case property name. */
  readonly values = new Map<string, ApexValue>();
  /** The names as they were written first. */
  readonly #names = new Map<string, string>();
  get(name: string): ApexValue {
    return this.values.get(name.toLowerCase()) ?? null;
  }
  set(name: string, value: ApexValue): void {
    const key = name.toLowerCase();
    if (!this.#names.has(key)) this.#names.set(key, name);
    this.values.set(key, value);
  }
  /** As JSON writes it: every property by its name. */
  toJson(): ApexMap {
    return new ApexMap(
      { kind: 'primitive', name: 'String' },
      { kind: 'primitive', name: 'Object' },
      [...this.values].map(([key, value]) => [this.#names.get(key) ?? key, value] as const),
    );
  }
  override toString(): string {
    const name = this.$type.kind === 'platform' ? this.$type.name.split('.').at(-1) : '';
    return `${name ?? ''}[${[...this.values].map(([key, value]) => `${key}=${String(value)}`).join(', ')}]`;
  }
}

interface BeanOptions {
  /** The properties that each constructor fills, in the order of its parameters. */
  readonly constructors?: readonly (readonly string[])[];
  /** What a new instance holds before anything is set; made anew for each. */
  readonly defaults?: () => Readonly<Record<string, ApexValue>>;
  /** Methods that do more than read or write a property. */
  readonly methods?: Readonly<Record<string, PlatformFunction>>;
  readonly statics?: Readonly<Record<string, PlatformFunction>>;
}

/** A new bean with the class's defaults. */
export function newBean(name: string, values: Readonly<Record<string, ApexValue>> = {}): Bean {
  const bean = new Bean(name);
  for (const [key, value] of Object.entries({ ...defaults.get(name)?.(), ...values })) bean.set(key, value);
  return bean;
}

const defaults = new Map<string, () => Readonly<Record<string, ApexValue>>>();

/** What a property of a class that only holds values is: of the field, or of what reads it. Null where there is none. */
export function propertyType(name: string, property: string): TypeRef | null {
  const type = beans.has(name) ? platformType(name) : undefined;
  const key = property.toLowerCase();
  const written =
    type?.fields.get(key)?.type ??
    [...(type?.methods.get(`get${key}`) ?? []), ...(type?.methods.get(`is${key}`) ?? [])][0]?.returns;
  return written === undefined ? null : readPlatformType(written, new Map());
}

export const isBeanClass = (name: string): boolean => beans.has(name);
const beans = new Set<string>();

/**
 * Registers a class that is nothing but its properties: fields of the platform's signatures are read and written, and
 * `getX`, `isX` and `setX` stand for property X. Signatures, and so types, are the platform's own.
 */
export function beanClass(name: string, options: BeanOptions = {}): void {
  const type = platformType(name);
  if (!type) throw new Error(`The platform has no type ${name}.`);
  beans.add(name);
  if (options.defaults) defaults.set(name, options.defaults);
  const properties: Record<string, PlatformFunction> = {};
  for (const field of type.fields.values()) {
    properties[field.name] = (bean: Bean) => bean.get(field.name);
    properties[`${field.name}=`] = (bean: Bean, value: ApexValue) => {
      bean.set(field.name, value);
      return value;
    };
  }
  const methods: Record<string, PlatformFunction> = {};
  for (const method of [...type.methods.values()].flat()) {
    const accessor = /^(get|is|set)(\w+)$/i.exec(method.name);
    if (!accessor || method.isStatic) continue;
    const [, verb = '', property = ''] = accessor;
    const count = method.parameters.length;
    if (verb.toLowerCase() === 'set' && count === 1)
      methods[`${method.name}/1`] = (bean: Bean, value: ApexValue) => {
        bean.set(property, value);
      };
    else if (count === 0) methods[`${method.name}/0`] = (bean: Bean) => bean.get(property);
  }
  const constructors: Record<string, PlatformFunction> = {};
  for (const parameters of options.constructors ?? [[]])
    constructors[`new/${parameters.length}`] = (...given: ApexValue[]) =>
      newBean(name, Object.fromEntries(parameters.map((each, index) => [each, given[index] ?? null])));
  platformClass({
    name,
    constructors,
    properties,
    methods: { ...methods, ...options.methods },
    ...(options.statics ? { statics: options.statics } : {}),
  });
}
