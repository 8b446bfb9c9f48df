import { findPlatformClass } from '../../library/registry.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import type { Expression, Position } from '../syntax/ast.ts';
import { ID, OBJECT, STRING, type ExpressionType } from '../types/conversions.ts';
import { platformNameOf, platformType, readPlatformType } from '../types/platform-types.ts';
import type { FieldSymbol, SourceType } from '../types/symbols.ts';
import { argumentsOf } from '../types/conversions.ts';
import { link, safeLink } from './chains.ts';
import { expression } from './expressions.ts';
import { findField, lookUp } from './members.ts';
import { describeTokens, objectToken, PAGE_REFERENCE } from './tokens.ts';
import { staticsOf, type Compiled, type Scope } from './context.ts';

/** A name alone: a variable, or a field or property of this class, of what it extends or of its outer class. */
export function simpleName(scope: Scope, name: string, at: Position): Compiled {
  const found = variable(scope, name);
  return found ?? scope.unit.fail(at, `Variable does not exist: ${name}`);
}

function variable(scope: Scope, name: string): Compiled | undefined {
  const local = scope.find(name);
  if (local) return { js: local.js, type: local.type };
  for (let owner = scope.owner; owner; owner = owner.outer) {
    const field = findField(scope.unit.program, owner, name);
    if (field && (field.isStatic || (owner === scope.owner && !scope.isStatic)))
      return readField(scope, 'this', field);
  }
  return undefined;
}

/** Reads a field or property of the source. */
export function readField(scope: Scope, receiver: string, field: FieldSymbol): Compiled {
  const target = field.isStatic ? staticsOf(field.owner) : receiver;
  if (field.getter === null || isOwnStorage(scope, receiver, field))
    return { js: `${target}.${field.slot}`, type: field.type };
  return {
    js: field.isStatic ? `C[${field.owner.index}].${field.getter}()` : `${receiver}.${field.getter}()`,
    type: field.type,
  };
}

/** `name`, `this.name` or `Class.name` in an accessor of that property. */
export function isOwnStorage(scope: Scope, receiver: string, field: FieldSymbol): boolean {
  return scope.accessorOf === field && (field.isStatic || receiver === 'this');
}

/** `a.b`: a field, a property, a static, an enum constant, a token, or a record's field. */
export function member(scope: Scope, node: Extract<Expression, { kind: 'member' }>): Compiled {
  const asName = namedMember(scope, node);
  if (asName) return asName;
  const target = expression(scope, node.target);
  const read = (value: Compiled): Compiled => memberOf(scope, value, value.js, node.name, node.at);
  if (!node.safe) return link(target, read);
  const isRecord = target.isQuery && target.type.kind === 'list';
  const receiver = isRecord ? { js: `$.singleOrNull(${target.js})`, type: target.type.element } : target;
  return safeLink(scope.unit, receiver, read);
}

/** What a chain of names means when its head is no variable: a type's static, a label, a token. */
function namedMember(scope: Scope, node: Extract<Expression, { kind: 'member' }>): Compiled | undefined {
  const chain = nameChain(node);
  const [head] = chain ?? [];
  if (!chain || head === undefined || variable(scope, head)) return undefined;
  const { unit } = scope;
  if (isLabel(chain)) return label(scope, chain.at(-1) ?? '', node.at);
  // `Page.Name`: the page of that name, which has to be in the source.
  if (
    chain.length === 2 &&
    head.toLowerCase() === 'page' &&
    unit.program.schema.pages.has((chain[1] ?? '').toLowerCase())
  )
    return { js: `$.page(${JSON.stringify(`/apex/${chain[1] ?? ''}`)})`, type: PAGE_REFERENCE };
  const tokens = describeTokens(scope, chain);
  if (tokens) return tokens;
  // `Trigger.new`: the platform's class, whatever a trigger of the same name may be called.
  for (let length = chain.length - 1; length >= 1; length--) {
    const type = unit.program.resolver.resolveNames(chain.slice(0, length), [], scope.owner);
    if (!type) continue;
    let value = staticMember(scope, type, chain[length] ?? '', node.at);
    if (!value) continue;
    for (const name of chain.slice(length + 1)) value = memberOf(scope, value, value.js, name, node.at);
    return value;
  }
  const type = unit.program.resolver.resolveNames(chain.slice(0, -1), [], scope.owner);
  if (type) return unit.fail(node.at, `Variable does not exist: ${chain.join('.')}`);
  return undefined;
}

