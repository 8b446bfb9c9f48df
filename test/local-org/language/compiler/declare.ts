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
export function resolveParents(declaring: Declaring, type: SourceType): void {
  const known = (nodes: readonly TypeNode[]): TypeRef[] =>
    nodes.flatMap((node) => {
      const found = declaring.resolver.resolve(node, type);
      if (!found) declaring.errors.push(invalidType(type, node));
      return found ? [found] : [];
    });
  const { declaration } = type;
  if (declaration.kind === 'class') {
    type.superclass = known(declaration.extends ? [declaration.extends] : [])[0] ?? null;
    type.interfaces = known(declaration.implements);
  } else if (declaration.kind === 'interface') {
    type.interfaces = known(declaration.extends);
  }
}

/** What the members of a program's types are declared with; what is wrong with one is noted, and the others go on. */
export interface Declaring {
  readonly resolver: TypeResolver;
  readonly errors: SourceError[];
}

function invalidType({ file }: SourceType, node: TypeNode): SourceError {
  return new SourceError(file, node.at[0], node.at[1], `Invalid type: ${node.names.join('.')}`);
}

/** The type written. One that is not known is noted, and stands for itself: nothing can be done with its values. */
function resolved({ resolver, errors }: Declaring, scope: SourceType, node: TypeNode): TypeRef {
  const type = resolver.resolve(node, scope);
  if (type) return type;
  errors.push(invalidType(scope, node));
  return { kind: 'platform', name: node.names.join('.'), arguments: [] };
}

/** Fields, properties, methods and constructors with their types. */
export function declareMembers(declaring: Declaring, type: SourceType): void {
  const { declaration } = type;
  if (declaration.kind === 'interface') declareInterface(declaring, type, declaration);
  if (declaration.kind === 'class') declareClass(declaring, type, declaration);
}

function declareInterface(declaring: Declaring, type: SourceType, declaration: InterfaceNode): void {
  for (const method of declaration.methods) declareMethod(declaring, type, method);
}

function declareClass(declaring: Declaring, type: SourceType, declaration: ClassNode): void {
  for (const member of declaration.members) {
    try {
      declareMember(declaring, type, member);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      declaring.errors.push(error);
    }
  }
  const isException = type.superclass?.kind === 'platform' && type.superclass.name.endsWith('Exception');
  if (type.constructors.length === 0 && !isException)
    type.constructors.push({ parameters: [], jsName: 'c_', node: null });
}

function declareMember(declaring: Declaring, type: SourceType, member: Member): void {
  switch (member.kind) {
    case 'method':
      declareMethod(declaring, type, member);
      return;
    case 'constructor':
      declareConstructor(declaring, type, member);
      return;
    case 'field': {
      const isStatic = hasWord(member.modifiers, 'static');
      if (isStatic && member.initial) type.hasStatics = true;
      addField(
        type,
        {
          name: member.name,
          owner: type,
          type: resolved(declaring, type, member.type),
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
          type: resolved(declaring, type, member.type),
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
  declaring: Declaring,
  type: SourceType,
  nodes: readonly ParameterNode[],
): { name: string; type: TypeRef }[] {
  return nodes.map((node) => ({ name: node.name, type: resolved(declaring, type, node.type) }));
}

function declareMethod(declaring: Declaring, type: SourceType, node: MethodNode): void {
  const parameters = parametersOf(declaring, type, node.parameters);
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
    returns: node.returns ? resolved(declaring, type, node.returns) : { kind: 'void' },
    jsName,
    node,
  });
  type.methods.set(key, overloads);
}

function declareConstructor(declaring: Declaring, type: SourceType, node: ConstructorNode): void {
  const parameters = parametersOf(declaring, type, node.parameters);
  type.constructors.push({
    parameters,
    jsName: `c_${parameters.map((each) => mangled(each.type)).join('$')}`,
    node,
  });
}
