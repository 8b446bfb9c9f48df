import type { Expression } from '../syntax/ast.ts';
import { BOOLEAN, INTEGER, isPrimitive, NULL, STRING, isNumber } from '../types/conversions.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import { assignment, step } from './assignments.ts';
import { call, constructorCall } from './calls.ts';
import { endOfChain, isEnclosed, link } from './chains.ts';
import { creation } from './creation.ts';
import { convert } from './members.ts';
import { member, simpleName } from './names.ts';
import { binaryOperation, unaryOperation } from './operators.ts';
import { queryExpression, searchExpression } from './query-expressions.ts';
import type { Compiled, Scope } from './context.ts';

const TYPE: TypeRef = { kind: 'platform', name: 'System.Type', arguments: [] };

/** Compiles an expression. */
export function expression(scope: Scope, node: Expression): Compiled {
  const compiled = compile(scope, node);
  return isEnclosed(node) ? endOfChain(compiled) : compiled;
}

function compile(scope: Scope, node: Expression): Compiled {
  const { unit } = scope;
  switch (node.kind) {
    case 'literal':
      return literal(node);
    case 'name':
      return simpleName(scope, node.name, node.at);
    case 'this':
      if (!scope.owner || scope.isStatic)
        return unit.fail(node.at, 'this cannot be used in a static context');
      return { js: 'this', type: scope.owner.type };
    case 'super':
      return unit.fail(node.at, 'super can only be called');
    case 'classLiteral':
      return {
        js: `$.typeOf(${unit.typeConstant(node.type ? unit.type(node.type, scope.owner) : { kind: 'void' })})`,
        type: TYPE,
      };
    case 'soql':
      return queryExpression(scope, node.query);
    case 'sosl':
      return searchExpression(scope, node.search);
    case 'member':
      return member(scope, node);
    case 'call':
      return call(scope, node);
    case 'constructorCall':
      return constructorCall(scope, node);
    case 'index':
      return index(scope, node);
    case 'new':
    case 'newArray':
    case 'newMap':
    case 'newItems':
      return creation(scope, node);
    case 'cast':
      return cast(scope, node);
    case 'instanceof': {
      const type = unit.type(node.type, scope.owner);
      return {
        js: `$.isInstance(${expression(scope, node.value).js}, ${unit.typeConstant(type)})`,
        type: BOOLEAN,
      };
    }
    case 'unary':
      return (
        negativeLiteral(node) ?? unaryOperation(unit, node.operator, expression(scope, node.value), node.at)
      );
    case 'step':
      return step(scope, node);
    case 'binary':
      return binaryOperation(
        unit,
        node.operator,
        expression(scope, node.left),
        expression(scope, node.right),
        node.at,
      );
    case 'conditional':
      return conditional(scope, node);
    case 'assign':
      return assignment(scope, node);
  }
}

function literal(node: Extract<Expression, { kind: 'literal' }>): Compiled {
  switch (node.type) {
    case 'null':
      return { js: 'null', type: NULL };
    case 'String':
      return { js: JSON.stringify(node.value), type: STRING };
    case 'Boolean':
      return { js: node.value, type: BOOLEAN };
    case 'Integer':
      return { js: node.value.replace(/^0+(?=\d)/, ''), type: INTEGER };
    case 'Long':
      return {
        js: `${node.value.replace(/^(-?)0+(?=\d)/, '$1')}n`,
        type: { kind: 'primitive', name: 'Long' },
      };
    case 'Double':
      return { js: `$.double(${node.value})`, type: { kind: 'primitive', name: 'Double' } };
    case 'Decimal':
      return { js: `$.decimal("${node.value}")`, type: { kind: 'primitive', name: 'Decimal' } };
  }
}

/** `-2147483648` is an Integer, though 2147483648 alone is none. */
function negativeLiteral(node: Extract<Expression, { kind: 'unary' }>): Compiled | undefined {
  if (node.operator !== '-' || node.value.kind !== 'literal' || node.value.type !== 'Integer')
    return undefined;
  return { js: `(-${node.value.value.replace(/^0+(?=\d)/, '')})`, type: INTEGER };
}

function index(scope: Scope, node: Extract<Expression, { kind: 'index' }>): Compiled {
  return link(expression(scope, node.target), (list) => {
    if (list.type.kind !== 'list') return scope.unit.fail(node.at, 'Only a list can be indexed');
    const position = convert(scope.unit, expression(scope, node.index), INTEGER, node.at);
    return { js: `$.at(${list.js}, ${position})`, type: list.type.element };
  });
}

/** A cast checks at run time; between numbers, and between Id and String, it converts. */
function cast(scope: Scope, node: Extract<Expression, { kind: 'cast' }>): Compiled {
  const type = scope.unit.type(node.type, scope.owner);
  const value = expression(scope, node.value);
  if (value.type.kind === 'null') return { js: 'null', type };
  if (isNumber(value.type) && isNumber(type))
    return { js: `$.castNumber(${value.js}, ${scope.unit.typeConstant(type)})`, type };
  if (isPrimitive(value.type, 'String') && isPrimitive(type, 'Id'))
    return { js: `$.toId(${value.js})`, type };
  if (value.isQuery && type.kind === 'sobject') return { js: `$.single(${value.js})`, type };
  return { js: `$.cast(${value.js}, ${scope.unit.typeConstant(type)})`, type };
}

function conditional(scope: Scope, node: Extract<Expression, { kind: 'conditional' }>): Compiled {
  const { unit } = scope;
  const condition = expression(scope, node.condition);
  const then = expression(scope, node.then);
  const otherwise = expression(scope, node.otherwise);
  const type = unit.program.conversions.common(then.type, otherwise.type);
  const side = (value: Compiled) => (type.kind === 'null' ? value.js : convert(unit, value, type, node.at));
  return { js: `($.bool(${condition.js}) ? ${side(then)} : ${side(otherwise)})`, type };
}
