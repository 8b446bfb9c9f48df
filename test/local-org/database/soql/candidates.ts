import { isId, to18 } from '../../values/ids.ts';
import type { SoqlCondition } from '../../language/syntax/query-ast.ts';
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

/** The share of an object's rows from which on the platform does not use a custom index. */
const SELECTIVE_SHARE = 0.1;

/** Whether an index answers a query, and leaves few rows to look at. */
export function isSelective(run: QueryRun): boolean {
  const found = run.query.where ? indexed(run, run.query.where) : undefined;
  return found !== undefined && found.length < SELECTIVE_SHARE * run.environment.store.count(run.object.name);
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
  const isId18 = field.type === 'id' || field.type === 'reference';
  const keys = new Set(
    inValues(run, condition.value).map((value) =>
      isId18 && typeof value === 'string' && isId(value) ? to18(value) : value,
    ),
  );
  const hits = [...keys].map((key) =>
    field.type === 'id'
      ? [store.get(run.object.name, String(key))].filter((row) => row !== undefined)
      : store.findBy(run.object.name, field.name, key),
  );
  const [only] = hits;
  if (hits.length === 1 && only) return only;
  return [...new Map(hits.flat().map((row) => [row.get('id') ?? null, row])).values()];
}
