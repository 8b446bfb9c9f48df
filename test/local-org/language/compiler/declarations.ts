import type { TypeRef } from '../../values/type-ref.ts';
import type { Block, Expression, Member, MethodNode, Position, PropertyNode } from '../syntax/ast.ts';
import { VOID } from '../types/conversions.ts';
import {
  hasAnnotation,
  hasWord,
  type ConstructorSymbol,
  type FieldSymbol,
  type MethodSymbol,
  type SourceType,
} from '../types/symbols.ts';
import { expression } from './expressions.ts';
import { convert, superclassOf } from './members.ts';
import { statements } from './statements.ts';
import type { Output } from './output.ts';
import { classVariable, Scope, type Unit } from './context.ts';

/** The code of a type and of those inside it, in the order of the source. */
export function typeCode(unit: Unit, output: Output, type: SourceType): void {
  output.add(type.declaration.at[0], '');
  if (type.declaration.kind !== 'class') return;
  initialiser(unit, output, type, false);
  initialiser(unit, output, type, true);
  for (const constructor of type.constructors)
    if (!constructor.node) constructorCode(unit, output, type, constructor, type.declaration.at);
  const methods = new Map<MethodNode, MethodSymbol>();
  for (const overloads of type.methods.values())
    for (const method of overloads) methods.set(method.node, method);
  for (const member of type.declaration.members) memberCode(unit, output, type, member, methods);
}

function memberCode(
  unit: Unit,
  output: Output,
  type: SourceType,
  member: Member,
  methods: ReadonlyMap<MethodNode, MethodSymbol>,
): void {
  switch (member.kind) {
    case 'method': {
      const method = methods.get(member);
      if (method) methodCode(unit, output, method);
      return;
    }
    case 'constructor': {
      const constructor = type.constructors.find((each) => each.node === member);
      if (constructor) constructorCode(unit, output, type, constructor, member.at);
      return;
    }
    case 'property':
      propertyCode(unit, output, type, member);
      return;
    case 'class':
    case 'interface':
    case 'enum': {
      const inner = type.inner.get(member.name.toLowerCase());
      if (inner) typeCode(unit, output, inner);
      return;
    }
    case 'field':
    case 'initializer':
      return;
  }
}

/** Fields get their values, and blocks run, in the order of the source; statics on first use, the rest in construction. */
function initialiser(unit: Unit, output: Output, type: SourceType, isStatic: boolean): void {
  const name = isStatic ? 'initialiseStatics' : 'prototype.initialise';
  const scope = new Scope(unit, { owner: type, isStatic, returns: VOID });
  const members = type.declaration.kind === 'class' ? type.declaration.members : [];
  output.here(`${classVariable(type)}.${name} = function () {`);
  const parent = isStatic ? undefined : superclassOf(unit.program, type);
  if (parent) output.here(`${classVariable(parent)}.prototype.initialise.call(this);`);
  for (const member of members) {
    if (member.kind === 'initializer' && member.isStatic === isStatic) body(scope, output, member.body);
    if (member.kind !== 'field' || hasWord(member.modifiers, 'static') !== isStatic || !member.initial)
      continue;
    const field = type.fields.get(member.name.toLowerCase());
    if (!field) continue;
    unit.executableLines.add(member.at[0]);
    output.add(member.at[0], unit.program.coverage ? `n[${member.at[0]}]++;` : '');
    output.here(initialValue(scope, field, member.initial, member.at));
  }
  output.here('};');
}

/** A field gets its value; one whose value does not compile is refused when it is read. */
function initialValue(scope: Scope, field: FieldSymbol, initial: Expression, at: Position): string {
  const target = field.isStatic ? `$.statics(${field.owner.index})` : 'this';
  try {
    return `${target}.${field.slot} = ${convert(scope.unit, expression(scope, initial), field.type, at)};`;
  } catch (error) {
    return `$.refuseField(${target}, ${JSON.stringify(field.slot)}, () => ${scope.unit.refusal(error)});`;
  }
}

function body(scope: Scope, output: Output, node: Block): void {
  const inner = scope.inner();
  output.add(node.at[0], '{');
  statements(inner, output, node.statements);
  output.here('}');
}

function parameterList(
  scope: Scope,
  parameters: readonly { readonly name: string; readonly type: TypeRef }[],
): string {
  return parameters.map((parameter) => scope.declare(parameter.name, parameter.type)).join(', ');
}

