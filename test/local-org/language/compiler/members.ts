import { findPlatformClass, type PlatformFunction } from '../../library/registry.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import type { Position } from '../syntax/ast.ts';
import { argumentsOf, isPrimitive, OBJECT, type ExpressionType } from '../types/conversions.ts';
import {
  platformNameOf,
  platformType,
  readPlatformType,
  type PlatformMethod,
  type PlatformType,
} from '../types/platform-types.ts';
import type { FieldSymbol, MethodSymbol, SourceType } from '../types/symbols.ts';
import { converted, typeText } from './operators.ts';
import type { Compiled, ProgramContext, Unit } from './context.ts';

/** A method that could be meant, with the types it takes. */
export type Candidate =
  | {
      readonly kind: 'source';
      readonly method: MethodSymbol;
      readonly parameters: readonly TypeRef[];
      readonly returns: TypeRef;
    }
  | {
      readonly kind: 'platform';
      readonly owner: PlatformType;
      readonly method: PlatformMethod;
      readonly parameters: readonly TypeRef[];
      readonly returns: TypeRef;
    };

/** A field or property of a class or of what it extends. */
export function findField(program: ProgramContext, type: SourceType, name: string): FieldSymbol | undefined {
  for (let at: SourceType | undefined = type; at; at = superclassOf(program, at)) {
    const field = at.fields.get(name.toLowerCase());
    if (field) return field;
  }
  return undefined;
}

export function superclassOf(program: ProgramContext, type: SourceType): SourceType | undefined {
  return type.superclass?.kind === 'class' ? program.resolver.sourceType(type.superclass.name) : undefined;
}

/** Custom exceptions inherit the four constructors of Exception. */
export function isException(program: ProgramContext, source: SourceType): boolean {
  const exception: TypeRef = { kind: 'platform', name: 'System.Exception', arguments: [] };
  return program.conversions.distance(source.type, exception) < Infinity;
}

/** Every method of that name that a value of the type has, the nearest class first. */
export function candidates(program: ProgramContext, type: TypeRef, name: string): Candidate[] {
  if (type.kind === 'class') {
    const source = program.resolver.sourceType(type.name);
    return source ? sourceCandidates(program, source, name) : [];
  }
  return platformCandidates(type, name);
}

function sourceCandidates(program: ProgramContext, source: SourceType, name: string): Candidate[] {
  const own = (source.methods.get(name.toLowerCase()) ?? []).map((method): Candidate => ({
    kind: 'source',
    method,
    parameters: method.parameters.map((each) => each.type),
    returns: method.returns,
  }));
  const inherited = program.conversions
    .parents(source.type)
    .flatMap((parent) => candidates(program, parent, name));
  const found = [...own, ...inherited];
  if (found.length > 0) return found;
  const inherits = [...enumCandidates(source, name), ...platformCandidates(OBJECT, name)];
  // Every object of a class can be cloned; an interface's or an enum's value cannot.
  return inherits.length === 0 && source.declaration.kind === 'class' && name.toLowerCase() === 'clone'
    ? [CLONE]
    : inherits;
}

/** An enum of the source has the methods of System.Enum. */
function enumCandidates(source: SourceType, name: string): Candidate[] {
  if (source.declaration.kind !== 'enum') return [];
  return platformCandidates(
    { kind: 'platform', name: 'System.Enum', arguments: [] },
    name,
    enumType(source.type),
  );
}

const ENUM_METHODS: readonly (readonly [string, boolean, string, ...string[]])[] = [
  ['name', false, 'System.String'],
  ['ordinal', false, 'System.Integer'],
  ['values', true, 'System.List<E>'],
  ['valueOf', true, 'E', 'System.String'],
  ['equals', false, 'System.Boolean', 'java.lang.Object'],
  ['hashCode', false, 'System.Integer'],
  ['toString', false, 'System.String'],
];

/** The shape every enum has, its own type standing for `E`. */
function enumType(self: TypeRef): { type: PlatformType; substitutions: ReadonlyMap<string, TypeRef> } {
  const methods = new Map<string, PlatformMethod[]>();
  for (const [name, isStatic, returns, ...parameters] of ENUM_METHODS) {
    methods.set(name.toLowerCase(), [{ name, isStatic, returns, parameters }]);
  }
  return {
    type: {
      name: 'System.Enum',
      kind: 'enum',
      typeParameters: [],
      superclass: null,
      interfaces: [],
      methods,
      fields: new Map(),
      constructors: [],
    },
    substitutions: new Map([['E', self]]),
  };
}

/** What every value has, whatever its type. */
const OBJECT_METHODS: ReadonlyMap<string, readonly PlatformMethod[]> = new Map([
  [
    'equals',
    [{ name: 'equals', isStatic: false, returns: 'System.Boolean', parameters: ['java.lang.Object'] }],
  ],
  ['hashcode', [{ name: 'hashCode', isStatic: false, returns: 'System.Integer', parameters: [] }]],
  ['tostring', [{ name: 'toString', isStatic: false, returns: 'System.String', parameters: [] }]],
]);
const OBJECT_TYPE: PlatformType = {
  name: 'System.Object',
  kind: 'class',
  typeParameters: [],
  superclass: null,
  interfaces: [],
  methods: OBJECT_METHODS,
  fields: new Map(),
  constructors: [],
};

