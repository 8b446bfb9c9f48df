import { NEWER_TYPES } from './newer-types.ts';
import { DataFile } from '../../data-file.ts';
import { PRIMITIVE_NAMES, type PrimitiveName, type TypeRef } from '../../values/type-ref.ts';

/** A signature of the platform, types as written in the data: `System.List<T>`, `java.lang.Object`. */
export interface PlatformMethod {
  readonly name: string;
  readonly isStatic: boolean;
  readonly returns: string;
  readonly parameters: readonly string[];
}

export interface PlatformType {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly typeParameters: readonly string[];
  readonly superclass: string | null;
  readonly interfaces: readonly string[];
  /** By lower-case name. */
  readonly methods: ReadonlyMap<string, readonly PlatformMethod[]>;
  readonly fields: ReadonlyMap<
    string,
    { readonly name: string; readonly type: string; readonly isStatic: boolean }
  >;
  readonly constructors: readonly (readonly string[])[];
}

interface RawType {
  k: 'c' | 'i' | 'e';
  tp: string[];
  x?: string;
  im: string[];
  f: Record<string, string>;
  m: readonly (readonly [string, number, string, ...string[]])[];
  c: readonly (readonly string[])[];
}

/** The data writes inner classes as Java does, `Messaging.InboundEmail$Header`. */
function dotted(name: string): string {
  return name.replace(/\$(?=\w)/g, '.');
}

let raw: DataFile<RawType> | null = null;
/** Names in the data by those that are asked for, in lower case. */
const names = new Map<string, string>();
const known = new Map<string, PlatformType>();

function rawTypes(): DataFile<RawType> {
  if (!raw) {
    raw = new DataFile('platform-types.json.gz');
    for (const name of [...raw.names, ...Object.keys(NEWER_TYPES)])
      if (!names.has(dotted(name).toLowerCase())) names.set(dotted(name).toLowerCase(), name);
  }
  return raw;
}

function read(name: string, raw: RawType): PlatformType {
  const methods = new Map<string, PlatformMethod[]>();
  for (const [written, isStatic, returns, ...parameters] of raw.m) {
    // `clone$` is how the data escapes names that Java keeps for itself.
    const method = { name: written.replace(/\$$/, ''), isStatic: isStatic === 1, returns, parameters };
    const key = method.name.toLowerCase();
    const overloads = methods.get(key);
    if (overloads) overloads.push(method);
    else methods.set(key, [method]);
  }
  const fields = new Map(
    Object.entries(raw.f).map(([written, type]) => {
      const isStatic = written.endsWith('#s');
      const fieldName = isStatic ? written.slice(0, -2) : written;
      return [fieldName.toLowerCase(), { name: fieldName, type, isStatic }];
    }),
  );
  return {
    name,
    kind: raw.k === 'c' ? 'class' : raw.k === 'i' ? 'interface' : 'enum',
    typeParameters: raw.tp,
    superclass: raw.x && !raw.x.startsWith('java.') ? raw.x : null,
    interfaces: raw.im,
    methods,
    fields,
    constructors: raw.c,
  };
}

function withNewer(name: string, entry: RawType | undefined): RawType | undefined {
  const newer = NEWER_TYPES[dotted(name)];
  if (!newer) return entry;
  const { kind: k = 'c', superclass: x, fields = {}, methods = [], constructors = [[]] } = newer;
  const base = entry ?? {
    k,
    tp: [],
    ...(x === undefined ? {} : { x }),
    im: [],
    f: {},
    m: [],
    c: constructors,
  };
  return { ...base, f: { ...base.f, ...fields }, m: [...base.m, ...methods] };
}

/** A type of the platform by its full name, `Schema.SObjectType`. */
export function platformType(name: string): PlatformType | undefined {
  const types = rawTypes();
  const written = names.get(name.toLowerCase());
  if (written === undefined) return undefined;
  const type = known.get(written);
  if (type) return type;
  const entry = withNewer(written, types.entry(written));
  if (!entry) return undefined;
  const made = read(dotted(written), entry);
  known.set(written, made);
  return made;
}

/** The full names of every exception but Exception itself. */
export function platformExceptionNames(): string[] {
  return [...rawTypes().names, ...Object.keys(NEWER_TYPES)]
    .map(dotted)
    .filter((name) => name.endsWith('Exception') && name !== 'System.Exception');
}

const PRIMITIVES = new Map<string, PrimitiveName>(
  PRIMITIVE_NAMES.map((name) => [`system.${name.toLowerCase()}`, name]),
);
PRIMITIVES.set('java.lang.object', 'Object');
PRIMITIVES.set('system.object', 'Object');
PRIMITIVES.set('internal.object$', 'Object');
PRIMITIVES.set('internal.object.', 'Object');
PRIMITIVES.set('java.lang.string', 'String');
PRIMITIVES.set('java.lang.boolean', 'Boolean');
PRIMITIVES.set('java.lang.integer', 'Integer');

/** The primitive of that full name (`System.String`), or undefined. */
export function primitiveOf(fullName: string): PrimitiveName | undefined {
  return PRIMITIVES.get(fullName.toLowerCase());
}

/** The full platform name of what a method is called on. */
export function platformNameOf(type: TypeRef): string {
  switch (type.kind) {
    case 'primitive':
      return `System.${type.name}`;
    case 'list':
      return 'System.List';
    case 'set':
      return 'System.Set';
    case 'map':
      return 'System.Map';
    case 'sobject':
      return 'System.SObject';
    case 'platform':
      return type.name;
    case 'class':
    case 'void':
      return 'System.Object';
  }
}

/** Reads a type of the data, `T` and the like replaced. Unknown ones become Object: nothing can then be called on them. */
export function readPlatformType(text: string, substitutions: ReadonlyMap<string, TypeRef>): TypeRef {
  const substituted = substitutions.get(text);
  if (substituted) return substituted;
  if (text === 'void') return { kind: 'void' };
  if (text.endsWith('[]'))
    return { kind: 'list', element: readPlatformType(text.slice(0, -2), substitutions) };
  const open = text.indexOf('<');
  const name = dotted(open < 0 ? text : text.slice(0, open));
  const args =
    open < 0
      ? []
      : splitArguments(text.slice(open + 1, -1)).map((each) => readPlatformType(each, substitutions));
  return typeOfName(name, args);
}

const OBJECT: TypeRef = { kind: 'primitive', name: 'Object' };

function typeOfName(name: string, args: readonly TypeRef[]): TypeRef {
  const primitive = primitiveOf(name);
  if (primitive) return { kind: 'primitive', name: primitive };
  const [first = OBJECT, second = OBJECT] = args;
  switch (name.toLowerCase()) {
    case 'system.list':
    case 'internal.recordset$':
    case 'internal.recordset.':
      return { kind: 'list', element: first };
    case 'system.set':
      return { kind: 'set', element: first };
    case 'system.map':
      return { kind: 'map', key: first, value: second };
    case 'system.sobject':
      return { kind: 'sobject', name: null };
    default: {
      const found = platformType(name);
      if (found) return { kind: 'platform', name: found.name, arguments: args };
      if (name.startsWith('SObjectStubs.'))
        return { kind: 'sobject', name: name.slice('SObjectStubs.'.length) };
      return name.includes('.') ? OBJECT : { kind: 'sobject', name };
    }
  }
}

/** `K, System.List<V>` → its parts, brackets respected. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '<') depth++;
    if (character === '>') depth--;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
