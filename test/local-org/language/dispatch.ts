import { byNumber, signatureOf, type DispatchTable } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { ProgramContext } from './compiler/context.ts';
import type { GeneratedClass } from './link.ts';
import type { MethodSymbol, SourceType } from './types/symbols.ts';

type Method = (...parameters: ApexValue[]) => ApexValue;

const tables = new WeakMap<GeneratedClass, DispatchTable>();

/**
 * A class's methods by signature and by name and number of parameters; a subclass's come before its superclass's. A static
 * method stands for an interface's, too, as the platform lets it.
 */
export function dispatchTable(
  program: ProgramContext,
  source: SourceType,
  constructor: GeneratedClass,
): DispatchTable {
  const known = tables.get(constructor);
  if (known) return known;
  const table: Record<string, Method> = {};
  const later: [key: string, method: Method][] = [];
  for (const type of lineage(program, source)) {
    for (const method of [...type.methods.values()].flat()) {
      const run = method.isStatic ? constructor[method.jsName] : constructor.prototype[method.jsName];
      if (typeof run !== 'function') continue;
      const key = signatureOf(
        method.name,
        method.parameters.map((each) => each.type),
      );
      if (method.isStatic) later.push([key, run as Method]);
      else {
        table[key] ??= run as Method;
        table[byNumber(key)] ??= run as Method;
      }
    }
  }
  for (const [key, run] of later) {
    table[key] ??= run;
    table[byNumber(key)] ??= run;
  }
  tables.set(constructor, table);
  return table;
}

/** The class and what it extends, the class first. */
function lineage(program: ProgramContext, source: SourceType): SourceType[] {
  const types: SourceType[] = [];
  for (
    let at: SourceType | undefined = source;
    at;
    at = at.superclass?.kind === 'class' ? program.resolver.sourceType(at.superclass.name) : undefined
  )
    types.push(at);
  return types;
}

/** A method that implements an interface of the source under other parameter types is known by the interface's name, too. */
export function bridgeInterfaces(
  program: ProgramContext,
  source: SourceType,
  constructor: GeneratedClass,
): void {
  if (source.declaration.kind !== 'class') return;
  const own = lineage(program, source).flatMap((type) => [...type.methods.values()].flat());
  for (const type of allInterfaces(program, source)) {
    const declared = type.kind === 'class' ? program.resolver.sourceType(type.name) : undefined;
    for (const method of [...(declared?.methods.values() ?? [])].flat()) {
      if (method.jsName in constructor.prototype) continue;
      const nearest = nearestTo(program, method, own);
      const run = nearest?.isStatic
        ? constructor[nearest.jsName]
        : constructor.prototype[nearest?.jsName ?? ''];
      if (typeof run === 'function') constructor.prototype[method.jsName] = run;
    }
  }
}

/** The method of the same name whose parameters are nearest to the interface's, in either direction. */
function nearestTo(
  program: ProgramContext,
  wanted: MethodSymbol,
  methods: readonly MethodSymbol[],
): MethodSymbol | undefined {
  const { conversions } = program;
  const distance = (method: MethodSymbol): number =>
    method.parameters.reduce((sum, { type }, index) => {
      const asked = wanted.parameters[index]?.type ?? type;
      return sum + Math.min(conversions.distance(asked, type), conversions.distance(type, asked) + 1000, 1e6);
    }, 0);
  return methods
    .filter(
      (each) =>
        each.name.toLowerCase() === wanted.name.toLowerCase() &&
        each.parameters.length === wanted.parameters.length,
    )
    .sort((left, right) => distance(left) - distance(right))[0];
}

/** Every interface that a class implements, by itself or by what it extends or implements. */
export function allInterfaces(program: ProgramContext, source: SourceType): TypeRef[] {
  const seen = new Map<string, TypeRef>();
  const visit = (type: TypeRef): void => {
    for (const parent of program.conversions.parents(type)) {
      if (parent.kind !== 'class' && parent.kind !== 'platform') continue;
      if (!seen.has(parent.name)) {
        seen.set(parent.name, parent);
        visit(parent);
      }
    }
  };
  visit(source.type);
  return [...seen.values()];
}
