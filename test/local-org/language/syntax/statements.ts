import type {
  AccessLevelContext,
  BlockContext,
  ForStatementContext,
  LocalVariableDeclarationContext,
  StatementContext,
  SwitchStatementContext,
  TryStatementContext,
  WhenControlContext,
  WhenLiteralContext as WhenLiteral,
} from '@apexdevtools/apex-parser';
import type { AccessLevelWord, Block, Expression, Statement, SwitchCase, SwitchValue } from './ast.ts';
import { expression, expressions, optional } from './expressions.ts';
import { at, idText, namedType, typeNode } from './names.ts';
import { unescapeLiteral } from './literals.ts';

export function block(context: BlockContext): Block {
  return { kind: 'block', statements: context.statement_list().map(statement), at: at(context) };
}

export function statement(context: StatementContext): Statement {
  const where = at(context);
  const inner = optional(context.block());
  if (inner) return block(inner);
  const local = optional(context.localVariableDeclarationStatement());
  if (local) return localDeclaration(local.localVariableDeclaration());
  const plain = optional(context.expressionStatement());
  if (plain) return { kind: 'expression', expression: expression(plain.expression()), at: where };
  return controlFlow(context) ?? dml(context);
}

function controlFlow(context: StatementContext): Statement | null {
  const where = at(context);
  const branch = optional(context.ifStatement());
  if (branch) {
    const [then, otherwise] = branch.statement_list().map(statement);
    return {
      kind: 'if',
      condition: expression(branch.parExpression().expression()),
      then: then ?? { kind: 'empty', at: where },
      otherwise: otherwise ?? null,
      at: where,
    };
  }
  const loop = optional(context.forStatement());
  if (loop) return forStatement(loop);
  const whileLoop = optional(context.whileStatement());
  if (whileLoop) {
    const body = optional(whileLoop.statement());
    const condition = expression(whileLoop.parExpression().expression());
    return {
      kind: 'while',
      condition,
      body: body ? statement(body) : { kind: 'empty', at: where },
      at: where,
    };
  }
  const doWhile = optional(context.doWhileStatement());
  if (doWhile) {
    return {
      kind: 'doWhile',
      body: block(doWhile.block()),
      condition: expression(doWhile.parExpression().expression()),
      at: where,
    };
  }
  const choice = optional(context.switchStatement());
  if (choice) return switchStatement(choice);
  const guarded = optional(context.tryStatement());
  if (guarded) return tryStatement(guarded);
  const returned = optional(context.returnStatement());
  if (returned) {
    const value = optional(returned.expression());
    return { kind: 'return', value: value ? expression(value) : null, at: where };
  }
  const thrown = optional(context.throwStatement());
  if (thrown) return { kind: 'throw', value: expression(thrown.expression()), at: where };
  if (optional(context.breakStatement())) return { kind: 'break', at: where };
  if (optional(context.continueStatement())) return { kind: 'continue', at: where };
  return null;
}

function dml(context: StatementContext): Statement {
  const where = at(context);
  const upsert = optional(context.upsertStatement());
  if (upsert) {
    const field = optional(upsert.qualifiedName());
    return {
      kind: 'dml',
      operation: 'upsert',
      value: expression(upsert.expression()),
      access: accessLevel(optional(upsert.accessLevel())),
      externalId: field ? field.getText() : null,
      at: where,
    };
  }
  const merge = optional(context.mergeStatement());
  if (merge) {
    return {
      kind: 'merge',
      winner: expression(merge.expression(0)),
      losers: expression(merge.expression(1)),
      access: accessLevel(optional(merge.accessLevel())),
      at: where,
    };
  }
  const runAs = optional(context.runAsStatement());
  if (runAs) {
    return {
      kind: 'runAs',
      users: expressions(optional(runAs.expressionList())),
      body: block(runAs.block()),
      at: where,
    };
  }
  const plain = [
    ['insert', optional(context.insertStatement())],
    ['update', optional(context.updateStatement())],
    ['delete', optional(context.deleteStatement())],
    ['undelete', optional(context.undeleteStatement())],
  ] as const;
  for (const [operation, found] of plain) {
    if (!found) continue;
    const access = accessLevel(optional(found.accessLevel()));
    return {
      kind: 'dml',
      operation,
      value: expression(found.expression()),
      access,
      externalId: null,
      at: where,
    };
  }
  throw new Error(`the statement ${context.getText().slice(0, 40)}`);
}

