import { platformException } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import type { FieldSchema, ObjectSchema } from './schema.ts';
import type { QueryEnvironment } from './soql/run.ts';
import type { StoredRecord } from './store.ts';

/**
 * The value of a formula field. Only what stands for another field (`Name`, `Account.Name`, with or without TEXT) is
 * worked out; any other formula is refused by its name when it is read.
 */
export function formulaValue(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  field: FieldSchema,
): ApexValue {
  const written = (field.formula ?? '').trim().replace(/^TEXT\(\s*([\w.]+)\s*\)$/i, '$1');
  if (!/^[A-Za-z]\w*(\.\w+)*$/.test(written)) {
    throw platformException(
      'System.QueryException',
      `the formula of ${object.name}.${field.name} is not supported by the local org`,
    );
  }
  const names = written.split('.');
  let at: { row: StoredRecord; object: ObjectSchema } = { row, object };
  for (const name of names.slice(0, -1)) {
    const parent = at.object.parents.get(name.toLowerCase());
    const id = parent ? at.row.get(parent.field.name.toLowerCase()) : null;
    const [target] = parent?.targets ?? [];
    const next =
      target === undefined || typeof id !== 'string' ? undefined : environment.store.get(target, id);
    const nextObject = target === undefined ? undefined : environment.schema.object(target);
    if (!next || !nextObject) return null;
    at = { row: next, object: nextObject };
  }
  return at.row.get((names.at(-1) ?? '').toLowerCase()) ?? null;
}