/** The names of `a.b.c`, or null where something else stands in it. */
export function nameChain(node: Expression): string[] | null {
  if (node.kind === 'name') return [node.name];
  if (node.kind !== 'member' || node.safe) return null;
  const target = nameChain(node.target);
  return target ? [...target, node.name] : null;
}

/** The type that a chain of names in front of a call means, or null where it is a value. */
export function typeInFront(scope: Scope, node: Expression): TypeRef | null {
  const [head] = nameChain(node) ?? [];
  return head === undefined || variable(scope, head) ? null : typeNamed(scope, node);
}

/** The type that a chain of names means, whatever variable may be called the same. */
export function typeNamed(scope: Scope, node: Expression): TypeRef | null {
  const chain = nameChain(node);
  return chain && scope.unit.program.resolver.resolveNames(chain, [], scope.owner);
}

function isLabel(chain: readonly string[]): boolean {
  const lower = chain.map((name) => name.toLowerCase());
  return (
    (lower.length === 2 && lower[0] === 'label') ||
    (lower.length === 3 && lower[0] === 'system' && lower[1] === 'label')
  );
}

function label(scope: Scope, name: string, at: Position): Compiled {
  const text = scope.unit.program.schema.label(name);
  if (text === undefined) return scope.unit.fail(at, `Invalid label: ${name}`);
  return { js: JSON.stringify(text), type: STRING };
}

/** A static of a type: a field, a property, an enum constant, or a token of an object. */
function staticMember(scope: Scope, type: TypeRef, name: string, at: Position): Compiled | undefined {
  const { program } = scope.unit;
  if (type.kind === 'class') {
    const source = program.resolver.sourceType(type.name);
    return source ? sourceStatic(scope, source, name) : undefined;
  }
  if (type.kind === 'sobject' && type.name !== null) {
    const object = program.schema.object(type.name);
    return object ? objectToken(object, name) : undefined;
  }
  return platformStatic(scope, type, name, at);
}

function sourceStatic(scope: Scope, source: SourceType, name: string): Compiled | undefined {
  if (source.declaration.kind === 'enum') {
    const index = source.declaration.constants.findIndex(
      (constant) => constant.toLowerCase() === name.toLowerCase(),
    );
    return index < 0 ? undefined : { js: `C[${source.index}].constants[${index}]`, type: source.type };
  }
  const field = findField(scope.unit.program, source, name);
  return field?.isStatic ? readField(scope, '', field) : undefined;
}

function platformStatic(scope: Scope, type: TypeRef, name: string, at: Position): Compiled | undefined {
  const owner = platformType(platformNameOf(type));
  const field = owner?.fields.get(name.toLowerCase());
  if (!owner || !field?.isStatic) {
    // BusinessHours is a class and an object.
    const object = owner && scope.unit.program.schema.object(owner.name.replace(/^System\./, ''));
    return object && objectToken(object, name);
  }
  if (owner.kind === 'enum')
    return { js: `$.platformEnum(${JSON.stringify(owner.name)}, ${JSON.stringify(field.name)})`, type };
  const getter = lookUp(findPlatformClass(owner.name)?.staticProperties, field.name);
  if (!getter) return scope.unit.unsupported(at, `${owner.name}.${field.name}`);
  return {
    js: `${scope.unit.functionConstant(getter)}()`,
    type: triggerType(scope, owner.name, readPlatformType(field.type, new Map())),
  };
}

