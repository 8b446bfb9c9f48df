import type { TypeRef } from '../../values/type-ref.ts';
import type { SoqlQuery, SoqlValue, SoslSearch } from '../syntax/query-ast.ts';
import { INTEGER } from '../types/conversions.ts';
import { isAggregateQuery } from '../../database/soql/aggregate.ts';
import { bindNodes } from '../../database/soql/binds.ts';
import { checkQuery } from '../../database/soql/check.ts';
import { expression } from './expressions.ts';
import type { Compiled, Scope } from './context.ts';

/** `[SELECT …]`: checked against the schema now, its binds compiled; run with their values. */
export function queryExpression(scope: Scope, query: SoqlQuery): Compiled {
  const { unit } = scope;
  const problem = checkQuery(query, unit.program.schema);
  if (problem !== null) unit.fail(query.at, problem);
  const binds = bindNodes(query).map((bind) => expression(scope, bind.expression).js);
  const parameters = `${unit.queryConstant(query)}, [${binds.join(', ')}]`;
  if (isCount(query)) return { js: `$.count(${parameters})`, type: INTEGER };
  const element: TypeRef = isAggregateQuery(query)
    ? { kind: 'sobject', name: 'AggregateResult' }
    : { kind: 'sobject', name: unit.program.schema.object(query.from)?.name ?? query.from };
  return { js: `$.query(${parameters})`, type: { kind: 'list', element }, isQuery: true };
}

/** `[FIND … RETURNING …]`: a list of records for each object that is asked for. */
export function searchExpression(scope: Scope, search: SoslSearch): Compiled {
  const { unit } = scope;
  const term = expression(scope, search.term).js;
  const bound = (value: SoqlValue | null): string =>
    value === null
      ? 'null'
      : value.kind === 'bind'
        ? expression(scope, value.expression).js
        : numberOf(value);
  const parts = search.returning.map((query) => {
    const problem = checkQuery(query, unit.program.schema);
    if (problem !== null) unit.fail(query.at, problem);
    const binds = bindNodes(query).map((bind) => expression(scope, bind.expression).js);
    return `[${unit.queryConstant(query)}, [${binds.join(', ')}]]`;
  });
  const element: TypeRef = { kind: 'list', element: { kind: 'sobject', name: null } };
  return {
    js: `$.search(${term}, ${JSON.stringify(search.group)}, [${parts.join(', ')}], ${bound(search.limit)})`,
    type: { kind: 'list', element },
  };
}

function numberOf(value: SoqlValue): string {
  return value.kind === 'number' ? value.value : 'null';
}

/** `SELECT COUNT() FROM …` answers a number. */
export function isCount(query: SoqlQuery): boolean {
  const [field] = query.fields;
  return (
    query.fields.length === 1 &&
    field?.kind === 'function' &&
    field.function.name === 'COUNT' &&
    field.function.argument === null
  );
}
