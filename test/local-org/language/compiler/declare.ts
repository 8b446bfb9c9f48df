import type { TypeRef } from '../../values/type-ref.ts';
import type {
  ClassNode,
  ConstructorNode,
  Declaration,
  InterfaceNode,
  Member,
  MethodNode,
  ParameterNode,
  TypeNode,
} from '../syntax/ast.ts';
import type { TypeResolver } from '../types/resolver.ts';
import { hasWord, type FieldSymbol, type SourceType } from '../types/symbols.ts';
import { SourceError } from '../../values/object.ts';
import { mangled } from './context.ts';

/** The names of a file's types, before anything in them is resolved. */
export function declareTypes(file: string, declaration: Declaration, types: Map<string, SourceType>): void {
  add(file, declaration, null, types);
}

function add(
  file: string,
  declaration: Declaration,
  outer: SourceType | null,
  types: Map<string, SourceType>,
): SourceType {
  const name = outer ? `${outer.name}.${declaration.name}` : declaration.name;
  const [line, column] = declaration.at;
  if (types.has(name.toLowerCase()))
    throw new SourceError(file, line, column, `Type already defined: ${name}`);
  const type: SourceType = {
    name,
    file,
    declaration,
    outer,
    type: { kind: 'class', name },
    index: types.size,
    superclass: null,
    interfaces: [],
    inner: new Map(),
    fields: new Map(),
    methods: new Map(),
    constructors: [],
    initializers: [],
    hasStatics: false,
  };
  types.set(name.toLowerCase(), type);
  if (declaration.kind === 'class') {
    for (const member of declaration.members) {
      if (member.kind === 'class' || member.kind === 'interface' || member.kind === 'enum') {
        type.inner.set(member.name.toLowerCase(), add(file, member, type, types));
      }
    }
  }
  return type;
}

/** What a type extends and implements. */
export function resolveParents(resolver: TypeResolver, type: SourceType): void {
  const resolve = (node: TypeNode) => resolved(resolver, type, node);
  const { declaration } = type;
  if (declaration.kind === 'class') {
    type.superclass = declaration.extends ? resolve(declaration.extends) : null;
    type.interfaces = declaration.implements.map(resolve);
  } else if (declaration.kind === 'interface') {
    type.interfaces = declaration.extends.map(resolve);
  }
}

function resolved(resolver: TypeResolver, scope: SourceType, node: TypeNode): TypeRef {
  // A class's own parents are looked for around it, not inside what is only now being resolved.
  const type = resolver.resolve(node, scope);
  if (!type)
    throw new SourceError(scope.file, node.at[0], node.at[1], `Invalid type: ${node.names.join('.')}`);
  return type;
}

/** Fields, properties, methods and constructors with their types. */
export function declareMembers(resolver: TypeResolver, type: SourceType): void {
  const { declaration } = type;
  if (declaration.kind === 'interface') declareInterface(resolver, type, declaration);
  if (declaration.kind === 'class') declareClass(resolver, type, declaration);
}

function declareInterface(resolver: TypeResolver, type: SourceType, declaration: InterfaceNode): void {
  for (const method of declaration.methods) declareMethod(resolver, type, method);
}

function declareClass(resolver: TypeResolver, type: SourceType, declaration: ClassNode): void {
  for (const member of declaration.members) declareMember(resolver, type, member);
  const isException = type.superclass?.kind === 'platform';
  if (type.constructors.length === 0 && !isException)
    type.constructors.push({ parameters: [], jsName: 'c_', node: null });
}

function declareMember(resolver: TypeResolver, type: SourceType, member: Member): void {
  switch (member.kind) {
    case 'method':
      declareMethod(resolver, type, member);
      return;
    case 'constructor':
      declareConstructor(resolver, type, member);
      return;
    case 'field': {
      const isStatic = hasWord(member.modifiers, 'static');
      if (isStatic && member.initial) type.hasStatics = true;
      addField(
        type,
        {
          name: member.name,
          owner: type,
          type: resolved(resolver, type, member.type),
          isStatic,
          slot: `f_${member.name.toLowerCase()}`,
          node: member,
          initial: member.initial,
          getter: null,
          setter: null,
        },
        member.at,
      );
      return;
    }
    case 'property': {
      const isStatic = hasWord(member.modifiers, 'static');
      const isPolymorphic = ['virtual', 'abstract', 'override'].some((word) =>
        hasWord(member.modifiers, word),
      );
      const runsCode =
        isPolymorphic || (member.getter?.body ?? null) !== null || (member.setter?.body ?? null) !== null;
      const key = member.name.toLowerCase();
      addField(
        type,
        {
          name: member.name,
          owner: type,
          type: resolved(resolver, type, member.type),
          isStatic,
          slot: `f_${key}`,
          node: member,
          initial: null,
          getter: runsCode && member.getter ? `g_${key}` : null,
          setter: runsCode && member.setter ? `s_${key}` : null,
        },
        member.at,
      );
      return;
    }
    case 'initializer':
      if (member.isStatic) type.hasStatics = true;
      type.initializers.push(member);
      return;
    default:
  }
}

function addField(type: SourceType, field: FieldSymbol, at: readonly [number, number]): void {
  const key = field.name.toLowerCase();
  if (type.fields.has(key)) throw new SourceError(type.file, at[0], at[1], `Duplicate field: ${field.name}`);
  type.fields.set(key, field);
}

function parametersOf(
  resolver: TypeResolver,
  type: SourceType,
  nodes: readonly ParameterNode[],
): { name: string; type: TypeRef }[] {
  return nodes.map((node) => ({ name: node.name, type: resolved(resolver, type, node.type) }));
}

function declareMethod(resolver: TypeResolver, type: SourceType, node: MethodNode): void {
  const parameters = parametersOf(resolver, type, node.parameters);
  const key = node.name.toLowerCase();
  const overloads = type.methods.get(key) ?? [];
  const jsName = `m_${key}$${parameters.map((each) => mangled(each.type)).join('$')}`;
  if (overloads.some((each) => each.jsName === jsName)) {
    throw new SourceError(type.file, node.at[0], node.at[1], `Method already defined: ${node.name}`);
  }
  overloads.push({
    name: node.name,
    owner: type,
    isStatic: hasWord(node.modifiers, 'static') || hasWord(node.modifiers, 'testmethod'),
    parameters,
    returns: node.returns ? resolved(resolver, type, node.returns) : { kind: 'void' },
    jsName,
    node,
  });
  type.methods.set(key, overloads);
}

function declareConstructor(resolver: TypeResolver, type: SourceType, node: ConstructorNode): void {
  const parameters = parametersOf(resolver, type, node.parameters);
  type.constructors.push({
    parameters,
    jsName: `c_${parameters.map((each) => mangled(each.type)).join('$')}`,
    node,
  });
}
