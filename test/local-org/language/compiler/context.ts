import type { OrgSchema } from '../../database/schema.ts';
import type { PlatformFunction } from '../../library/registry.ts';
import { SourceError } from '../../values/object.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import { Unsupported } from '../../values/unsupported.ts';
import type { Position, TypeNode } from '../syntax/ast.ts';
import type { SoqlQuery } from '../syntax/query-ast.ts';
import type { Conversions, ExpressionType } from '../types/conversions.ts';
import type { TypeResolver } from '../types/resolver.ts';
import type { FieldSymbol, MethodSymbol, SourceType } from '../types/symbols.ts';

/** JavaScript for an expression and what is known of its value. */
export interface Compiled {
  readonly js: string;
  readonly type: ExpressionType;
  /** A query in brackets: where one record is wanted, its only row is taken. */
  readonly isQuery?: boolean;
  /** `contact.Account`: a field read through a missing parent is null, not an exception. */
  readonly isParent?: boolean;
  /** `wrapper.record`: a field of the record is null where the record is, an Id is not: see names.ts. */
  readonly isMember?: boolean;
  /** A chain with `?.` in it, to which links can be added: see chains.ts. */
  readonly chain?: SafeChain;
}

/** What is left out where the left side of `?.` is null, and what stands around it. */
export interface SafeChain {
  readonly js: string;
  around(js: string): string;
}

/** What a unit's code refers to by number: it is handed these lists when it is evaluated. */
export interface UnitConstants {
  readonly functions: PlatformFunction[];
  readonly types: TypeRef[];
  readonly queries: SoqlQuery[];
  /** What does not compile: it is thrown where it is reached. */
  readonly refusals: SourceError[];
}

/** What the whole program shares while it is compiled. */
export interface ProgramContext {
  readonly schema: OrgSchema;
  readonly types: ReadonlyMap<string, SourceType>;
  readonly resolver: TypeResolver;
  readonly conversions: Conversions;
  /** What was found wrong; compilation goes on to find the rest. */
  readonly errors: SourceError[];
  readonly coverage: boolean;
}

/** One file being compiled. */
export class Unit {
  readonly program: ProgramContext;
  readonly file: string;
  readonly constants: UnitConstants = { functions: [], types: [], queries: [], refusals: [] };
  /** Lines on which a statement stands; what coverage is measured against. */
  readonly executableLines = new Set<number>();
  readonly #typeNumbers = new Map<string, number>();
  #temporaries = 0;

  constructor(program: ProgramContext, file: string) {
    this.program = program;
    this.file = file;
  }

  functionConstant(implementation: PlatformFunction): string {
    let index = this.constants.functions.indexOf(implementation);
    if (index < 0) index = this.constants.functions.push(implementation) - 1;
    return `k[${index}]`;
  }

  typeConstant(type: TypeRef): string {
    const key = `${type.kind}:${typeName(type)}`;
    let index = this.#typeNumbers.get(key);
    if (index === undefined) {
      index = this.constants.types.push(type) - 1;
      this.#typeNumbers.set(key, index);
    }
    return `t[${index}]`;
  }

  queryConstant(query: SoqlQuery): string {
    return `q[${this.constants.queries.push(query) - 1}]`;
  }

  /** A name no Apex identifier can have. */
  temporary(): string {
    this.#temporaries += 1;
    return `$${this.#temporaries}`;
  }

  fail(at: Position, message: string): never {
    throw new SourceError(this.file, at[0], at[1], message);
  }

  unsupported(at: Position, feature: string): never {
    throw new Unsupported(this.file, at[0], at[1], feature);
  }

  /** Notes what does not compile, and answers code that stands in its place and throws it when it is reached. */
  refusal(error: unknown): string {
    if (!(error instanceof SourceError)) throw error;
    this.program.errors.push(error);
    return `r(${this.constants.refusals.push(error) - 1})`;
  }

  type(node: TypeNode, scope: SourceType | null): TypeRef {
    const resolved = this.program.resolver.resolve(node, scope);
    if (!resolved) this.fail(node.at, `Invalid type: ${node.names.join('.')}`);
    return resolved;
  }
}

interface Local {
  readonly js: string;
  readonly type: TypeRef;
}

/** The names that can be seen inside a function's body, block by block. */
export class Scope {
  readonly unit: Unit;
  readonly owner: SourceType | null;
  readonly isStatic: boolean;
  readonly returns: TypeRef;
  /** The object a trigger is on: what Trigger.new holds. */
  readonly triggerObject: string | null;
  /** The property whose accessor this is in: its name means its storage there, not the accessor again. */
  readonly accessorOf: FieldSymbol | null;
  readonly #parent: Scope | null;
  readonly #locals = new Map<string, Local>();

  constructor(
    unit: Unit,
    options: {
      owner: SourceType | null;
      isStatic: boolean;
      returns: TypeRef;
      triggerObject?: string | null;
      accessorOf?: FieldSymbol | null;
    },
    parent: Scope | null = null,
  ) {
    this.unit = unit;
    this.owner = options.owner;
    this.isStatic = options.isStatic;
    this.returns = options.returns;
    this.triggerObject = options.triggerObject ?? null;
    this.accessorOf = options.accessorOf ?? null;
    this.#parent = parent;
  }

  inner(): Scope {
    return new Scope(this.unit, this, this);
  }

  declare(name: string, type: TypeRef): string {
    const js = `v_${name.toLowerCase()}`;
    this.#locals.set(name.toLowerCase(), { js, type });
    return js;
  }

  find(name: string): Local | undefined {
    return this.#locals.get(name.toLowerCase()) ?? this.#parent?.find(name);
  }

  /** Every visible local, the nearest of a name: what dynamic SOQL may bind. */
  visible(): Map<string, Local> {
    const all = this.#parent ? this.#parent.visible() : new Map<string, Local>();
    for (const [name, local] of this.#locals) all.set(name, local);
    return all;
  }
}

export function classVariable(type: SourceType): string {
  return `C[${type.index}]`;
}

/** The statics of a class, initialised on first use. */
export function staticsOf(type: SourceType): string {
  return `$.statics(${type.index})`;
}

export function methodKey(method: MethodSymbol): string {
  return `${method.name.toLowerCase()}/${method.parameters.length}`;
}

/** A type as part of a JavaScript name. */
export function mangled(type: TypeRef): string {
  return typeName(type)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}
