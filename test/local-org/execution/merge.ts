import { addStatics } from '../library/registry.ts';
import { Bean, beanClass } from '../library/beans.ts';
import { ApexList } from '../values/collections.ts';
import { asApexException, throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { DatabaseError } from './results.ts';
import { dmlStatement } from './dml.ts';
import { current } from './transaction.ts';

const ID: TypeRef = { kind: 'primitive', name: 'Id' };
const RESULT: TypeRef = { kind: 'platform', name: 'Database.MergeResult', arguments: [] };

/** Ids of what was merged and of children that moved to the winner. */
interface Merged {
  readonly losers: string[];
  readonly moved: string[];
}

/**
 * `merge winner losers`: what hangs on the losers moves to the winner without its triggers, the losers are deleted
 * with MasterRecordId set, which after-delete triggers see, the winner is updated. It is one statement.
 */
export function mergeRecords(winner: ApexValue, losers: ApexValue): Merged {
  const master = winner instanceof ApexSObject ? winner : throwNull();
  const items = losers instanceof ApexList ? losers.items : [losers];
  const { limits } = current();
  const object = master.schema;
  if (items.length > 2)
    throwPlatform('System.DmlException', 'Merge failed. At most two records can be merged into one');
  limits.count('dmlStatements');
  limits.count('dmlRows', items.length + 1);
  const merged: Merged = { losers: [], moved: [] };
  for (const item of items) {
    const id = item instanceof ApexSObject ? item.id : item;
    if (typeof id !== 'string') return throwNull();
    moveChildren(master, id, merged);
    const loser = new ApexSObject(object);
    loser.values.set('id', id);
    dmlStatement('delete', loser, null, { isPart: true, masterRecordId: master.id ?? throwNull() });
    merged.losers.push(id);
  }
  dmlStatement('update', master, null, { isPart: true });
  return merged;
}

function moveChildren(master: ApexSObject, from: string, merged: Merged): void {
  const { org } = current();
  for (const relationship of master.schema.children.values()) {
    const child = org.schema.object(relationship.childObject);
    if (!child || org.store.count(child.name) === 0) continue;
    for (const row of org.store.findBy(child.name, relationship.field, from)) {
      const id = String(row.get('id'));
      org.store.put(child.name, id, new Map(row).set(relationship.field.toLowerCase(), master.id));
      merged.moved.push(id);
    }
  }
}

class MergeResult extends Bean {
  constructor(id: string | null, merged: Merged, errors: readonly DatabaseError[]) {
    super('Database.MergeResult');
    this.set('id', id);
    this.set('success', errors.length === 0);
    this.set('mergedRecordIds', new ApexList(ID, [...merged.losers]));
    this.set('updatedRelatedIds', new ApexList(ID, [...merged.moved]));
    this.set(
      'errors',
      new ApexList({ kind: 'platform', name: 'Database.Error', arguments: [] }, [...errors]),
    );
  }
}

/** Database.merge: one loser answers one result, a list of them a list. Without allOrNone a failure is a result too. */
function merge(winner: ApexValue, losers: ApexValue, allOrNone: boolean): ApexReference {
  const id = winner instanceof ApexSObject ? winner.id : null;
  const { store } = current().org;
  const before = store.savepoint();
  const result = (): MergeResult => {
    try {
      return new MergeResult(id, mergeRecords(winner, losers), []);
    } catch (error) {
      const exception = asApexException(error);
      if (allOrNone || !exception) throw error;
      store.rollback(before);
      const problem = { statusCode: 'UNKNOWN_EXCEPTION', message: exception.text, fields: [] };
      return new MergeResult(id, { losers: [], moved: [] }, [new DatabaseError(problem)]);
    }
  };
  return losers instanceof ApexList ? new ApexList(RESULT, [result()]) : result();
}

beanClass('Database.MergeResult', {
  defaults: () => ({
    success: false,
    errors: new ApexList({ kind: 'platform', name: 'Database.Error', arguments: [] }),
  }),
});
addStatics('System.Database', {
  'merge/2': (winner: ApexValue, losers: ApexValue) => merge(winner, losers, true),
  'merge/3': (winner: ApexValue, losers: ApexValue, third: ApexValue) =>
    merge(winner, losers, third !== false),
  'merge/4': (winner: ApexValue, losers: ApexValue, allOrNone: boolean) => merge(winner, losers, allOrNone),
});
