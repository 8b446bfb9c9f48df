import { findPlatformClass } from '../../library/registry.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import type { BinaryOperator, Expression, Position } from '../syntax/ast.ts';
import { isNumber } from '../types/conversions.ts';
import { platformNameOf, platformType, readPlatformType } from '../types/platform-types.ts';
import type { FieldSymbol } from '../types/symbols.ts';
import { isSafeChain } from './chains.ts';
import { expression } from './expressions.ts';
import { convert, findField, lookUp } from './members.ts';
import { isOwnStorage, nameChain, readField, recordMember, typeInFront } from './names.ts';
import { binaryOperation } from './operators.ts';
import { staticsOf, type Compiled, type Scope } from './context.ts';

/** Somewhere a value can be put: how to read it, how to write it, each evaluating the target once. */
interface Place {
  readonly type: TypeRef;
  /** Evaluates what stands before the last name or index, into temporaries; empty where nothing has to be. */
  readonly before: string;
  readonly read: Compiled;
  write(js: string): string;
}

/** `a = b`, `a += b`. Its value is what was assigned. */
export function assignment(scope: Scope, node: Extract<Expression, { kind: 'assign' }>): Compiled {
  const target = place(scope, node.target);
  const value = expression(scope, node.value);
  if (node.operator === '=') {
    return {
      js: joined(target.before, target.write(convert(scope.unit, value, target.type, node.at))),
      type: target.type,
    };
  }
  const result = combined(scope, node.operator, target, value, node.at);
  return { js: joined(target.before, target.write(result)), type: target.type };
}

/** `i += 1L` stores an Integer again: a compound assignment converts back to its target. */
function combined(
  scope: Scope,
  operator: BinaryOperator,
  target: Place,
  value: Compiled,
  at: Position,
): string {
  const result = binaryOperation(scope.unit, operator, target.read, value, at);
  if (isNumber(result.type) && isNumber(target.type))
    return `$.castNumber(${result.js}, ${scope.unit.typeConstant(target.type)})`;
  return convert(scope.unit, result, target.type, at);
}

/** `++i`, `i++`. */
export function step(scope: Scope, node: Extract<Expression, { kind: 'step' }>): Compiled {
  const target = place(scope, node.target);
  if (!isNumber(target.type)) return scope.unit.fail(node.at, `${node.operator} needs a number`);
  const one: Compiled = { js: '1', type: { kind: 'primitive', name: 'Integer' } };
  const operator = node.operator === '++' ? '+' : '-';
  if (node.prefix)
    return {
      js: joined(target.before, target.write(combined(scope, operator, target, one, node.at))),
      type: target.type,
    };
  const old = scope.unit.temporary();
  const changed = combined(
    scope,
    operator,
    { ...target, read: { js: old, type: target.type } },
    one,
    node.at,
  );
  return {
    js: `((${old}) => (${joined(target.before, target.write(changed))}, ${old}))(${joined(target.before, target.read.js)})`,
    type: target.type,
  };
}

function joined(before: string, js: string): string {
  return before === '' ? js : `(${before}, ${js})`;
}

function place(scope: Scope, node: Expression): Place {
  if (isSafeChain(node)) return scope.unit.fail(node.at, 'Nothing can be assigned through ?.');
  switch (node.kind) {
    case 'name':
      return namePlace(scope, node.name, node.at);
    case 'index':
      return indexPlace(scope, node);
    case 'member':
      return memberPlace(scope, node);
    default:
      return scope.unit.fail(node.at, 'This cannot be assigned to');
  }
}

function namePlace(scope: Scope, name: string, at: Position): Place {
  const local = scope.find(name);
  if (local)
    return {
      type: local.type,
      before: '',
      read: { js: local.js, type: local.type },
      write: (js) => `(${local.js} = ${js})`,
    };
  for (let owner = scope.owner; owner; owner = owner.outer) {
    const field = findField(scope.unit.program, owner, name);
    if (field && (field.isStatic || (owner === scope.owner && !scope.isStatic)))
      return fieldPlace(scope, 'this', '', field);
  }
  return scope.unit.fail(at, `Variable does not exist: ${name}`);
}

function fieldPlace(scope: Scope, receiver: string, before: string, field: FieldSymbol): Place {
  const target = field.isStatic ? staticsOf(field.owner) : receiver;
  const setter = field.setter;
  return {
    type: field.type,
    before,
    read: readField(scope, receiver, field),
    write: (js) => {
      if (setter === null || isOwnStorage(scope, receiver, field)) return `(${target}.${field.slot} = ${js})`;
      return field.isStatic ? `C[${field.owner.index}].${setter}(${js})` : `${receiver}.${setter}(${js})`;
    },
  };
}

