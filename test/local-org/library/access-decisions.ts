import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import { mayUseField, mayUseObject, type ObjectRight } from '../execution/permissions.ts';
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
  const source = records ?? throwNull();
  const wanted = (access ?? throwNull()).name;
  const right = OBJECT_RIGHTS[wanted] ?? 'Read';
  const removed = new ApexMap(STRING, { kind: 'set', element: STRING });
  const modified = new ApexSet({ kind: 'primitive', name: 'Integer' });
  const copies = source.items.map((item, index) => {
    const record = item instanceof ApexSObject ? item : throwNull();
    if (record.schema.name === 'AggregateResult')
      throw platformException('System.NoAccessException', 'AggregateResult SObject types are not supported');
    if (checksObject && !mayUseObject(record.schema, right))
      throw platformException('System.NoAccessException', `No access to entity: ${record.schema.name}`);
    const copy = record.copy();
    if (wanted === 'READABLE')
      for (const [key, children] of record.children) {
        const child = children.items.find((each) => each instanceof ApexSObject)?.schema;
        if (child && !mayUseObject(child, 'Read')) copy.children.delete(key);
      }
    for (const key of record.values.keys()) {
      const field = record.schema.fields.get(key);
      if (!field || key === 'id' || isOpen(wanted, record.schema, field)) continue;
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

const OBJECT_RIGHTS: Readonly<Record<string, ObjectRight>> = {
  READABLE: 'Read',
  CREATABLE: 'Create',
  UPDATABLE: 'Edit',
  UPSERTABLE: 'Edit',
};

/** A field's own limits, and the user's. */
function isOpen(access: string, object: ObjectSchema, field: FieldSchema): boolean {
  if (access === 'READABLE') return mayUseField(object, field, 'Read');
  const isWritten =
    (access === 'UPDATABLE' || field.createable) && (access === 'CREATABLE' || field.updateable);
  return isWritten && mayUseField(object, field, 'Edit');
}

platformClass({
  name: 'System.Security',
  statics: {
    'stripInaccessible/2': (access: ApexEnum, records: ApexList) => stripInaccessible(access, records),
    'stripInaccessible/3': (access: ApexEnum, records: ApexList, checks: ApexValue) =>
      stripInaccessible(access, records, checks !== false),
  },
});
