import {
  ArrayExpressionContext,
  Arth1ExpressionContext,
  Arth2ExpressionContext,
  AssignExpressionContext,
  BitAndExpressionContext,
  BitExpressionContext,
  BitNotExpressionContext,
  BitOrExpressionContext,
  CastExpressionContext,
  CmpExpressionContext,
  CoalExpressionContext,
  CondExpressionContext,
  DotExpressionContext,
  EqualityExpressionContext,
  IdPrimaryContext,
  InstanceOfExpressionContext,
  LiteralPrimaryContext,
  LogAndExpressionContext,
  LogOrExpressionContext,
  MethodCallExpressionContext,
  NegExpressionContext,
  NewExpressionContext,
  PostOpExpressionContext,
  PreOpExpressionContext,
  PrimaryExpressionContext,
  SoqlPrimaryContext,
  SoslPrimaryContext,
  SubExpressionContext,
  SuperPrimaryContext,
  ThisPrimaryContext,
  TypeRefPrimaryContext,
  VoidPrimaryContext,
  type CreatorContext,
  ExpressionContext,
  type ExpressionListContext,
  type LiteralContext,
  type PrimaryContext,
} from '@apexdevtools/apex-parser';
import type { BinaryOperator, Expression, TypeNode } from './ast.ts';
import { at, idText, typeNode } from './names.ts';
import { soqlQuery } from './queries.ts';
import { soslSearch } from './searches.ts';
import { unescapeLiteral } from './literals.ts';

/** ANTLR's accessors answer null where the grammar has nothing, whatever their declared type says. */
export function optional<T>(context: T | null | undefined): T | null {
  return context ?? null;
}

export function expressions(list: ExpressionListContext | null): Expression[] {
  return list ? list.expression_list().map(expression) : [];
}

export function expression(context: ExpressionContext): Expression {
  const where = at(context);
  if (context instanceof PrimaryExpressionContext) return primary(context.primary());
  if (context instanceof SubExpressionContext) return enclosed(expression(context.expression()));
  if (context instanceof DotExpressionContext) return dot(context);
  if (context instanceof MethodCallExpressionContext) return methodCall(context);
  if (context instanceof NewExpressionContext) return creator(context.creator());
  if (context instanceof ArrayExpressionContext) {
    return {
      kind: 'index',
      target: expression(context.expression(0)),
      index: expression(context.expression(1)),
      at: where,
    };
  }
  if (context instanceof CastExpressionContext) {
    return {
      kind: 'cast',
      type: typeNode(context.typeRef()),
      value: expression(context.expression()),
      at: where,
    };
  }
  if (context instanceof InstanceOfExpressionContext) {
    return {
      kind: 'instanceof',
      type: typeNode(context.typeRef()),
      value: expression(context.expression()),
      at: where,
    };
  }
  if (context instanceof PostOpExpressionContext) {
    const operator = optional(context.INC()) ? '++' : '--';
    return { kind: 'step', operator, prefix: false, target: expression(context.expression()), at: where };
  }
  if (context instanceof PreOpExpressionContext) return prefixed(context);
  if (context instanceof NegExpressionContext) {
    const operator = optional(context.TILDE()) ? '~' : '!';
    return { kind: 'unary', operator, value: expression(context.expression()), at: where };
  }
  if (context instanceof CondExpressionContext) {
    const [condition, then, otherwise] = context.expression_list().map(expression);
    if (!condition || !then || !otherwise) throw new Error('a conditional has three parts');
    return { kind: 'conditional', condition, then, otherwise, at: where };
  }
  return binary(context);
}

function enclosed(node: Expression): Expression {
  const isLink = node.kind === 'member' || node.kind === 'call' || node.kind === 'index';
  return isLink ? { ...node, isEnclosed: true } : node;
}

function prefixed(context: PreOpExpressionContext): Expression {
  const where = at(context);
  const value = expression(context.expression());
  if (optional(context.INC()))
    return { kind: 'step', operator: '++', prefix: true, target: value, at: where };
  if (optional(context.DEC()))
    return { kind: 'step', operator: '--', prefix: true, target: value, at: where };
  return { kind: 'unary', operator: optional(context.SUB()) ? '-' : '+', value, at: where };
}

const BINARY = [
  Arth1ExpressionContext,
  Arth2ExpressionContext,
  BitAndExpressionContext,
  BitExpressionContext,
  BitNotExpressionContext,
  BitOrExpressionContext,
  CmpExpressionContext,
  CoalExpressionContext,
  EqualityExpressionContext,
  LogAndExpressionContext,
  LogOrExpressionContext,
];

function binary(context: ExpressionContext): Expression {
  const where = at(context);
  if (context instanceof AssignExpressionContext) {
    const [target, value] = context.expression_list().map(expression);
    const written = operatorText(context);
    if (!target || !value) throw new Error('an assignment has two sides');
    const operator = written === '=' ? '=' : (written.slice(0, -1) as BinaryOperator);
    return { kind: 'assign', operator, target, value, at: where };
  }
  if (!BINARY.some((kind) => context instanceof kind))
    throw new Error(`no expression of kind ${context.constructor.name}`);
  const [left, right] = context.getTypedRuleContexts(ExpressionContext).map(expression);
  if (!left || !right) throw new Error('a binary expression has two sides');
  const written = operatorText(context);
  const operator = (written === '<>' ? '!=' : written) as BinaryOperator;
  return { kind: 'binary', operator, left, right, at: where };
}

