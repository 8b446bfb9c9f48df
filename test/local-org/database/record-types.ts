import { beanClass, newBean, type Bean } from '../library/beans.ts';
import { current } from '../execution/transaction.ts';
import { ApexMap } from '../values/collections.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { ObjectSchema } from './schema.ts';

/** The id of the record type that every object has. */
const MASTER = '012000000000000AAA';

beanClass('Schema.RecordTypeInfo');

/** An object's record types, Master last, as its describe lists them. */
export function recordTypeInfos(object: ObjectSchema): Bean[] {
  const { store } = current().org;
  const infos = store.findBy('RecordType', 'SobjectType', object.name).map((row) =>
    newBean('Schema.RecordTypeInfo', {
      name: row.get('name') ?? null,
      developerName: row.get('developername') ?? null,
      recordTypeId: row.get('id') ?? null,
      active: row.get('isactive') ?? true,
      available: row.get('isactive') ?? true,
      defaultRecordTypeMapping: false,
      master: false,
    }),
  );
  const master = {
    name: 'Master',
    developerName: 'Master',
    recordTypeId: MASTER,
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    master: true,
  };
  return [...infos, newBean('Schema.RecordTypeInfo', master)];
}

export function recordTypesBy(object: ObjectSchema, property: string, key: TypeRef): ApexMap {
  const value: TypeRef = { kind: 'platform', name: 'Schema.RecordTypeInfo', arguments: [] };
  return new ApexMap(
    key,
    value,
    recordTypeInfos(object).map((info) => [info.get(property), info] as const),
  );
}
