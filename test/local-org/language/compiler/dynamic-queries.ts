import type { SourceType } from '../types/symbols.ts';
import type { Scope } from './context.ts';
import { superclassOf } from './members.ts';

const BINDING = new Set(['query', 'countquery', 'getquerylocator', 'getcursor']);
const RECORDS = new Set(['query', 'querywithbinds']);

/** A method whose query may name variables of the code around the call. */
export function takesBinds(owner: string, method: string): boolean {
  return (
    (owner === 'System.Database' && BINDING.has(method.toLowerCase())) ||
    (owner === 'System.Search' && method.toLowerCase() === 'query')
  );
}

/** `Database.query(…)` is as a query in brackets is: where one record is wanted, its only row is taken. */
export function isQuerying(owner: string, method: string): boolean {
  return owner === 'System.Database' && RECORDS.has(method.toLowerCase());
}

/** A look-up of the names that dynamic SOQL may bind here: locals, then fields of the class. */
export function bindings(scope: Scope): string {
  const cases = [...scope.visible()].map(
    ([name, local]) => `case ${JSON.stringify(name)}: return ${local.js};`,
  );
  const seen = new Set(scope.visible().keys());
  for (
    let owner: SourceType | undefined = scope.owner ?? undefined;
    owner;
    owner = superclassOf(scope.unit.program, owner)
  ) {
    for (const [name, field] of owner.fields) {
      if (seen.has(name) || (!field.isStatic && scope.isStatic)) continue;
      seen.add(name);
      const receiver = field.isStatic ? `$.statics(${field.owner.index})` : 'this';
      cases.push(`case ${JSON.stringify(name)}: return ${receiver}.${field.slot};`);
    }
  }
  return `(name) => { switch (name) { ${cases.join(' ')} } return undefined; }`;
}
