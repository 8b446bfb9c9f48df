import type {
  BoundExpressionContext,
  FieldExpressionContext,
  FieldNameContext,
  FieldOrderListContext,
  GroupByClauseContext,
  LimitClauseContext,
  LogicalExpressionContext,
  OffsetClauseContext,
  QueryContext,
  SelectEntryContext,
  SoqlFunctionContext,
  SubFieldEntryContext,
  SubQueryContext,
  ValueContext,
  WhereClauseContext,
  WhereLogicalExpressionContext,
  WithClauseContext,
} from '@apexdevtools/apex-parser';
import type { ApexParserRuleContext as ParserRuleContext } from '@apexdevtools/apex-parser';
import type {
  FieldPath,
  SoqlCondition,
  SoqlField,
  SoqlFunction,
  SoqlOperand,
  SoqlQuery,
  SoqlValue,
} from './query-ast.ts';
import { at } from './names.ts';
import { expression, optional } from './expressions.ts';
import { unescapeLiteral } from './literals.ts';

/** A query inside brackets or in a string. Throws Error naming a clause that is not supported. */
export function soqlQuery(context: QueryContext): SoqlQuery {
  const from = context.fromNameList();
  const { name, alias } = fromName(
    from.getText(),
    from.fieldName_list(),
    from.soqlId_list().map((id) => id.getText()),
  );
  const groupBy = optional(context.groupByClause());
  return {
    fields: context.selectList().selectEntry_list().map(selectEntry),
    from: name,
    alias,
    where: where(optional(context.whereClause())),
    access: access(optional(context.withClause())),
    groupBy: groupBy ? group(groupBy) : null,
    orderBy: orderBy(optional(context.orderByClause())?.fieldOrderList() ?? null),
    limit: count(optional(context.limitClause())),
    offset: count(optional(context.offsetClause())),
    forUpdate: context.forClauses().UPDATE_list().length > 0,
    allRows: optional(context.allRowsClause()) !== null,
    text: sourceText(context),
    at: at(context),
  };
}

function subQuery(context: SubQueryContext): SoqlQuery {
  const from = context.fromNameList();
  const { name, alias } = fromName(
    from.getText(),
    from.fieldName_list(),
    from.soqlId_list().map((id) => id.getText()),
  );
  return {
    fields: context.subFieldList().subFieldEntry_list().map(selectEntry),
    from: name,
    alias,
    where: where(optional(context.whereClause())),
    access: null,
    groupBy: null,
    orderBy: orderBy(optional(context.orderByClause())?.fieldOrderList() ?? null),
    limit: count(optional(context.limitClause())),
    offset: null,
    forUpdate: false,
    allRows: false,
    text: sourceText(context),
    at: at(context),
  };
}

function fromName(
  text: string,
  names: FieldNameContext[],
  aliases: string[],
): { name: string; alias: string | null } {
  const [first] = names;
  if (names.length !== 1 || !first) throw new Error(`FROM with several objects (${text})`);
  return { name: first.getText(), alias: aliases[0] ?? null };
}

function selectEntry(entry: SelectEntryContext | SubFieldEntryContext): SoqlField {
  const query = optional(entry.subQuery());
  if (query) return { kind: 'query', query: subQuery(query) };
  const alias = optional(entry.soqlId())?.getText() ?? null;
  const call = optional(entry.soqlFunction());
  if (call) return { kind: 'function', function: soqlFunction(call), alias };
  const typeOf = optional(entry.typeOf());
  if (typeOf) {
    return {
      kind: 'typeof',
      path: path(typeOf.fieldName()),
      whens: typeOf.whenClause_list().map((when) => ({
        type: when.fieldName().getText(),
        fields: when.fieldNameList().fieldName_list().map(path),
      })),
      otherwise: optional(typeOf.elseClause())?.fieldNameList().fieldName_list().map(path) ?? [],
    };
  }
  return { kind: 'path', path: path(entry.fieldName()), alias };
}

function path(name: FieldNameContext): FieldPath {
  return name.getText().split('.');
}

function soqlFunction(call: SoqlFunctionContext): SoqlFunction {
  const name = call.getChild(0).getText().toUpperCase();
  if (name === 'DISTANCE' || name === 'GROUPING') throw new Error(`the SOQL function ${name}`);
  const inner = optional(call.soqlFunction());
  const date = optional(call.dateFieldName());
  const field = optional(call.fieldName());
  const parameter = optional(call.soqlFieldsParameter());
  if (inner) return { name, argument: soqlFunction(inner) };
  if (date) {
    const converted = optional(date.CONVERT_TIMEZONE()) !== null;
    const argument = path(date.fieldName());
    return { name, argument: converted ? { name: 'CONVERTTIMEZONE', argument } : argument };
  }
  if (parameter) return { name, argument: [parameter.getText().toUpperCase()] };
  return { name, argument: field ? path(field) : null };
}

function where(clause: WhereClauseContext | null): SoqlCondition | null {
  return clause ? whereLogical(clause.whereLogicalExpression()) : null;
}

