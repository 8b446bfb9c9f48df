import { typeName, type TypeRef } from '../../values/type-ref.ts';
import type { Block, Expression, Statement, SwitchCase, SwitchValue } from '../syntax/ast.ts';
import { BOOLEAN, type ExpressionType } from '../types/conversions.ts';
import { expression } from './expressions.ts';
import { convert } from './members.ts';
import { converted, typeText } from './operators.ts';
import type { Output } from './output.ts';
import type { Compiled, Scope } from './context.ts';

export function block(scope: Scope, output: Output, node: Block): void {
  output.add(node.at[0], '{');
  statements(scope.inner(), output, node.statements);
  output.here('}');
}

/** Statements in their order. What follows a variable whose type is not known is left out: it could only be misread. */
export function statements(scope: Scope, output: Output, nodes: readonly Statement[]): void {
  for (const each of nodes) {
    statement(scope, output, each);
    if (each.kind === 'local' && each.variables.some(({ name }) => !scope.find(name))) return;
  }
}

/** Compiles a statement. In place of one that does not compile stands its refusal, and the rest goes on, so that all faults come at once. */
export function statement(scope: Scope, output: Output, node: Statement): void {
  const mark = output.mark();
  try {
    emit(scope, output, node);
  } catch (error) {
    const refusal = scope.unit.refusal(error);
    output.backTo(mark);
    output.add(node.at[0], `${refusal};`);
    // The variables are there, so that what follows compiles; nothing reaches it.
    if (node.kind === 'local')
      for (const { name } of node.variables) output.here(`let v_${name.toLowerCase()} = null;`);
  }
}

function emit(scope: Scope, output: Output, node: Statement): void {
  if (node.kind === 'block') {
    block(scope, output, node);
    return;
  }
  if (node.kind === 'empty') return;
  output.add(node.at[0], covered(scope, node));
  switch (node.kind) {
    case 'local':
      localVariables(scope, output, node);
      return;
    case 'expression':
      output.here(`${expression(scope, node.expression).js};`);
      return;
    case 'if':
      output.here(`if (${condition(scope, node.condition)}) `);
      nested(scope, output, node.then);
      if (node.otherwise) {
        output.here(' else ');
        nested(scope, output, node.otherwise);
      }
      return;
    case 'while':
      output.here(`while ($.tick(), ${condition(scope, node.condition)}) `);
      nested(scope, output, node.body);
      return;
    case 'doWhile':
      output.here('do ');
      nested(scope, output, node.body);
      output.here(` while ($.tick(), ${condition(scope, node.condition)});`);
      return;
    case 'for':
      forLoop(scope, output, node);
      return;
    case 'forEach':
      forEach(scope, output, node);
      return;
    case 'switch':
      switchStatement(scope, output, node);
      return;
    case 'try':
      tryStatement(scope, output, node);
      return;
    case 'return':
      output.here(`return${node.value ? ` ${returned(scope, node.value)}` : ''};`);
      return;
    case 'throw':
      output.here(`throw $.given(${expression(scope, node.value).js});`);
      return;
    case 'break':
      output.here('break;');
      return;
    case 'continue':
      output.here('continue;');
      return;
    default:
      dataStatement(scope, output, node);
  }
}

function covered(scope: Scope, node: Statement): string {
  scope.unit.executableLines.add(node.at[0]);
  return scope.unit.program.coverage ? `n[${node.at[0]}]++;` : '';
}

/** A body that JavaScript needs braces around: what it declares is its own. */
function nested(scope: Scope, output: Output, node: Statement): void {
  output.here('{');
  statement(scope.inner(), output, node);
  output.here('}');
}

function condition(scope: Scope, node: Expression): string {
  const value = expression(scope, node);
  return `$.bool(${convert(scope.unit, value, BOOLEAN, node.at)})`;
}

function returned(scope: Scope, node: Expression): string {
  if (scope.returns.kind === 'void') return scope.unit.fail(node.at, 'Void method must not return a value');
  return convert(scope.unit, expression(scope, node), scope.returns, node.at);
}

function localVariables(scope: Scope, output: Output, node: Extract<Statement, { kind: 'local' }>): void {
  const type = scope.unit.type(node.type, scope.owner);
  for (const variable of node.variables) {
    // Declared first even where its value does not compile, so that its uses are not reported as well.
    let js = 'null';
    try {
      if (variable.initial) js = convert(scope.unit, expression(scope, variable.initial), type, variable.at);
    } finally {
      scope.declare(variable.name, type);
    }
    output.here(`let v_${variable.name.toLowerCase()} = ${js};`);
  }
}

function forLoop(scope: Scope, output: Output, node: Extract<Statement, { kind: 'for' }>): void {
  const inner = scope.inner();
  output.here('{');
  for (const each of node.initial) statement(inner, output, each);
  const test = node.condition ? condition(inner, node.condition) : 'true';
  const update = node.update.map((each) => expression(inner, each).js).join(', ');
  output.here(`for (; $.tick(), ${test}; ${update}) `);
  nested(inner, output, node.body);
  output.here('}');
}

/** Over a list, a set or an Iterable; over a query, one record or 200 at a time. */
function forEach(scope: Scope, output: Output, node: Extract<Statement, { kind: 'forEach' }>): void {
  const type = scope.unit.type(node.type, scope.owner);
  const over = expression(scope, node.over);
  const inner = scope.inner();
  const name = inner.declare(node.name, type);
  const chunked = over.isQuery === true && type.kind === 'list';
  const element = chunked ? type : elementType(scope, over.type);
  if (element === null)
    scope.unit.fail(node.at, `Loop must iterate over a collection: ${typeText(over.type)}`);
  const item = scope.unit.temporary();
  const source = chunked ? `$.chunks(${over.js})` : `$.iterate(${over.js})`;
  output.here(
    `for (const ${item} of ${source}) { $.tick(); let ${name} = ${converted({ js: item, type: element }, type)}; `,
  );
  statement(inner, output, node.body);
  output.here('}');
}

