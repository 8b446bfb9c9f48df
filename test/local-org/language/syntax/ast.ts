import type { SoqlQuery, SoslSearch } from './query-ast.ts';

/** Line (from 1) and column (from 1) in the source. */
export type Position = readonly [line: number, column: number];

/** A type as written: `Map<String, Outer.Inner>[]` is names, arguments and array depth. */
export interface TypeNode {
  readonly names: readonly string[];
  readonly arguments: readonly TypeNode[];
  readonly at: Position;
}

export interface Annotation {
  readonly name: string;
  /** `@IsTest(SeeAllData=true)` → seealldata: true. A lone value stands under the empty name. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Modifiers {
  /** Lower case: `public`, `static`, `with sharing`, `virtual` … */
  readonly words: readonly string[];
  readonly annotations: readonly Annotation[];
}

export interface ParameterNode {
  readonly name: string;
  readonly type: TypeNode;
}

export type Declaration = ClassNode | InterfaceNode | EnumNode;

export interface ClassNode {
  readonly kind: 'class';
  readonly name: string;
  readonly modifiers: Modifiers;
  readonly extends: TypeNode | null;
  readonly implements: readonly TypeNode[];
  readonly members: readonly Member[];
  readonly at: Position;
}

export interface InterfaceNode {
  readonly kind: 'interface';
  readonly name: string;
  readonly modifiers: Modifiers;
  readonly extends: readonly TypeNode[];
  readonly methods: readonly MethodNode[];
  readonly at: Position;
}

export interface EnumNode {
  readonly kind: 'enum';
  readonly name: string;
  readonly modifiers: Modifiers;
  readonly constants: readonly string[];
  readonly at: Position;
}

export type Member = Declaration | MethodNode | ConstructorNode | FieldNode | PropertyNode | InitializerNode;

export interface MethodNode {
  readonly kind: 'method';
  readonly name: string;
  readonly modifiers: Modifiers;
  /** null: void. */
  readonly returns: TypeNode | null;
  readonly parameters: readonly ParameterNode[];
  readonly body: Block | null;
  readonly at: Position;
}

export interface ConstructorNode {
  readonly kind: 'constructor';
  readonly modifiers: Modifiers;
  readonly parameters: readonly ParameterNode[];
  readonly body: Block;
  readonly at: Position;
}

export interface FieldNode {
  readonly kind: 'field';
  readonly name: string;
  readonly modifiers: Modifiers;
  readonly type: TypeNode;
  readonly initial: Expression | null;
  readonly at: Position;
}

export interface PropertyNode {
  readonly kind: 'property';
  readonly name: string;
  readonly modifiers: Modifiers;
  readonly type: TypeNode;
  /** null: there is no such accessor; an empty body (`get;`) is `{ body: null }`. */
  readonly getter: { readonly body: Block | null } | null;
  readonly setter: { readonly body: Block | null } | null;
  readonly at: Position;
}

export interface InitializerNode {
  readonly kind: 'initializer';
  readonly isStatic: boolean;
  readonly body: Block;
  readonly at: Position;
}

export interface Block {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
  readonly at: Position;
}

export type AccessLevelWord = 'user' | 'system' | null;

export type Statement =
  | Block
  | {
      kind: 'local';
      type: TypeNode;
      variables: { name: string; initial: Expression | null; at: Position }[];
      at: Position;
    }
  | { kind: 'expression'; expression: Expression; at: Position }
  | { kind: 'if'; condition: Expression; then: Statement; otherwise: Statement | null; at: Position }
  | { kind: 'switch'; subject: Expression; cases: SwitchCase[]; at: Position }
  | { kind: 'forEach'; type: TypeNode; name: string; over: Expression; body: Statement; at: Position }
  | {
      kind: 'for';
      initial: Statement[];
      condition: Expression | null;
      update: Expression[];
      body: Statement;
      at: Position;
    }
  | { kind: 'while'; condition: Expression; body: Statement; at: Position }
  | { kind: 'doWhile'; condition: Expression; body: Statement; at: Position }
  | { kind: 'try'; body: Block; catches: CatchNode[]; finally: Block | null; at: Position }
  | { kind: 'return'; value: Expression | null; at: Position }
  | { kind: 'throw'; value: Expression; at: Position }
  | { kind: 'break'; at: Position }
  | { kind: 'continue'; at: Position }
  | {
      kind: 'dml';
      operation: 'insert' | 'update' | 'upsert' | 'delete' | 'undelete';
      value: Expression;
      access: AccessLevelWord;
      externalId: string | null;
      at: Position;
    }
  | { kind: 'merge'; winner: Expression; losers: Expression; access: AccessLevelWord; at: Position }
  | { kind: 'runAs'; users: Expression[]; body: Block; at: Position }
  | { kind: 'empty'; at: Position };

