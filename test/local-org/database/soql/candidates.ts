import type { ApexValue } from '../../values/object.ts';
import { isId, to18 } from '../../values/ids.ts';
import type { SoqlCondition } from '../../language/syntax/ast.ts';
import type { StoredRecord } from '../store.ts';
import { isPath, withoutAlias } from './check.ts';
import { inValues } from './conditions.ts';
import type { QueryRun } from './run.ts';

/** Rows that could match: by Id, lookup or unique field where a condition names one, else all of the object. */
export function candidateRows(run: QueryRun): Iterable<StoredRecord> {
  const { store } = run.environment;
  const found = run.query.where ? indexed(run, run.query.where) : undefined;
  return found ?? [...store.all(run.object.name)];
}

function indexed(run: QueryRun, condition: SoqlCondition): StoredRecord[] | undefined {
  if (condition.kind === 'and') {
    for (const part of condition.parts) {
      const rows = indexed(run, part);
      if (rows) return rows;
    }
    return undefined;
  }
  if (
    condition.kind !== 'compare' ||
    (condition.operator !== '=' && condition.operator !== 'IN') ||
    !isPath(condition.field)
  )
    return undefined;
  if (condition.value.kind === 'dateFormula') return undefined;
  const path = withoutAlias(run.query, condition.field);
  const field = path.length === 1 ? run.object.fields.get((path[0] ?? '').toLowerCase()) : undefined;
  if (field?.formula !== null) return undefined;
  const isKey = field.type === 'id' || field.type === 'reference' || field.unique || field.externalId;
  if (!isKey) return undefined;
  const { store } = run.environment;
  const rows = new Map<ApexValue, StoredRecord>();
  for (const value of inValues(run, condition.value)) {
    const key =
      typeof value === 'string' && isId(value) && (field.type === 'id' || field.type === 'reference')
        ? to18(value)
        : value;
    const hits =
      field.type === 'id'
        ? [store.get(run.object.name, String(key))]
        : store.findBy(run.object.name, field.name, key);
    for (const hit of hits) if (hit) rows.set(hit.get('id') ?? null, hit);
  }
  return [...rows.values()];
}