function elementType(scope: Scope, type: ExpressionType): TypeRef | null {
  if (type.kind === 'list' || type.kind === 'set') return type.element;
  if (type.kind === 'platform' && (type.name === 'System.Iterable' || type.name === 'System.Iterator'))
    return type.arguments[0] ?? null;
  if (type.kind === 'null') return null;
  for (const parent of scope.unit.program.conversions.parents(type)) {
    const element = elementType(scope, parent);
    if (element) return element;
  }
  return null;
}

function switchStatement(scope: Scope, output: Output, node: Extract<Statement, { kind: 'switch' }>): void {
  const subject = expression(scope, node.subject);
  const value = scope.unit.temporary();
  output.here(`{const ${value} = ${subject.js}; `);
  let first = true;
  for (const each of node.cases) {
    if (!first) output.here(' else ');
    first = false;
    switchCase(scope, output, each, { js: value, type: subject.type });
  }
  output.here('}');
}

function switchCase(scope: Scope, output: Output, node: SwitchCase, subject: Compiled): void {
  const inner = scope.inner();
  if (node.binding) {
    const type = scope.unit.type(node.binding.type, scope.owner);
    output.add(
      node.at[0],
      `if ($.isInstance(${subject.js}, ${scope.unit.typeConstant(type)})) { let ${inner.declare(node.binding.name, type)} = ${subject.js};`,
    );
    block(inner, output, node.body);
    output.here('}');
    return;
  }
  const test = node.values?.map((value) => switchTest(scope, value, subject, node)).join(' || ');
  output.add(node.at[0], test === undefined ? '' : `if (${test}) `);
  block(inner, output, node.body);
}

function switchTest(scope: Scope, value: SwitchValue, subject: Compiled, node: SwitchCase): string {
  if (value.kind === 'literal') return `$.switchEqual(${subject.js}, ${expression(scope, value.value).js})`;
  const { type } = subject;
  if (type.kind === 'class' || type.kind === 'platform') {
    const enumName = typeName(type).split('.');
    const path: Expression = [...enumName, ...value.names.slice(-1)].reduce<Expression | null>(
      (target, name) =>
        target
          ? { kind: 'member', target, name, safe: false, at: node.at }
          : { kind: 'name', name, at: node.at },
      null,
    ) ?? { kind: 'this', at: node.at };
    return `(${subject.js} === ${expression(scope, path).js})`;
  }
  return scope.unit.fail(node.at, `Invalid when value: ${value.names.join('.')}`);
}

function tryStatement(scope: Scope, output: Output, node: Extract<Statement, { kind: 'try' }>): void {
  output.here('try ');
  block(scope, output, node.body);
  if (node.catches.length > 0) {
    const caught = scope.unit.temporary();
    const exception = scope.unit.temporary();
    output.here(` catch (${caught}) { const ${exception} = $.caught(${caught}); `);
    for (const clause of node.catches) catchClause(scope, output, clause, exception);
    output.here(`throw ${exception}; }`);
  }
  if (node.finally) {
    output.here(' finally ');
    block(scope, output, node.finally);
  }
}

/** `catch (X e) { … }`. Where the type is not known, an exception that no clause before it takes is refused. */
function catchClause(
  scope: Scope,
  output: Output,
  clause: Extract<Statement, { kind: 'try' }>['catches'][number],
  exception: string,
): void {
  const inner = scope.inner();
  let opening: string;
  try {
    const type = scope.unit.type(clause.type, scope.owner);
    const name = inner.declare(clause.name, type);
    opening = `if ($.isInstance(${exception}, ${scope.unit.typeConstant(type)})) { let ${name} = ${exception}; `;
  } catch (error) {
    output.add(clause.type.at[0], `if (${scope.unit.refusal(error)}) {} else `);
    return;
  }
  output.add(clause.type.at[0], opening);
  block(inner, output, clause.body);
  output.here('} else ');
}

function dataStatement(
  scope: Scope,
  output: Output,
  node: Extract<Statement, { kind: 'dml' | 'merge' | 'runAs' }>,
): void {
  if (node.kind === 'runAs') {
    const [user] = node.users;
    const before = scope.unit.temporary();
    output.here(`{const ${before} = $.enterRunAs(${user ? expression(scope, user).js : 'null'}); try `);
    block(scope, output, node.body);
    output.here(` finally { $.leaveRunAs(${before}); }}`);
    return;
  }
  if (node.kind === 'merge') {
    output.here(
      `$.merge(${expression(scope, node.winner).js}, ${expression(scope, node.losers).js}, ${JSON.stringify(node.access)});`,
    );
    return;
  }
  const value = expression(scope, node.value);
  if (value.type.kind !== 'sobject' && value.type.kind !== 'list') {
    scope.unit.fail(node.at, `DML requires SObject or SObject list type: ${typeText(value.type)}`);
  }
  const externalId = node.externalId?.split('.').at(-1) ?? null;
  output.here(
    `$.dml(${JSON.stringify(node.operation)}, ${value.js}, ${JSON.stringify(node.access)}, ${JSON.stringify(externalId)});`,
  );
}
