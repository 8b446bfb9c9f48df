import { current } from '../execution/transaction.ts';
import type { LocalOrg } from '../org.ts';
import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { platformException, throwNull } from '../values/exception.ts';
import { isSourceObject, PlatformObject } from '../values/instance.ts';
import { ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { typeName, type TypeRef } from '../values/type-ref.ts';
import { platformClass, type PlatformFunction } from './registry.ts';
import { describedType } from './types.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
/** Seconds a value may be kept: org cache, session cache. (Apex Reference Guide, Cache Namespace.) */
const MAXIMUM = { org: 172_800, session: 28_800 };
const MINIMUM = 300;

type Kind = 'org' | 'session';
interface Entry {
  readonly value: ApexValue;
  readonly until: number;
}

/** Values by kind, partition and key. A test starts with an empty cache. */
const caches = new WeakMap<LocalOrg, Map<string, Entry>>();

function entries(): Map<string, Entry> {
  const { org } = current();
  let found = caches.get(org);
  if (!found) caches.set(org, (found = new Map<string, Entry>()));
  return found;
}

export function clearCache(org: LocalOrg): void {
  caches.delete(org);
}

/** What is put is written down, so that a change of the object afterwards does not reach the cache. */
function copied(value: ApexValue): ApexValue {
  if (value instanceof ApexList) return new ApexList(value.elementType, value.items.map(copied));
  if (value instanceof ApexSet) return new ApexSet(value.elementType, [...value].map(copied));
  if (value instanceof ApexMap)
    return new ApexMap(
      value.keyType,
      value.valueType,
      [...value].map(([key, each]) => [key, copied(each)] as const),
    );
  return value instanceof ApexSObject ? value.copy() : value;
}

class Partition extends PlatformObject {
  readonly kind: Kind;
  readonly partition: string;
  constructor(kind: Kind, partition: string) {
    super(kind === 'org' ? 'cache.OrgPartition' : 'cache.SessionPartition');
    this.kind = kind;
    this.partition = partition;
  }

  #place(key: string | null): string {
    const written = key ?? throwNull();
    // `local.partition.key` names the partition with the key.
    const [name = '', partition, namespace] = written.split('.').reverse();
    if (!/^[a-zA-Z0-9]{1,50}$/.test(name) || written.split('.').length > 3)
      throw platformException('cache.InvalidParamException', `Invalid key: ${written}`);
    const where = partition === undefined ? this.partition : `${namespace ?? 'local'}.${partition}`;
    return `${this.kind}|${where.toLowerCase()}|${name}`;
  }

  #entry(key: string | null): Entry | undefined {
    const place = this.#place(key);
    const entry = entries().get(place);
    if (entry && entry.until > current().now()) return entry;
    entries().delete(place);
    return undefined;
  }

  get(key: string | null): ApexValue {
    return copied(this.#entry(key)?.value ?? null);
  }

  has(key: string | null): boolean {
    return this.#entry(key) !== undefined;
  }

  put(key: string | null, value: ApexValue, seconds: number | null = null): void {
    if (value === null) throw platformException('cache.InvalidParamException', 'Value cannot be null');
    const kept = seconds ?? (this.kind === 'org' ? 86_400 : MAXIMUM.session);
    if (kept < MINIMUM || kept > MAXIMUM[this.kind])
      throw platformException(
        'cache.InvalidParamException',
        `TTL must be between ${MINIMUM} and ${MAXIMUM[this.kind]} seconds`,
      );
    entries().set(this.#place(key), { value: copied(value), until: current().now() + kept * 1000 });
  }

  remove(key: string | null): boolean {
    return entries().delete(this.#place(key));
  }

  keys(): string[] {
    const prefix = `${this.kind}|${this.partition.toLowerCase()}|`;
    return [...entries().keys()]
      .filter((each) => each.startsWith(prefix))
      .map((each) => each.slice(prefix.length));
  }

  /** `get(Builder.class, key)`: what the builder loads is kept under its name and the key. */
  load(builder: ApexValue, key: string | null): ApexValue {
    const type = describedType(builder);
    const place =
      `${typeName(type).replace(/[^a-zA-Z0-9]/g, '')}${(key ?? throwNull()).replace(/[^a-zA-Z0-9]/g, '')}`.slice(
        0,
        50,
      );
    const known = this.get(place);
    if (known !== null) return known;
    const info =
      type.kind === 'class' ? current().org.program.classes.get(type.name.toLowerCase()) : undefined;
    const instance = info?.newInstance();
    if (!isSourceObject(instance) || !instance.$methods['doload/1'])
      throw platformException(
        'cache.InvalidCacheBuilderException',
        `${typeName(type)} is not a CacheBuilder`,
      );
    const loaded = instance.$methods['doload/1'].call(instance, key);
    if (loaded !== null) this.put(place, loaded);
    return loaded;
  }

  unload(builder: ApexValue, key: string | null): boolean {
    const type = typeName(describedType(builder)).replace(/[^a-zA-Z0-9]/g, '');
    return this.remove(`${type}${(key ?? throwNull()).replace(/[^a-zA-Z0-9]/g, '')}`.slice(0, 50));
  }
}

/** The same methods stand on a partition and, for the default one, on Cache.Org and Cache.Session. */
function functions(
  of: (given: Partition | null) => Partition,
  takesReceiver: boolean,
): Record<string, PlatformFunction> {
  const wrap =
    (work: PlatformFunction): PlatformFunction =>
    (...given: ApexValue[]) => {
      if (!takesReceiver) return work(of(null), ...given);
      const [receiver, ...rest] = given;
      return work(of(receiver instanceof Partition ? receiver : null), ...rest);
    };
  return {
    'getName/0': wrap((partition: Partition) => partition.partition),
    'get(System.String)': wrap((partition: Partition, key: string) => partition.get(key)),
    'get(System.Type,System.String)': wrap((partition: Partition, builder: ApexValue, key: string) =>
      partition.load(builder, key),
    ),
    'get(System.List<System.String>)': wrap(
      (partition: Partition, keys: ApexList) =>
        new ApexMap(
          STRING,
          { kind: 'primitive', name: 'Object' },
          keys.items.map((key) => [key, partition.get(String(key))] as const),
        ),
    ),
    'put/2': wrap((partition: Partition, key: string, value: ApexValue) => {
      partition.put(key, value);
    }),
    'put(System.String,java.lang.Object,System.Integer)': wrap(
      (partition: Partition, key: string, value: ApexValue, seconds: number) => {
        partition.put(key, value, seconds);
      },
    ),
    'put(System.String,java.lang.Object,cache.Visibility)': wrap(
      (partition: Partition, key: string, value: ApexValue) => {
        partition.put(key, value);
      },
    ),
    'put/5': wrap((partition: Partition, key: string, value: ApexValue, seconds: number) => {
      partition.put(key, value, seconds);
    }),
    'contains(System.String)': wrap((partition: Partition, key: string) => partition.has(key)),
    'contains(System.List<System.String>)': wrap(
      (partition: Partition, keys: ApexList) =>
        new ApexList(
          { kind: 'primitive', name: 'Boolean' },
          keys.items.map((key) => partition.has(String(key))),
        ),
    ),
    'remove(System.String)': wrap((partition: Partition, key: string) => partition.remove(key)),
    'remove(System.Type,System.String)': wrap((partition: Partition, builder: ApexValue, key: string) =>
      partition.unload(builder, key),
    ),
    'getKeys/0': wrap((partition: Partition) => new ApexSet(STRING, partition.keys())),
    'getNumKeys/0': wrap((partition: Partition) => BigInt(partition.keys().length)),
    'isAvailable/0': wrap(() => true),
    // The share of the partition that is used, in percent.
    'getCapacity/0': wrap(() => new ApexDouble(0)),
  };
}

for (const [kind, name] of [
  ['org', 'Org'],
  ['session', 'Session'],
] as const) {
  const methods = functions((given) => given ?? throwNull(), true);
  platformClass({
    name: `cache.${name}Partition`,
    constructors: { 'new/1': (partition: string) => new Partition(kind, partition) },
    methods,
  });
  platformClass({
    name: `cache.${name}`,
    statics: {
      ...functions(() => new Partition(kind, 'local.default'), false),
      'getPartition/1': (partition: string | null) => new Partition(kind, partition ?? throwNull()),
    },
    staticProperties: { MAX_TTL_SECS: () => MAXIMUM[kind] },
  });
}
platformClass({ name: 'cache.Partition', methods: functions((given) => given ?? throwNull(), true) });
platformClass({ name: 'cache.Visibility', enumValues: ['ALL', 'NAMESPACE'] });