export interface CatchNode {
  readonly type: TypeNode;
  readonly name: string;
  readonly body: Block;
}

export interface SwitchCase {
  /** null: `when else`. */
  readonly values: readonly SwitchValue[] | null;
  /** `when Contact c`. */
  readonly binding: { readonly type: TypeNode; readonly name: string } | null;
  readonly body: Block;
  readonly at: Position;
}

export type SwitchValue =
  | { readonly kind: 'literal'; readonly value: Expression }
  | { readonly kind: 'name'; readonly names: readonly string[] };

export type LiteralType = 'Integer' | 'Long' | 'Double' | 'Decimal' | 'String' | 'Boolean' | 'null';

/** A link of a chain, `a.b`, `a.b()` or `a[b]`, is enclosed where parentheses stand around it: there the chain ends. */
export type Expression =
  | { kind: 'literal'; type: LiteralType; value: string; at: Position }
  | { kind: 'name'; name: string; at: Position }
  | { kind: 'this'; at: Position }
  | { kind: 'super'; at: Position }
  | { kind: 'classLiteral'; type: TypeNode | null; at: Position }
  | { kind: 'soql'; query: SoqlQuery; at: Position }
  | { kind: 'sosl'; search: SoslSearch; at: Position }
  | { kind: 'member'; target: Expression; name: string; safe: boolean; at: Position; isEnclosed?: true }
  | {
      kind: 'call';
      target: Expression | null;
      name: string;
      arguments: Expression[];
      safe: boolean;
      at: Position;
      isEnclosed?: true;
    }
  | { kind: 'constructorCall'; which: 'this' | 'super'; arguments: Expression[]; at: Position }
  | { kind: 'index'; target: Expression; index: Expression; at: Position; isEnclosed?: true }
  | { kind: 'new'; type: TypeNode; arguments: Expression[]; at: Position }
  | { kind: 'newArray'; type: TypeNode; size: Expression | null; items: Expression[] | null; at: Position }
  | { kind: 'newMap'; type: TypeNode; entries: [Expression, Expression][]; at: Position }
  | { kind: 'newItems'; type: TypeNode; items: Expression[]; at: Position }
  | { kind: 'cast'; type: TypeNode; value: Expression; at: Position }
  | { kind: 'instanceof'; type: TypeNode; value: Expression; at: Position }
  | { kind: 'unary'; operator: '-' | '+' | '!' | '~'; value: Expression; at: Position }
  | { kind: 'step'; operator: '++' | '--'; prefix: boolean; target: Expression; at: Position }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; at: Position }
  | { kind: 'conditional'; condition: Expression; then: Expression; otherwise: Expression; at: Position }
  | { kind: 'assign'; operator: '=' | BinaryOperator; target: Expression; value: Expression; at: Position };

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '>>>'
  | '&&'
  | '||'
  | '=='
  | '!='
  | '==='
  | '!=='
  | '<'
  | '>'
  | '<='
  | '>='
  | '??';

/** What one file holds. */
export type SourceFile =
  | { readonly kind: 'type'; readonly declaration: Declaration }
  | {
      readonly kind: 'trigger';
      readonly name: string;
      readonly object: string;
      readonly events: readonly string[];
      readonly body: Block;
      readonly at: Position;
    }
  | { readonly kind: 'anonymous'; readonly body: Block };
