import type { OrgSchema } from '../../database/schema.ts';
import { PRIMITIVE_NAMES, type PrimitiveName, type TypeRef } from '../../values/type-ref.ts';
import type { TypeNode } from '../syntax/ast.ts';
import { platformType, primitiveOf } from './platform-types.ts';
import type { SourceType } from './symbols.ts';

const PRIMITIVES = new Map<string, PrimitiveName>([
  ['object', 'Object'],
  ...PRIMITIVE_NAMES.map((name): [string, PrimitiveName] => [name.toLowerCase(), name]),
]);

/** Finds what a type's name means at a place in the source, in the order the platform looks. */
export class TypeResolver {
  readonly #types: ReadonlyMap<string, SourceType>;
  readonly #schema: OrgSchema;

  constructor(types: ReadonlyMap<string, SourceType>, schema: OrgSchema) {
    this.#types = types;
    this.#schema = schema;
  }

  sourceType(name: string): SourceType | undefined {
    return this.#types.get(name.toLowerCase());
  }

  /** The type written, or null where nothing of that name exists. */
  resolve(node: TypeNode, scope: SourceType | null): TypeRef | null {
    const args: TypeRef[] = [];
    for (const argument of node.arguments) {
      const resolved = this.resolve(argument, scope);
      if (!resolved) return null;
      args.push(resolved);
    }
    return this.resolveNames(node.names, args, scope);
  }

  resolveNames(names: readonly string[], args: readonly TypeRef[], scope: SourceType | null): TypeRef | null {
    const [first = '', second] = names;
    if (names.length === 1 && args.length > 0) {
      const collection = collectionType(first, args);
      if (collection) return collection;
    }
    const source = this.#findSource(names, scope);
    if (source) return source.type;
    if (names.length === 1) {
      const primitive = PRIMITIVES.get(first.toLowerCase());
      if (primitive) return { kind: 'primitive', name: primitive };
      if (first.toLowerCase() === 'sobject') return { kind: 'sobject', name: null };
      return (
        this.#platform(`System.${first}`, args) ??
        this.#sobject(first) ??
        this.#platform(`Schema.${first}`, args)
      );
    }
    if (names.length === 2 && second !== undefined) {
      if (first.toLowerCase() === 'system') {
        const collection = collectionType(second, args);
        if (collection) return collection;
        if (second.toLowerCase() === 'sobject') return { kind: 'sobject', name: null };
      }
      const primitive = primitiveOf(names.join('.'));
      if (primitive) return { kind: 'primitive', name: primitive };
      if (first.toLowerCase() === 'schema') {
        const object = this.#sobject(second);
        if (object) return object;
      }
    }
    return this.#platform(names.join('.'), args) ?? this.#platform(`System.${names.join('.')}`, args);
  }

  #platform(name: string, args: readonly TypeRef[]): TypeRef | null {
    const found = platformType(name);
    return found ? { kind: 'platform', name: found.name, arguments: args } : null;
  }

  #sobject(name: string): TypeRef | null {
    const object = this.#schema.object(name);
    return object ? { kind: 'sobject', name: object.name } : null;
  }

  /** Inner classes of the scope and of what it extends, then of its outer class, then top-level classes. */
  #findSource(names: readonly string[], scope: SourceType | null): SourceType | undefined {
    const [first = ''] = names;
    if (names.length === 1) {
      for (let at = scope; at; at = at.outer) {
        const inner = this.#innerOf(at, first);
        if (inner) return inner;
      }
      return this.sourceType(first);
    }
    if (names.length === 2) {
      const outer = this.sourceType(first);
      return outer ? this.#innerOf(outer, names[1] ?? '') : undefined;
    }
    return undefined;
  }

  #innerOf(type: SourceType, name: string): SourceType | undefined {
    const own = type.inner.get(name.toLowerCase());
    if (own) return own;
    const parent = type.superclass?.kind === 'class' ? this.sourceType(type.superclass.name) : undefined;
    return parent ? this.#innerOf(parent, name) : undefined;
  }
}

function collectionType(name: string, args: readonly TypeRef[]): TypeRef | null {
  const [first, second] = args;
  if (!first) return null;
  switch (name.toLowerCase()) {
    case 'list':
      return { kind: 'list', element: first };
    case 'set':
      return { kind: 'set', element: first };
    case 'map':
      return second ? { kind: 'map', key: first, value: second } : null;
    default:
      return null;
  }
}
