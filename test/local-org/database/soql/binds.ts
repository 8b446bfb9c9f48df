import type { SoqlCondition, SoqlQuery, SoqlValue } from '../../language/syntax/query-ast.ts';

export type BindNode = Extract<SoqlValue, { kind: 'bind' }>;

/** Every bind of a query and its sub-queries, in the order of the text. */
export function bindNodes(query: SoqlQuery): BindNode[] {
  const binds: BindNode[] = [];
  const value = (each: SoqlValue | null): void => {
    if (each?.kind === 'bind') binds.push(each);
    if (each?.kind === 'list') each.values.forEach(value);
    if (each?.kind === 'query') binds.push(...bindNodes(each.query));
  };
  const condition = (each: SoqlCondition | null): void => {
    if (!each) return;
    if (each.kind === 'and' || each.kind === 'or') each.parts.forEach(condition);
    if (each.kind === 'not') condition(each.part);
    if (each.kind === 'compare') value(each.value);
  };
  for (const field of query.fields) if (field.kind === 'query') binds.push(...bindNodes(field.query));
  condition(query.where);
  condition(query.groupBy?.having ?? null);
  value(query.limit);
  value(query.offset);
  return binds;
}
