/**
 * A type as the running program knows it: what a list holds, what a cast asks for, what JSON is read into.
 * The compiler resolves every type written in source to one of these.
 */
export type TypeRef =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'void' }
  /** `SObject` itself is `{ kind: 'sobject', name: null }`. */
  | { readonly kind: 'sobject'; readonly name: string | null }
  | { readonly kind: 'list'; readonly element: TypeRef }
  | { readonly kind: 'set'; readonly element: TypeRef }
  | { readonly kind: 'map'; readonly key: TypeRef; readonly value: TypeRef }
  /** A class, interface or enum of the loaded source: `DI_Outbox`, `DI_Outbox.Row`. */
  | { readonly kind: 'class'; readonly name: string }
  /** A class, interface or enum of the platform, by the full name of the platform-types file. */
  | { readonly kind: 'platform'; readonly name: string; readonly arguments: readonly TypeRef[] };

/** The primitives that have values; Object holds any of them. */
export const PRIMITIVE_NAMES = [
  'Boolean',
  'Integer',
  'Long',
  'Double',
  'Decimal',
  'String',
  'Id',
  'Date',
  'Datetime',
  'Time',
  'Blob',
] as const;

export type PrimitiveName = 'Object' | (typeof PRIMITIVE_NAMES)[number];

/** The type as Apex prints it, `List<Contact>`. */
export function typeName(type: TypeRef): string {
  switch (type.kind) {
    case 'primitive':
      return type.name;
    case 'void':
      return 'void';
    case 'sobject':
      return type.name ?? 'SObject';
    case 'list':
      return `List<${typeName(type.element)}>`;
    case 'set':
      return `Set<${typeName(type.element)}>`;
    case 'map':
      return `Map<${typeName(type.key)}, ${typeName(type.value)}>`;
    case 'class':
      return type.name;
    case 'platform':
      return type.arguments.length === 0
        ? type.name
        : `${type.name}<${type.arguments.map(typeName).join(', ')}>`;
  }
}
