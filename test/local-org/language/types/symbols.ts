import type { TypeRef } from '../../values/type-ref.ts';
import type {
  ConstructorNode,
  Declaration,
  Expression,
  FieldNode,
  InitializerNode,
  Member,
  MethodNode,
  Modifiers,
  ParameterNode,
  PropertyNode,
} from '../syntax/ast.ts';

/** A class, interface or enum of the source, its types resolved. */
export interface SourceType {
  /** `Outer` or `Outer.Inner`. */
  readonly name: string;
  readonly file: string;
  readonly declaration: Declaration;
  readonly outer: SourceType | null;
  readonly type: TypeRef;
  /** Position in the program; the number that generated names carry. */
  readonly index: number;
  superclass: TypeRef | null;
  interfaces: TypeRef[];
  readonly inner: Map<string, SourceType>;
  readonly fields: Map<string, FieldSymbol>;
  readonly methods: Map<string, MethodSymbol[]>;
  readonly constructors: ConstructorSymbol[];
  readonly initializers: InitializerNode[];
  /** Statics with a value or a static block: the class must be initialised before use. */
  hasStatics: boolean;
}

export interface FieldSymbol {
  readonly name: string;
  readonly owner: SourceType;
  readonly type: TypeRef;
  readonly isStatic: boolean;
  /** The JavaScript property that holds the value. */
  readonly slot: string;
  readonly node: FieldNode | PropertyNode | null;
  readonly initial: Expression | null;
  /** A property whose reading or writing runs code (its own, or an override's). */
  readonly getter: string | null;
  readonly setter: string | null;
}

export interface MethodSymbol {
  readonly name: string;
  readonly owner: SourceType;
  readonly isStatic: boolean;
  readonly parameters: readonly { readonly name: string; readonly type: TypeRef }[];
  readonly returns: TypeRef;
  readonly jsName: string;
  readonly node: MethodNode;
}

export interface ConstructorSymbol {
  readonly parameters: readonly { readonly name: string; readonly type: TypeRef }[];
  readonly jsName: string;
  readonly node: ConstructorNode | null;
}

export type { Member, ParameterNode };

export function hasWord(modifiers: Modifiers, word: string): boolean {
  return modifiers.words.includes(word);
}

export function hasAnnotation(modifiers: Modifiers, name: string): boolean {
  return modifiers.annotations.some((annotation) => annotation.name === name);
}

export function accessOf(modifiers: Modifiers): 'private' | 'protected' | 'public' | 'global' {
  for (const access of ['global', 'public', 'protected'] as const)
    if (modifiers.words.includes(access)) return access;
  return modifiers.words.includes('webservice') ? 'global' : 'private';
}
