import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { ApexDatetime } from '../values/dates.ts';
import type { RowError } from './dml.ts';
import type { Transaction } from './transaction.ts';

/** A number that records deleted by one deletion share; no field of the object. */
export const DELETED_WITH = '#deletedwith';

/** What went into the recycle bin with a record comes back with it; what was deleted by itself stays. */
export function restoreChildren(
  transaction: Transaction,
  object: ObjectSchema,
  id: string,
  parent: StoredRecord | null,
): void {
  const { store, schema } = transaction.org;
  for (const relationship of object.children.values()) {
    const child = schema.object(relationship.childObject);
    if (!child || !relationship.cascadeDelete || store.count(child.name) === 0) continue;
    for (const row of store.findBy(child.name, relationship.field, id)) {
      if (row.get('isdeleted') !== true || row.get(DELETED_WITH) !== parent?.get(DELETED_WITH)) continue;
      const childId = String(row.get('id') ?? '');
      const now = new ApexDatetime(transaction.now()).stored;
      store.put(
        child.name,
        childId,
        new Map(row).set('isdeleted', false).set('systemmodstamp', now).set('lastmodifieddate', now),
      );
      restoreChildren(transaction, child, childId, row);
    }
  }
}

/**
 * Deletes with what hangs on the record: children go along without their triggers, lookups are emptied or refuse.
 * What is answered is the refusal, or null. A merge says whom the record was merged into.
 */
export function deleteRecord(
  transaction: Transaction,
  object: ObjectSchema,
  id: string,
  masterRecordId: string | null = null,
  together = transaction.org.store.next('delete'),
): RowError | null {
  const { store, schema } = transaction.org;
  for (const relationship of object.children.values()) {
    const child = schema.object(relationship.childObject);
    const field = child?.fields.get(relationship.field.toLowerCase());
    if (!child || !field || store.count(child.name) === 0) continue;
    const children = store
      .findBy(child.name, field.name, id)
      .filter((each) => each.get('isdeleted') !== true);
    if (children.length === 0) continue;
    if (field.deleteConstraint === 'Restrict') {
      return {
        statusCode: 'DELETE_FAILED',
        message: `Your attempt to delete this record could not be completed because it is associated with the following ${child.pluralLabel}.`,
        fields: [],
      };
    }
    for (const each of children) {
      const childId = String(each.get('id') ?? '');
      if (!relationship.cascadeDelete)
        store.put(child.name, childId, new Map(each).set(field.name.toLowerCase(), null));
      else {
        const refusal = deleteRecord(transaction, child, childId, null, together);
        if (refusal) return refusal;
      }
    }
  }
  const stored = store.get(object.name, id);
  if (!stored) return null;
  // What a custom setting held is gone at once. (Apex Developer Guide, Custom Settings.)
  if (object.settingType !== null) {
    store.remove(object.name, id);
    return null;
  }
  const now = new ApexDatetime(transaction.now()).stored;
  const deleted = new Map(stored)
    .set('isdeleted', true)
    .set(DELETED_WITH, together)
    .set('systemmodstamp', now)
    .set('lastmodifieddate', now);
  if (object.fields.has('masterrecordid')) deleted.set('masterrecordid', masterRecordId);
  store.put(object.name, id, deleted);
  return null;
}