const CLONE: Candidate = {
  kind: 'platform',
  owner: OBJECT_TYPE,
  method: { name: 'clone', isStatic: false, returns: 'System.Object', parameters: [] },
  parameters: [],
  returns: OBJECT,
};

function platformCandidates(type: TypeRef, name: string, special?: ReturnType<typeof enumType>): Candidate[] {
  const found: Candidate[] = [];
  const key = name.toLowerCase();
  const start = special?.type ?? platformType(platformNameOf(type));
  const isEnum = start?.kind === 'enum' && !special;
  const chosen = isEnum ? enumType(type) : special;
  for (
    let owner: PlatformType | undefined = chosen?.type ?? start;
    owner;
    owner = owner.superclass ? platformType(owner.superclass) : undefined
  ) {
    const substitutions =
      chosen?.substitutions ??
      new Map(owner.typeParameters.map((each, index) => [each, argumentsOf(type)[index] ?? OBJECT]));
    for (const method of owner.methods.get(key) ?? []) {
      found.push({
        kind: 'platform',
        owner,
        method,
        parameters: method.parameters.map((each) => readPlatformType(each, substitutions)),
        returns: readPlatformType(method.returns, substitutions),
      });
    }
    for (const parent of owner.interfaces) {
      const inherited = readPlatformType(parent, substitutions);
      if (inherited.kind === 'platform')
        found.push(
          ...platformCandidates(inherited, name).filter(
            (each) => each.kind === 'platform' && each.owner !== OBJECT_TYPE,
          ),
        );
    }
  }
  if (found.length > 0) return found;
  return (OBJECT_METHODS.get(key) ?? []).map((method) => ({
    kind: 'platform',
    owner: OBJECT_TYPE,
    method,
    parameters: method.parameters.map((each) => readPlatformType(each, new Map())),
    returns: readPlatformType(method.returns, new Map()),
  }));
}

/** The overload whose parameters are nearest to the arguments' types; undefined where none takes them. */
export function choose<T extends { readonly parameters: readonly TypeRef[] }>(
  program: ProgramContext,
  overloads: readonly T[],
  given: readonly Compiled[],
): T | undefined {
  let best: T | undefined;
  let bestDistance = Infinity;
  for (const overload of overloads) {
    if (overload.parameters.length !== given.length) continue;
    let distance = 0;
    overload.parameters.forEach((parameter, index) => {
      const argument = given[index];
      if (argument) distance += argumentDistance(program, argument, parameter);
    });
    if (distance < bestDistance) {
      best = overload;
      bestDistance = distance;
    }
  }
  return best;
}

/** Further than any conversion: a method that takes a list is meant before one that takes a record. */
const AS_ONE_RECORD = 1000;

/** A query given where one record is asked for stands for its only row. */
export function argumentDistance(program: ProgramContext, value: Compiled, to: TypeRef): number {
  if (value.isQuery && value.type.kind === 'list' && to.kind === 'sobject') {
    return program.conversions.distance(value.type.element, to) + AS_ONE_RECORD;
  }
  return program.conversions.distance(value.type, to);
}

/** The value as the type that is wanted, or a compile error that says what does not fit. */
export function convert(unit: Unit, value: Compiled, to: TypeRef, at: Position): string {
  const distance = argumentDistance(unit.program, value, to);
  if (distance === Infinity && !isLenient(value.type, to)) {
    unit.fail(at, `Illegal assignment from ${typeText(value.type)} to ${typeName(to)}`);
  }
  return converted(value, to);
}

/** What comes from an untyped source of the platform (a record of no declared object, an Object) is not refused. */
function isLenient(from: ExpressionType, to: TypeRef): boolean {
  return (
    (from.kind === 'sobject' && from.name === null && to.kind === 'sobject') ||
    (from.kind === 'platform' && to.kind === 'platform' && !isPrimitive(to))
  );
}

export function convertAll(
  unit: Unit,
  given: readonly Compiled[],
  parameters: readonly TypeRef[],
  at: Position,
): string[] {
  return given.map((value, index) => convert(unit, value, parameters[index] ?? OBJECT, at));
}

/** The function behind a method of the platform; a compile error names what the library lacks. */
export function implementation(
  unit: Unit,
  candidate: Candidate & { kind: 'platform' },
  at: Position,
): PlatformFunction {
  const { owner, method } = candidate;
  const exact = `${method.name}(${method.parameters.join(',')})`;
  // What a class declares may be written where its superclass is.
  for (
    let at: PlatformType | undefined = owner;
    at;
    at = at.superclass ? platformType(at.superclass) : undefined
  ) {
    const library = findPlatformClass(at.name);
    const functions = method.isStatic ? library?.statics : library?.methods;
    const found = lookUp(functions, exact) ?? lookUp(functions, `${method.name}/${method.parameters.length}`);
    if (found) return found;
  }
  return unit.unsupported(at, `${owner.name}.${exact}`);
}

/** A key of the library's records, case apart. */
export function lookUp(
  functions: Readonly<Record<string, PlatformFunction>> | undefined,
  key: string,
): PlatformFunction | undefined {
  if (!functions) return undefined;
  const direct = functions[key];
  if (direct) return direct;
  const wanted = key.toLowerCase();
  for (const [name, implementationOf] of Object.entries(functions))
    if (name.toLowerCase() === wanted) return implementationOf;
  return undefined;
}