/** Inside a trigger, Trigger.new is a list of its own object. */
function triggerType(scope: Scope, owner: string, type: TypeRef): TypeRef {
  if (owner !== 'System.Trigger' || scope.triggerObject === null) return type;
  const record: TypeRef = { kind: 'sobject', name: scope.triggerObject };
  if (type.kind === 'list') return { kind: 'list', element: record };
  if (type.kind === 'map') return { kind: 'map', key: ID, value: record };
  return type;
}

/** `value.name`, the value being in `js`. */
export function memberOf(scope: Scope, value: Compiled, js: string, name: string, at: Position): Compiled {
  const { type } = value;
  if (value.isQuery && type.kind === 'list' && type.element.kind === 'sobject') {
    return recordMember(scope, { js: `$.single(${js})`, type: type.element }, name, at);
  }
  if (type.kind === 'sobject') return recordMember(scope, { ...value, js }, name, at);
  if (type.kind === 'class') {
    const source = scope.unit.program.resolver.sourceType(type.name);
    const field = source ? findField(scope.unit.program, source, name) : undefined;
    if (field) return { ...readField(scope, js, field), isMember: true };
    return scope.unit.fail(at, `Variable does not exist: ${name}`);
  }
  return platformProperty(scope, type, js, name, at);
}

function platformProperty(
  scope: Scope,
  type: ExpressionType,
  js: string,
  name: string,
  at: Position,
): Compiled {
  if (type.kind === 'null') return scope.unit.fail(at, `Variable does not exist: ${name}`);
  for (
    let owner = platformType(platformNameOf(type));
    owner;
    owner = owner.superclass ? platformType(owner.superclass) : undefined
  ) {
    const field = owner.fields.get(name.toLowerCase());
    if (!field) continue;
    const getter = lookUp(findPlatformClass(owner.name)?.properties, field.name);
    if (!getter) return scope.unit.unsupported(at, `${owner.name}.${field.name}`);
    const substitutions = new Map(
      owner.typeParameters.map((each, index) => [each, argumentsOf(type)[index] ?? OBJECT]),
    );
    return {
      js: `${scope.unit.functionConstant(getter)}($.given(${js}))`,
      type: readPlatformType(field.type, substitutions),
    };
  }
  return scope.unit.fail(at, `Variable does not exist: ${name}`);
}

/** A record's field, its parent, or its children. */
export function recordMember(scope: Scope, record: Compiled, name: string, at: Position): Compiled {
  const type = record.type;
  const object =
    type.kind === 'sobject' && type.name !== null ? scope.unit.program.schema.object(type.name) : undefined;
  // What the platform does of a record that is a member of an object, and does not say: `wrapper.record.Name` is null where the
  // record is, `wrapper.record.Id` throws, and so does `record.Name` of a variable.
  // (salesforce.stackexchange.com/questions/135750; apex-rollup's RollupLimitsTest)
  const isLenient = record.isParent === true || (record.isMember === true && name.toLowerCase() !== 'id');
  const read = isLenient ? 'parentField' : 'field';
  if (!object) {
    if (name.toLowerCase() === 'id') return { js: `$.${read}(${record.js}, "Id")`, type: ID };
    return scope.unit.fail(at, `Field does not exist: ${name} on SObject`);
  }
  const field = object.fields.get(name.toLowerCase());
  if (field) return { js: `$.${read}(${record.js}, ${JSON.stringify(field.name)})`, type: field.apexType };
  const parent = object.parents.get(name.toLowerCase());
  if (parent) {
    const [target] = parent.targets;
    const parentType: TypeRef = {
      kind: 'sobject',
      name: parent.targets.length === 1 && target !== undefined ? target : 'Name',
    };
    return { js: `$.parent(${record.js}, ${JSON.stringify(name)})`, type: parentType, isParent: true };
  }
  const children = object.children.get(name.toLowerCase());
  if (children) {
    return {
      js: `$.children(${record.js}, ${JSON.stringify(children.name)})`,
      type: { kind: 'list', element: { kind: 'sobject', name: children.childObject } },
    };
  }
  return scope.unit.fail(at, `Field does not exist: ${name} on ${object.name}`);
}