/** What stands between the two operands: `>>>` comes as three tokens, so that generics can close. */
function operatorText(context: ExpressionContext): string {
  let text = '';
  for (let index = 1; index < context.getChildCount() - 1; index++) text += context.getChild(index).getText();
  return text;
}

function primary(context: PrimaryContext): Expression {
  const where = at(context);
  if (context instanceof ThisPrimaryContext) return { kind: 'this', at: where };
  if (context instanceof SuperPrimaryContext) return { kind: 'super', at: where };
  if (context instanceof IdPrimaryContext) return { kind: 'name', name: idText(context.id()), at: where };
  if (context instanceof LiteralPrimaryContext) return literal(context.literal());
  if (context instanceof TypeRefPrimaryContext)
    return { kind: 'classLiteral', type: typeNode(context.typeRef()), at: where };
  if (context instanceof VoidPrimaryContext) return { kind: 'classLiteral', type: null, at: where };
  if (context instanceof SoqlPrimaryContext)
    return { kind: 'soql', query: soqlQuery(context.soqlLiteral().query()), at: where };
  if (context instanceof SoslPrimaryContext)
    return { kind: 'sosl', search: soslSearch(context.soslLiteral()), at: where };
  throw new Error(`no primary of kind ${context.constructor.name}`);
}

export function literal(context: LiteralContext): Expression {
  const where = at(context);
  const text = context.getText();
  if (optional(context.IntegerLiteral())) return { kind: 'literal', type: 'Integer', value: text, at: where };
  if (optional(context.LongLiteral()))
    return { kind: 'literal', type: 'Long', value: text.slice(0, -1), at: where };
  if (optional(context.NumberLiteral())) {
    const isDouble = /[dD]$/.test(text);
    return {
      kind: 'literal',
      type: isDouble ? 'Double' : 'Decimal',
      value: isDouble ? text.slice(0, -1) : text,
      at: where,
    };
  }
  if (optional(context.BooleanLiteral()))
    return { kind: 'literal', type: 'Boolean', value: text.toLowerCase(), at: where };
  if (optional(context.NULL())) return { kind: 'literal', type: 'null', value: '', at: where };
  return { kind: 'literal', type: 'String', value: unescapeLiteral(text), at: where };
}

function dot(context: DotExpressionContext): Expression {
  const where = at(context);
  const target = expression(context.expression());
  const safe = optional(context.QUESTIONDOT()) !== null;
  const call = optional(context.dotMethodCall());
  if (!call) return { kind: 'member', target, name: idText(context.anyId()), safe, at: where };
  // The position of the name, not of the receiver: calls chained over lines are told apart in a stack trace.
  return {
    kind: 'call',
    target,
    name: idText(call.anyId()),
    arguments: expressions(optional(call.expressionList())),
    safe,
    at: at(call),
  };
}

function methodCall(context: MethodCallExpressionContext): Expression {
  const where = at(context);
  const call = context.methodCall();
  const given = expressions(optional(call.expressionList()));
  if (optional(call.THIS())) return { kind: 'constructorCall', which: 'this', arguments: given, at: where };
  if (optional(call.SUPER())) return { kind: 'constructorCall', which: 'super', arguments: given, at: where };
  return { kind: 'call', target: null, name: idText(call.id()), arguments: given, safe: false, at: where };
}

function creator(context: CreatorContext): Expression {
  const where = at(context);
  const type = createdType(context);
  const array = optional(context.arrayCreatorRest());
  if (array) {
    const size = optional(array.expression());
    const items = optional(array.arrayInitializer());
    return {
      kind: 'newArray',
      type: { names: ['List'], arguments: [type], at: where },
      size: size ? expression(size) : null,
      items: items ? items.expression_list().map(expression) : null,
      at: where,
    };
  }
  const map = optional(context.mapCreatorRest());
  if (map) {
    const entries = map
      .mapCreatorRestPair_list()
      .map((pair): [Expression, Expression] => [
        expression(pair.expression(0)),
        expression(pair.expression(1)),
      ]);
    return { kind: 'newMap', type, entries, at: where };
  }
  const set = optional(context.setCreatorRest());
  if (set) return { kind: 'newItems', type, items: set.expression_list().map(expression), at: where };
  const rest = optional(context.classCreatorRest());
  if (!rest) return { kind: 'newItems', type, items: [], at: where };
  return {
    kind: 'new',
    type,
    arguments: expressions(optional(rest.arguments().expressionList())),
    at: where,
  };
}

function createdType(context: CreatorContext): TypeNode {
  const pairs = context.createdName().idCreatedNamePair_list();
  const last = pairs.at(-1);
  const list = last ? optional(last.typeList()) : null;
  return {
    names: pairs.map((pair) => idText(pair.anyId())),
    arguments: list ? list.typeRef_list().map(typeNode) : [],
    at: at(context),
  };
}
