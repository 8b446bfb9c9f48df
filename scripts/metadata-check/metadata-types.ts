import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** What one element of a metadata type may hold. */
export interface ElementType {
  readonly name: string;
  readonly required: boolean;
  readonly repeated: boolean;
  /** A nested type's name, or null for a plain value. */
  readonly nested: string | null;
  /** The values of an enumeration, `true`/`false` for a boolean; null where any text is allowed. */
  readonly values: readonly string[] | null;
  readonly numeric: boolean;
}

/** Elements by name, in the order in which the Metadata API writes them. */
export type MetadataType = ReadonlyMap<string, ElementType>;

/**
 * The Metadata API's types as `@salesforce/types` declares them (generated from Salesforce's own WSDL). The file is
 * read as text: declarations are erased at run time, so the syntax tree is the only place where they stand.
 */
export class MetadataTypes {
  readonly #declarations = new Map<string, ts.TypeNode>();
  readonly #types = new Map<string, MetadataType>();

  constructor() {
    const file = createRequire(import.meta.url)
      .resolve('@salesforce/types/metadata')
      .replace(/\.js$/, '.d.ts');
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
    for (const statement of source.statements) {
      if (ts.isTypeAliasDeclaration(statement)) this.#declarations.set(statement.name.text, statement.type);
    }
  }

  find(name: string): MetadataType | undefined {
    const known = this.#types.get(name);
    if (known) return known;
    const declaration = this.#declarations.get(name);
    if (!declaration) return undefined;
    const type = new Map<string, ElementType>();
    this.#collect(declaration, type);
    this.#types.set(name, type);
    return type;
  }

  /** A type is one literal of members, or an intersection of a base type and such a literal. */
  #collect(node: ts.TypeNode, into: Map<string, ElementType>): void {
    if (ts.isIntersectionTypeNode(node)) {
      for (const part of node.types) this.#collect(part, into);
    } else if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
      const base = this.#declarations.get(node.typeName.text);
      if (base) this.#collect(base, into);
    } else if (ts.isTypeLiteralNode(node)) {
      for (const member of node.members) {
        if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name) || !member.type) continue;
        into.set(
          member.name.text,
          this.#element(member.name.text, member.type, member.questionToken === undefined),
        );
      }
    }
  }

  #element(name: string, type: ts.TypeNode, required: boolean): ElementType {
    if (ts.isArrayTypeNode(type)) {
      return { ...this.#element(name, type.elementType, false), repeated: true };
    }
    const plain = { name, required, repeated: false, nested: null, values: null, numeric: false };
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return { ...plain, values: ['true', 'false'] };
    if (type.kind === ts.SyntaxKind.NumberKeyword) return { ...plain, numeric: true };
    if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return plain;
    const target = this.#declarations.get(type.typeName.text);
    if (!target) return plain;
    const values = literalValues(target);
    return values ? { ...plain, values } : { ...plain, nested: type.typeName.text };
  }
}

/** The strings of `'a' | 'b'`; null for anything else. */
function literalValues(node: ts.TypeNode): string[] | null {
  const parts = ts.isUnionTypeNode(node) ? [...node.types] : [node];
  const values: string[] = [];
  for (const part of parts) {
    if (!ts.isLiteralTypeNode(part) || !ts.isStringLiteral(part.literal)) return null;
    values.push(part.literal.text);
  }
  return values;
}
