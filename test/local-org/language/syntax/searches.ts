import type {
  FieldListContext,
  FieldSpecContext,
  FieldSpecListContext,
  SoslClausesContext,
  SoslLiteralAltContext,
  SoslLiteralContext,
} from '@apexdevtools/apex-parser';
import type { Expression } from './ast.ts';
import type { SoqlQuery, SoslSearch } from './query-ast.ts';
import { expression, optional } from './expressions.ts';
import { at } from './names.ts';
import { count, logical, orderBy, sourceText } from './queries.ts';
import { unescapeLiteral } from './literals.ts';

/** A search in brackets. Throws Error naming a clause that is not supported. */
export function soslSearch(context: SoslLiteralContext): SoslSearch {
  const found = optional(context.FindLiteral());
  return search(
    context,
    found
      ? text(unescapeLiteral(found.getText().replace(/^\[\s*FIND\s*/i, '')), context)
      : expression(context.boundExpression().expression()),
  );
}

/** A search given as text at run time, its term in braces. */
export function soslSearchInBraces(context: SoslLiteralAltContext): SoslSearch {
  const term = context
    .FindLiteralAlt()
    .getText()
    .replace(/^\[\s*FIND\s*\{([^]*)\}$/i, '$1');
  return search(context, text(term, context));
}

function text(value: string, context: SoslLiteralContext | SoslLiteralAltContext): Expression {
  return { kind: 'literal', type: 'String', value, at: at(context) };
}

function search(context: SoslLiteralContext | SoslLiteralAltContext, term: Expression): SoslSearch {
  const clauses = context.soslClauses();
  refuse(clauses);
  const group = optional(clauses.searchGroup());
  const list = optional(clauses.fieldSpecList());
  if (!list) throw new Error('SOSL without RETURNING');
  return {
    term,
    group: group
      ? group
          .getText()
          .toUpperCase()
          .replace(/FIELDS$/, '')
      : 'ALL',
    returning: specs(list).map(query),
    limit: count(optional(clauses.limitClause())),
    at: at(context),
  };
}

/** WITH asks for snippets, categories, highlights: what a search index has, and the local org has not. */
function refuse(clauses: SoslClausesContext): void {
  for (const clause of clauses.soslWithClause_list()) {
    const written = sourceText(clause);
    if (!/^WITH\s+(?:USER_MODE|SYSTEM_MODE|SECURITY_ENFORCED)$/i.test(written))
      throw new Error(`the SOSL clause ${written}`);
  }
}

function specs(list: FieldSpecListContext): FieldSpecContext[] {
  return [list.fieldSpec(), ...list.fieldSpecList_list().flatMap(specs)];
}

function query(spec: FieldSpecContext): SoqlQuery {
  const [object] = spec.soslId_list();
  if (optional(spec.USING())) throw new Error('the SOSL clause USING');
  const list = optional(spec.fieldList());
  const condition = optional(spec.logicalExpression());
  const fields = list ? fieldNames(list) : ['Id'];
  return {
    fields: fields.map((field) => ({ kind: 'path', path: field.split('.'), alias: null })),
    from: object?.getText() ?? '',
    alias: null,
    where: condition ? logical(condition) : null,
    access: null,
    groupBy: null,
    orderBy: orderBy(optional(spec.fieldOrderList())),
    limit: count(optional(spec.limitClause())),
    offset: count(optional(spec.offsetClause())),
    forUpdate: false,
    allRows: false,
    text: sourceText(spec),
    at: at(spec),
  };
}

function fieldNames(list: FieldListContext): string[] {
  return [...list.soslId_list().map((each) => each.getText()), ...list.fieldList_list().flatMap(fieldNames)];
}