function methodCode(unit: Unit, output: Output, method: MethodSymbol): void {
  if (!method.node.body) return;
  const scope = new Scope(unit, { owner: method.owner, isStatic: method.isStatic, returns: method.returns });
  const target = method.isStatic ? classVariable(method.owner) : `${classVariable(method.owner)}.prototype`;
  // The function's name is what a stack trace shows: Class.Outer.Inner.method.
  const name = `${method.owner.name.replace('.', '$')}$$${method.name}`;
  output.add(
    method.node.at[0],
    `${target}.${method.jsName} = function ${name}(${parameterList(scope, method.parameters)}) {`,
  );
  // A call of a @future method only notes its arguments; the body runs in a transaction of its own.
  const isFuture = method.isStatic && hasAnnotation(method.node.modifiers, 'future');
  const names = method.parameters.map((parameter) => scope.find(parameter.name)?.js ?? parameter.name);
  if (isFuture)
    output.here(
      `return $.future(${JSON.stringify(method.owner.name)}, ${JSON.stringify(method.name)}, [${names.join(', ')}], function ${name}(${names.join(', ')}) {`,
    );
  if (method.isStatic && method.owner.hasStatics) output.here(`$.statics(${method.owner.index});`);
  statements(scope, output, method.node.body.statements);
  output.here(isFuture ? 'return null;});};' : 'return null;};');
}

/**
 * Superclass first, then the body; `this(…)` leaves all that to the other constructor. The fields of the whole object have
 * their values before: an override that a superclass's constructor calls finds them set.
 */
function constructorCode(
  unit: Unit,
  output: Output,
  type: SourceType,
  constructor: ConstructorSymbol,
  at: Position,
): void {
  const scope = new Scope(unit, { owner: type, isStatic: false, returns: VOID });
  const name = `${type.name.replace('.', '$')}$$init`;
  output.add(
    at[0],
    `${classVariable(type)}.prototype.${constructor.jsName} = function ${name}(${parameterList(scope, constructor.parameters)}) {`,
  );
  if (type.hasStatics) output.here(`$.statics(${type.index});`);
  const body = constructor.node?.body.statements ?? [];
  const [first] = body;
  if (first?.kind !== 'expression' || first.expression.kind !== 'constructorCall')
    output.here(superConstruction(unit, type));
  statements(scope, output, body);
  output.here('return this;};');
}

function superConstruction(unit: Unit, type: SourceType): string {
  const parent = superclassOf(unit.program, type);
  const constructor = parent?.constructors.find((each) => each.parameters.length === 0);
  return parent && constructor ? `${classVariable(parent)}.prototype.${constructor.jsName}.call(this);` : '';
}

function propertyCode(unit: Unit, output: Output, type: SourceType, node: PropertyNode): void {
  const field = type.fields.get(node.name.toLowerCase());
  if (!field) return;
  const target = field.isStatic ? classVariable(type) : `${classVariable(type)}.prototype`;
  const storage = field.isStatic ? `$.statics(${type.index})` : 'this';
  if (field.getter !== null) accessor(unit, output, field, node, `${target}.${field.getter}`, storage, 'get');
  if (field.setter !== null) accessor(unit, output, field, node, `${target}.${field.setter}`, storage, 'set');
}

function accessor(
  unit: Unit,
  output: Output,
  field: FieldSymbol,
  node: PropertyNode,
  target: string,
  storage: string,
  which: 'get' | 'set',
): void {
  const written = which === 'get' ? node.getter : node.setter;
  const returns = which === 'get' ? field.type : VOID;
  const { owner, isStatic } = field;
  const scope = new Scope(unit, { owner, isStatic, returns, accessorOf: field });
  const name = `${field.owner.name.replace('.', '$')}$$${field.name}`;
  const parameter = which === 'set' ? scope.declare('value', field.type) : '';
  // An assignment has a value: the setter answers what it was given, the body stands in a function of its own.
  output.add((written?.body?.at ?? node.at)[0], `${target} = function ${name}(${parameter}) {`);
  if (!written?.body)
    output.here(
      which === 'get' ? `return ${storage}.${field.slot};` : `${storage}.${field.slot} = ${parameter};`,
    );
  else if (which === 'get') statements(scope, output, written.body.statements);
  else {
    output.here('(() => {');
    statements(scope, output, written.body.statements);
    output.here('})();');
  }
  output.here(which === 'get' ? 'return null;};' : `return ${parameter};};`);
}
