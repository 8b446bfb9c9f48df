import { typeName, type TypeRef } from '../../values/type-ref.ts';
import type { BinaryOperator, Position } from '../syntax/ast.ts';
import {
  BOOLEAN,
  INTEGER,
  isNumber,
  isPrimitive,
  STRING,
  widerNumber,
  type ExpressionType,
} from '../types/conversions.ts';
import type { Compiled, Unit } from './context.ts';

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
};
const BITWISE: Readonly<Record<string, string>> = {
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'left',
  '>>': 'right',
  '>>>': 'rightUnsigned',
};
const COMPARISON: Readonly<Record<string, string>> = { '<': '< 0', '<=': '<= 0', '>': '> 0', '>=': '>= 0' };

/** `left operator right`, both sides compiled, with the semantics their declared types ask for. */
export function binaryOperation(
  unit: Unit,
  operator: BinaryOperator,
  left: Compiled,
  right: Compiled,
  at: Position,
): Compiled {
  switch (operator) {
    case '&&':
    case '||':
      return { js: `($.bool(${left.js}) ${operator} $.bool(${right.js}))`, type: BOOLEAN };
    case '==':
      return { js: equality(left, right), type: BOOLEAN };
    case '!=':
      return { js: `!${equality(left, right)}`, type: BOOLEAN };
    case '===':
      return { js: `(${left.js} === ${right.js})`, type: BOOLEAN };
    case '!==':
      return { js: `(${left.js} !== ${right.js})`, type: BOOLEAN };
    case '??':
      // A query that finds nothing is null there, where one record is meant.
      if (left.isQuery && right.type.kind === 'sobject')
        return { js: `($.singleOrNull(${left.js}) ?? ${right.js})`, type: right.type };
      return coalesced(unit, left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(operator, left, right);
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
    case '>>>':
      return bitwise(unit, operator, left, right, at);
    default:
      return arithmetic(unit, operator, left, right, at);
  }
}

/** Both sides as the type that they have in common. */
function coalesced(unit: Unit, left: Compiled, right: Compiled): Compiled {
  const type = unit.program.conversions.common(left.type, right.type);
  const side = (value: Compiled): string => (type.kind === 'null' ? value.js : converted(value, type));
  return { js: `(${side(left)} ?? ${side(right)})`, type };
}

function equality(left: Compiled, right: Compiled): string {
  if (left.type.kind === 'null' || right.type.kind === 'null') return `(${left.js} === ${right.js})`;
  if (isPrimitive(left.type, 'Boolean') && isPrimitive(right.type, 'Boolean'))
    return `(${left.js} === ${right.js})`;
  if (isPrimitive(left.type, 'Integer') && isPrimitive(right.type, 'Integer'))
    return `(${left.js} === ${right.js})`;
  if (isPrimitive(left.type, 'Id') || isPrimitive(right.type, 'Id'))
    return `$.sameId(${left.js}, ${right.js})`;
  if (isPrimitive(left.type, 'String') && isPrimitive(right.type, 'String'))
    return `$.sameText(${left.js}, ${right.js})`;
  return `$.equal(${left.js}, ${right.js})`;
}

function comparison(operator: '<' | '<=' | '>' | '>=', left: Compiled, right: Compiled): Compiled {
  const compare =
    isPrimitive(left.type, 'Integer') && isPrimitive(right.type, 'Integer') ? 'compareIntegers' : 'compare';
  return { js: `($.${compare}(${left.js}, ${right.js}) ${COMPARISON[operator] ?? ''})`, type: BOOLEAN };
}

function bitwise(
  unit: Unit,
  operator: BinaryOperator,
  left: Compiled,
  right: Compiled,
  at: Position,
): Compiled {
  const name = BITWISE[operator] ?? '';
  if (isPrimitive(left.type, 'Boolean') && isPrimitive(right.type, 'Boolean')) {
    return { js: `$.${name}Boolean(${left.js}, ${right.js})`, type: BOOLEAN };
  }
  const isShift = operator.length > 1;
  const type = isShift ? widerNumber(left.type, left.type) : widerNumber(left.type, right.type);
  if (isPrimitive(type, 'Integer')) {
    const amount = isShift && isPrimitive(right.type, 'Long') ? `$.longToInteger(${right.js})` : right.js;
    return { js: `$.${name}Integer(${left.js}, ${amount})`, type: INTEGER };
  }
  if (isPrimitive(type, 'Long')) {
    return { js: `$.${name}Long(${number(left, type)}, ${number(right, type)})`, type };
  }
  return unit.fail(at, `${operator} cannot be applied to ${typeText(left.type)} and ${typeText(right.type)}`);
}

function arithmetic(
  unit: Unit,
  operator: BinaryOperator,
  left: Compiled,
  right: Compiled,
  at: Position,
): Compiled {
  if (operator === '+' && (isText(left.type) || isText(right.type))) {
    return { js: `$.concat(${left.js}, ${right.js})`, type: STRING };
  }
  const name = ARITHMETIC[operator];
  if (name === undefined) return unit.unsupported(at, `the operator ${operator}`);
  if (isNumber(left.type) && isNumber(right.type)) {
    const type = widerNumber(left.type, right.type);
    return { js: `$.${name}${typeName(type)}(${number(left, type)}, ${number(right, type)})`, type };
  }
  if (
    isPrimitive(left.type, 'Date', 'Datetime', 'Time') &&
    isNumber(right.type) &&
    (operator === '+' || operator === '-')
  ) {
    return { js: `$.${name}ToDate(${left.js}, ${right.js})`, type: left.type };
  }
  return unit.fail(at, `${operator} cannot be applied to ${typeText(left.type)} and ${typeText(right.type)}`);
}

function isText(type: ExpressionType): boolean {
  return isPrimitive(type, 'String', 'Id');
}

/** The expression as a wider number. */
export function number(value: Compiled, to: TypeRef): string {
  if (value.type.kind !== 'primitive' || to.kind !== 'primitive' || value.type.name === to.name)
    return value.js;
  return `$.widen${value.type.name}To${to.name}(${value.js})`;
}

/** `-x`, `!x`, `~x`. */
export function unaryOperation(
  unit: Unit,
  operator: '-' | '+' | '!' | '~',
  value: Compiled,
  at: Position,
): Compiled {
  if (operator === '!') return { js: `!$.bool(${value.js})`, type: BOOLEAN };
  if (!isNumber(value.type)) return unit.fail(at, `${operator} cannot be applied to ${typeText(value.type)}`);
  if (operator === '+') return value;
  const name = (value.type as { name: string }).name;
  return {
    js: operator === '-' ? `$.negate${name}(${value.js})` : `$.not${name}(${value.js})`,
    type: value.type,
  };
}

export function typeText(type: ExpressionType): string {
  return type.kind === 'null' ? 'null' : typeName(type);
}

/** One value as another type where Apex converts by itself; the distance has been checked. */
export function converted(value: Compiled, to: TypeRef): string {
  const { type, js } = value;
  if (type.kind === 'null') return js;
  if (value.isQuery && type.kind === 'list' && to.kind === 'sobject') return `$.single(${js})`;
  if (isNumber(type) && isNumber(to)) return number(value, to);
  if (isPrimitive(type, 'String') && isPrimitive(to, 'Id')) return `$.toId(${js})`;
  if (isPrimitive(type, 'Date') && isPrimitive(to, 'Datetime')) return `$.toDatetime(${js})`;
  return js;
}