function whereLogical(context: WhereLogicalExpressionContext): SoqlCondition {
  const parts = context.whereConditionalExpression_list().map((part): SoqlCondition => {
    const inner = optional(part.whereLogicalExpression());
    if (inner) return whereLogical(inner);
    const comparison = optional(part.whereFieldExpression().fieldExpression());
    if (!comparison) throw new Error(`the condition ${part.getText()}`);
    return compare(comparison);
  });
  return combined(parts, context);
}

export function logical(context: LogicalExpressionContext): SoqlCondition {
  const parts = context.conditionalExpression_list().map((part): SoqlCondition => {
    const inner = optional(part.logicalExpression());
    return inner ? logical(inner) : compare(part.fieldExpression());
  });
  return combined(parts, context);
}

/** NOT stands alone before one condition; AND and OR do not mix without parentheses. */
function combined(
  parts: SoqlCondition[],
  context: WhereLogicalExpressionContext | LogicalExpressionContext,
): SoqlCondition {
  const whole = joined(parts, context.SOQLOR_list().length > 0 ? 'or' : 'and');
  return optional(context.NOT()) ? { kind: 'not', part: whole } : whole;
}

function joined(parts: SoqlCondition[], kind: 'and' | 'or'): SoqlCondition {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind, parts };
}

type Comparison = Extract<SoqlCondition, { kind: 'compare' }>['operator'];

function compare(context: FieldExpressionContext): SoqlCondition {
  const call = optional(context.soqlFunction());
  const field: SoqlOperand = call ? soqlFunction(call) : path(context.fieldName());
  const written = context.comparisonOperator().getText().toUpperCase();
  const operator = (written === '<>' ? '!=' : written === 'NOTIN' ? 'NOT IN' : written) as Comparison;
  return { kind: 'compare', field, operator, value: value(context.value()) };
}

function value(context: ValueContext): SoqlValue {
  const text = context.getText();
  if (optional(context.NULL())) return { kind: 'null' };
  if (optional(context.BooleanLiteral())) return { kind: 'boolean', value: text.toLowerCase() === 'true' };
  if (optional(context.signedNumber())) return { kind: 'number', value: text };
  if (optional(context.StringLiteral()) ?? optional(context.MultilineStringLiteral()))
    return { kind: 'string', value: unescapeLiteral(text) };
  if (optional(context.DateLiteral())) return { kind: 'date', value: text };
  if (optional(context.DateTimeLiteral())) return { kind: 'datetime', value: text };
  if (optional(context.TimeLiteral())) return { kind: 'time', value: text };
  if (optional(context.dateFormula())) {
    const [name = text, days] = text.toUpperCase().split(':');
    return { kind: 'dateFormula', name, count: days === undefined ? null : Number(days) };
  }
  const list = optional(context.valueList());
  if (list) return { kind: 'list', values: list.value_list().map(value) };
  const query = optional(context.subQuery());
  if (query) return { kind: 'query', query: subQuery(query) };
  const bound = optional(context.boundExpression());
  if (bound) return bind(bound);
  throw new Error(`the value ${text} in a query`);
}

export function bind(context: BoundExpressionContext): SoqlValue {
  return { kind: 'bind', expression: expression(context.expression()) };
}

/** WITH also takes data categories, which stand for Knowledge articles only. */
function access(clause: WithClauseContext | null): SoqlQuery['access'] {
  if (!clause) return null;
  const text = clause.getText().toUpperCase();
  if (text === 'WITHUSER_MODE') return 'user';
  if (text === 'WITHSYSTEM_MODE') return 'system';
  if (text === 'WITHSECURITY_ENFORCED') return 'securityEnforced';
  throw new Error(`the clause ${sourceText(clause)}`);
}

function group(clause: GroupByClauseContext): NonNullable<SoqlQuery['groupBy']> {
  const having = optional(clause.logicalExpression());
  const text = clause.getText().toUpperCase();
  const fields = clause
    .fieldGroupByList()
    .fieldGroupBy_list()
    .map((entry): SoqlOperand => {
      const call = optional(entry.soqlFunction());
      return call ? soqlFunction(call) : path(entry.fieldName());
    });
  const kind = text.startsWith('GROUPBYROLLUP(')
    ? 'rollup'
    : text.startsWith('GROUPBYCUBE(')
      ? 'cube'
      : 'plain';
  return { fields, kind, having: having ? logical(having) : null };
}

export function orderBy(list: FieldOrderListContext | null): SoqlQuery['orderBy'] {
  return (list?.fieldOrder_list() ?? []).map((entry) => {
    const call = optional(entry.soqlFunction());
    const text = entry.getText().toUpperCase();
    return {
      field: call ? soqlFunction(call) : path(entry.fieldName()),
      descending: optional(entry.DESC()) !== null,
      nullsLast: text.endsWith('NULLSLAST'),
    };
  });
}

export function count(clause: LimitClauseContext | OffsetClauseContext | null): SoqlValue | null {
  if (!clause) return null;
  const bound = optional(clause.boundExpression());
  return bound ? bind(bound) : { kind: 'number', value: clause.IntegerLiteral().getText() };
}

/** The text as written, spaces included (getText leaves them out). */
export function sourceText(context: ParserRuleContext): string {
  const { start, stop } = context;
  return start.getInputStream().getText(start.start, stop ? stop.stop : start.stop);
}
