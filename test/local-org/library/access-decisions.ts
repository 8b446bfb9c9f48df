import { current } from '../execution/transaction.ts';
import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { platformException, throwNull } from '../values/exception.ts';
import type { ApexEnum } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { beanClass, newBean, type Bean } from './beans.ts';
import { platformClass } from './registry.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };

beanClass('System.SObjectAccessDecision');

/** What the running user may not do with a record's fields, taken out of copies of the records. */
function stripInaccessible(access: ApexEnum | null, records: ApexList | null, checksObject = true): Bean {
  const { org } = current();
  const source = records ?? throwNull();
  const wanted = (access ?? throwNull()).name;
  const mayUse = wanted === 'READABLE' ? org.mayRead() : org.mayWrite();
  if (!mayUse && checksObject) throw platformException('System.NoAccessException', 'No access to entity');
  const removed = new ApexMap(STRING, { kind: 'set', element: STRING });
  const modified = new ApexSet({ kind: 'primitive', name: 'Integer' });
  const copies = source.items.map((item, index) => {
    const record = item instanceof ApexSObject ? item : throwNull();
    const copy = record.copy();
    for (const key of record.values.keys()) {
      const field = record.schema.fields.get(key);
      if (!field || key === 'id' || isOpen(wanted, field.createable, field.updateable, field.calculated))
        continue;
      copy.values.delete(key);
      modified.add(index);
      const names = removed.get(record.schema.name) ?? new ApexSet(STRING);
      if (names instanceof ApexSet) names.add(field.name);
      removed.put(record.schema.name, names);
    }
    return copy;
  });
  return newBean('System.SObjectAccessDecision', {
    records: new ApexList(source.elementType, copies),
    removedFields: removed,
    modifiedIndexes: modified,
  });
}

/** A field's own limits; field permissions are held against nobody here. */
function isOpen(access: string, createable: boolean, updateable: boolean, calculated: boolean): boolean {
  switch (access) {
    case 'CREATABLE':
      return createable;
    case 'UPDATABLE':
      return updateable;
    case 'UPSERTABLE':
      return createable && updateable && !calculated;
    default:
      return true;
  }
}

platformClass({
  name: 'System.Security',
  statics: {
    'stripInaccessible/2': (access: ApexEnum, records: ApexList) => stripInaccessible(access, records),
    'stripInaccessible/3': (access: ApexEnum, records: ApexList, checks: ApexValue) =>
      stripInaccessible(access, records, checks !== false),
  },
});
