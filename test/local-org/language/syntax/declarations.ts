import type {
  ClassBodyDeclarationContext,
  ClassDeclarationContext,
  EnumDeclarationContext,
  FormalParametersContext,
  InterfaceDeclarationContext,
  MemberDeclarationContext,
  ModifierContext,
  PropertyDeclarationContext,
} from '@apexdevtools/apex-parser';
import type {
  ClassNode,
  EnumNode,
  InterfaceNode,
  Member,
  MethodNode,
  ParameterNode,
  PropertyNode,
} from './ast.ts';
import { expression, optional } from './expressions.ts';
import { at, idText, modifiers, typeNode } from './names.ts';
import { block } from './statements.ts';

export function classDeclaration(
  context: ClassDeclarationContext,
  words: readonly ModifierContext[],
): ClassNode {
  const parent = optional(context.typeRef());
  const interfaces = optional(context.typeList());
  return {
    kind: 'class',
    name: idText(context.id()),
    modifiers: modifiers(words),
    extends: parent ? typeNode(parent) : null,
    implements: interfaces ? interfaces.typeRef_list().map(typeNode) : [],
    members: context.classBody().classBodyDeclaration_list().flatMap(classMember),
    at: at(context),
  };
}

export function interfaceDeclaration(
  context: InterfaceDeclarationContext,
  words: readonly ModifierContext[],
): InterfaceNode {
  const parents = optional(context.typeList());
  return {
    kind: 'interface',
    name: idText(context.id()),
    modifiers: modifiers(words),
    extends: parents ? parents.typeRef_list().map(typeNode) : [],
    methods: context
      .interfaceBody()
      .interfaceMethodDeclaration_list()
      .map((method): MethodNode => {
        const returned = optional(method.typeRef());
        return {
          kind: 'method',
          name: idText(method.id()),
          modifiers: modifiers(method.modifier_list()),
          returns: returned ? typeNode(returned) : null,
          parameters: parameters(method.formalParameters()),
          body: null,
          at: at(method),
        };
      }),
    at: at(context),
  };
}

export function enumDeclaration(
  context: EnumDeclarationContext,
  words: readonly ModifierContext[],
): EnumNode {
  const constants = optional(context.enumConstants());
  return {
    kind: 'enum',
    name: idText(context.id()),
    modifiers: modifiers(words),
    constants: constants ? constants.id_list().map(idText) : [],
    at: at(context),
  };
}

function classMember(context: ClassBodyDeclarationContext): Member[] {
  const initializer = optional(context.block());
  if (initializer) {
    return [
      {
        kind: 'initializer',
        isStatic: optional(context.STATIC()) !== null,
        body: block(initializer),
        at: at(context),
      },
    ];
  }
  const member = optional(context.memberDeclaration());
  return member ? memberDeclaration(member, context.modifier_list()) : [];
}

/** Triggers and anonymous blocks declare members too, in contexts of their own with the same accessors. */
type AnyMember = Omit<MemberDeclarationContext, 'constructorDeclaration'> &
  Partial<Pick<MemberDeclarationContext, 'constructorDeclaration'>>;

export function memberDeclaration(context: AnyMember, words: readonly ModifierContext[]): Member[] {
  const method = optional(context.methodDeclaration());
  if (method) {
    const returned = optional(method.typeRef());
    const body = optional(method.block());
    return [
      {
        kind: 'method',
        name: idText(method.id()),
        modifiers: modifiers(words),
        returns: returned ? typeNode(returned) : null,
        parameters: parameters(method.formalParameters()),
        body: body ? block(body) : null,
        at: at(method),
      },
    ];
  }
  const constructor = context.constructorDeclaration ? optional(context.constructorDeclaration()) : null;
  if (constructor) {
    return [
      {
        kind: 'constructor',
        modifiers: modifiers(words),
        parameters: parameters(constructor.formalParameters()),
        body: block(constructor.block()),
        at: at(constructor),
      },
    ];
  }
  const field = optional(context.fieldDeclaration());
  if (field) {
    return field
      .variableDeclarators()
      .variableDeclarator_list()
      .map((variable) => {
        const initial = optional(variable.expression());
        return {
          kind: 'field' as const,
          name: idText(variable.id()),
          modifiers: modifiers(words),
          type: typeNode(field.typeRef()),
          initial: initial ? expression(initial) : null,
          at: at(variable),
        };
      });
  }
  const property = optional(context.propertyDeclaration());
  if (property) return [propertyDeclaration(property, words)];
  return [nestedType(context, words)];
}

function nestedType(context: AnyMember, words: readonly ModifierContext[]): Member {
  const nestedClass = optional(context.classDeclaration());
  if (nestedClass) return classDeclaration(nestedClass, words);
  const nestedInterface = optional(context.interfaceDeclaration());
  if (nestedInterface) return interfaceDeclaration(nestedInterface, words);
  return enumDeclaration(context.enumDeclaration(), words);
}

function propertyDeclaration(
  context: PropertyDeclarationContext,
  words: readonly ModifierContext[],
): PropertyNode {
  let getter: PropertyNode['getter'] = null;
  let setter: PropertyNode['setter'] = null;
  for (const accessor of context.propertyBlock_list()) {
    const get = optional(accessor.getter());
    const set = optional(accessor.setter());
    const body = optional((get ?? accessor.setter()).block());
    if (get) getter = { body: body ? block(body) : null };
    if (set) setter = { body: body ? block(body) : null };
  }
  return {
    kind: 'property',
    name: idText(context.id()),
    modifiers: modifiers(words),
    type: typeNode(context.typeRef()),
    getter,
    setter,
    at: at(context),
  };
}

function parameters(context: FormalParametersContext): ParameterNode[] {
  const list = optional(context.formalParameterList());
  return (list?.formalParameter_list() ?? []).map((parameter) => ({
    name: idText(parameter.id()),
    type: typeNode(parameter.typeRef()),
  }));
}
