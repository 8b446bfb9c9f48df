import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { Transaction, TriggerContext } from './transaction.ts';

/** A record with all that is stored of it, as triggers see it. */
export function recordOf(object: ObjectSchema, stored: StoredRecord): ApexSObject {
  const record = new ApexSObject(object);
  for (const [key, value] of stored) if (!key.startsWith('#')) record.values.set(key, value);
  return record;
}

/** What a trigger may read and not change. */
export function frozen(record: ApexSObject): ApexSObject {
  record.isReadOnly = true;
  return record;
}

/** What Trigger.* shows. */
export function contextOf(
  isBefore: boolean,
  operation: TriggerContext['operation'],
  object: ObjectSchema,
  images: readonly { before: ApexSObject | null; after: ApexSObject | null }[],
): NonNullable<Transaction['trigger']> {
  const type: TypeRef = { kind: 'sobject', name: object.name };
  const id: TypeRef = { kind: 'primitive', name: 'Id' };
  const list = (records: (ApexSObject | null)[]): ApexList | null =>
    records.some((each) => each === null) ? null : new ApexList(type, records);
  const map = (records: (ApexSObject | null)[]): ApexMap | null =>
    records.some((each) => (each?.id ?? null) === null)
      ? null
      : new ApexMap(
          id,
          type,
          records.map((each): [ApexValue, ApexValue] => [each?.id ?? null, each]),
        );
  const after = images.map((image) => image.after);
  const before = images.map((image) => image.before);
  return {
    isBefore,
    operation,
    object: object.name,
    newList: operation === 'delete' ? null : list(after),
    oldList: operation === 'insert' || operation === 'undelete' ? null : list(before),
    newMap: operation === 'delete' ? null : map(after),
    oldMap: operation === 'insert' || operation === 'undelete' ? null : map(before),
    size: images.length,
  };
}