function indexPlace(scope: Scope, node: Extract<Expression, { kind: 'index' }>): Place {
  const list = expression(scope, node.target);
  if (list.type.kind !== 'list') return scope.unit.fail(node.at, 'Only a list can be indexed');
  const position = convert(
    scope.unit,
    expression(scope, node.index),
    { kind: 'primitive', name: 'Integer' },
    node.at,
  );
  const type = list.type.element;
  const at = hoisted(scope);
  const from = hoisted(scope);
  return {
    type,
    before: `${from} = ${list.js}, ${at} = ${position}`,
    read: { js: `$.at(${from}, ${at})`, type },
    write: (js) => `$.setAt(${from}, ${at}, ${js})`,
  };
}

/** A variable of the unit itself: expressions that need it never overlap, since they run to their end at once … */
function hoisted(scope: Scope): string {
  return `h.${scope.unit.temporary()}`;
}

function memberPlace(scope: Scope, node: Extract<Expression, { kind: 'member' }>): Place {
  const chain = nameChain(node.target);
  const type = chain ? typeInFront(scope, node.target) : null;
  if (type) return staticPlace(scope, type, node);
  const target = expression(scope, node.target);
  const receiver = isSimple(target.js) ? target.js : hoisted(scope);
  const before = receiver === target.js ? '' : `${receiver} = ${target.js}`;
  if (target.type.kind === 'sobject') {
    const record = { ...target, js: receiver, isParent: false, isMember: false };
    const read = recordMember(scope, record, node.name, node.at);
    return {
      type: read.type as TypeRef,
      before,
      read,
      write: (js) => `$.setField(${receiver}, ${JSON.stringify(node.name)}, ${js})`,
    };
  }
  if (target.type.kind === 'class') {
    const source = scope.unit.program.resolver.sourceType(target.type.name);
    const field = source ? findField(scope.unit.program, source, node.name) : undefined;
    return field
      ? fieldPlace(scope, receiver, before, field)
      : scope.unit.fail(node.at, `Variable does not exist: ${node.name}`);
  }
  return platformPlace(scope, target, receiver, before, node);
}

function isSimple(js: string): boolean {
  return /^(this|v_\w+)$/.test(js);
}

function staticPlace(scope: Scope, type: TypeRef, node: Extract<Expression, { kind: 'member' }>): Place {
  if (type.kind === 'class') {
    const source = scope.unit.program.resolver.sourceType(type.name);
    const field = source ? findField(scope.unit.program, source, node.name) : undefined;
    if (field?.isStatic) return fieldPlace(scope, '', '', field);
    return scope.unit.fail(node.at, `Variable does not exist: ${node.name}`);
  }
  const owner = platformType(platformNameOf(type));
  const field = owner?.fields.get(node.name.toLowerCase());
  const library = owner ? findPlatformClass(owner.name) : undefined;
  const setter = field ? lookUp(library?.staticProperties, `${field.name}=`) : undefined;
  const getter = field ? lookUp(library?.staticProperties, field.name) : undefined;
  if (!owner || !field || !setter || !getter)
    return scope.unit.unsupported(node.at, `assigning to ${owner?.name ?? ''}.${node.name}`);
  const fieldType = readPlatformType(field.type, new Map());
  return {
    type: fieldType,
    before: '',
    read: { js: `${scope.unit.functionConstant(getter)}()`, type: fieldType },
    write: (js) => `${scope.unit.functionConstant(setter)}(${js})`,
  };
}

function platformPlace(
  scope: Scope,
  target: Compiled,
  receiver: string,
  before: string,
  node: Extract<Expression, { kind: 'member' }>,
): Place {
  if (target.type.kind !== 'platform')
    return scope.unit.fail(node.at, `Variable does not exist: ${node.name}`);
  for (
    let owner = platformType(target.type.name);
    owner;
    owner = owner.superclass ? platformType(owner.superclass) : undefined
  ) {
    const field = owner.fields.get(node.name.toLowerCase());
    if (!field) continue;
    const properties = findPlatformClass(owner.name)?.properties;
    const getter = lookUp(properties, field.name);
    const setter = lookUp(properties, `${field.name}=`);
    if (!getter || !setter)
      return scope.unit.unsupported(node.at, `assigning to ${owner.name}.${field.name}`);
    const type = readPlatformType(field.type, new Map());
    return {
      type,
      before,
      read: { js: `${scope.unit.functionConstant(getter)}($.given(${receiver}))`, type },
      write: (js) => `${scope.unit.functionConstant(setter)}($.given(${receiver}), ${js})`,
    };
  }
  return scope.unit.fail(node.at, `Variable does not exist: ${node.name}`);
}