function accessLevel(context: AccessLevelContext | null): AccessLevelWord {
  if (!context) return null;
  return optional(context.USER()) ? 'user' : 'system';
}

export function localDeclaration(context: LocalVariableDeclarationContext): Statement {
  return {
    kind: 'local',
    type: typeNode(context.typeRef()),
    variables: context
      .variableDeclarators()
      .variableDeclarator_list()
      .map((variable) => {
        const initial = optional(variable.expression());
        return {
          name: idText(variable.id()),
          initial: initial ? expression(initial) : null,
          at: at(variable),
        };
      }),
    at: at(context),
  };
}

function forStatement(context: ForStatementContext): Statement {
  const where = at(context);
  const written = optional(context.statement());
  const body: Statement = written ? statement(written) : { kind: 'empty', at: where };
  const control = context.forControl();
  const each = optional(control.enhancedForControl());
  if (each) {
    return {
      kind: 'forEach',
      type: typeNode(each.typeRef()),
      name: idText(each.id()),
      over: expression(each.expression()),
      body,
      at: where,
    };
  }
  const initial = optional(control.forInit());
  const declaration = initial ? optional(initial.localVariableDeclaration()) : null;
  const list = initial ? optional(initial.expressionList()) : null;
  const condition = optional(control.expression());
  const update = optional(control.forUpdate());
  return {
    kind: 'for',
    initial: declaration
      ? [localDeclaration(declaration)]
      : expressions(list).map((each) => ({ kind: 'expression', expression: each, at: each.at })),
    condition: condition ? expression(condition) : null,
    update: update ? expressions(update.expressionList()) : [],
    body,
    at: where,
  };
}

function switchStatement(context: SwitchStatementContext): Statement {
  return {
    kind: 'switch',
    subject: expression(context.expression()),
    cases: context.whenControl_list().map(switchCase),
    at: at(context),
  };
}

function switchCase(context: WhenControlContext): SwitchCase {
  const when = context.whenValue();
  const body = block(context.block());
  const where = at(context);
  if (optional(when.ELSE())) return { values: null, binding: null, body, at: where };
  const type = optional(when.typeRef());
  if (type)
    return { values: [], binding: { type: typeNode(type), name: idText(when.id()) }, body, at: where };
  return { values: when.whenLiteral_list().map(switchValue), binding: null, body, at: where };
}

function switchValue(context: WhenLiteral): SwitchValue {
  const where = at(context);
  const inner = optional(context.whenLiteral());
  if (inner) return switchValue(inner);
  const name = optional(context.qualifiedName());
  if (name) return { kind: 'name', names: name.id_list().map(idText) };
  return { kind: 'literal', value: whenText(context, where) };
}

function whenText(context: WhenLiteral, where: readonly [number, number]): Expression {
  const text = context.getText().replace(/^\++/, '');
  if (optional(context.NULL())) return { kind: 'literal', type: 'null', value: '', at: where };
  if (optional(context.IntegerLiteral())) return { kind: 'literal', type: 'Integer', value: text, at: where };
  if (optional(context.LongLiteral()))
    return { kind: 'literal', type: 'Long', value: text.slice(0, -1), at: where };
  return { kind: 'literal', type: 'String', value: unescapeLiteral(text), at: where };
}

function tryStatement(context: TryStatementContext): Statement {
  const last = optional(context.finallyBlock());
  return {
    kind: 'try',
    body: block(context.block()),
    catches: context.catchClause_list().map((clause) => ({
      type: namedType(clause.qualifiedName().id_list().map(idText), at(clause)),
      name: idText(clause.id()),
      body: block(clause.block()),
    })),
    finally: last ? block(last.block()) : null,
    at: at(context),
  };
}
