import { ApexList } from '../values/collections.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { dmlStatement } from './dml.ts';
import { current } from './transaction.ts';

/**
 * `merge winner losers`: what hangs on the losers moves to the winner without its triggers, the losers are deleted
 * with MasterRecordId set, which after-delete triggers see, the winner is updated. It is one statement.
 */
export function mergeRecords(winner: ApexValue, losers: ApexValue): void {
  const master = winner instanceof ApexSObject ? winner : throwNull();
  const items = losers instanceof ApexList ? losers.items : [losers];
  const { org } = current();
  const object = master.schema;
  if (items.length > 2)
    throwPlatform('System.DmlException', 'Merge failed. At most two records can be merged into one');
  const { limits } = current();
  limits.count('dmlStatements');
  limits.count('dmlRows', items.length + 1);
  for (const item of items) {
    const id = item instanceof ApexSObject ? item.id : item;
    if (typeof id !== 'string') return throwNull();
    for (const relationship of object.children.values()) {
      const child = org.schema.object(relationship.childObject);
      if (!child || org.store.count(child.name) === 0) continue;
      for (const row of org.store.findBy(child.name, relationship.field, id)) {
        org.store.put(
          child.name,
          String(row.get('id')),
          new Map(row).set(relationship.field.toLowerCase(), master.id),
        );
      }
    }
    const loser = new ApexSObject(object);
    loser.values.set('id', id);
    dmlStatement('delete', loser, null, { isPart: true, masterRecordId: master.id ?? throwNull() });
  }
  dmlStatement('update', master, null, { isPart: true });
}
