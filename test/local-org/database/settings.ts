import { ApexMap } from '../values/collections.ts';
import { platformException } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { current } from '../execution/transaction.ts';
import type { ObjectSchema } from './schema.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };

/** `X__c.getInstance()` and the like of custom settings and custom metadata types. */
export function settingRecord(
  objectName: string,
  method: string,
  parameters: readonly ApexValue[],
): ApexValue {
  const { org, user } = current();
  const object = org.schema.object(objectName);
  if (!object) throw platformException('System.TypeException', `No such setting: ${objectName}`);
  const rows = [...org.store.all(object.name)].filter((row) => row.get('isdeleted') !== true);
  const asRecord = (row: (typeof rows)[number] | undefined): ApexSObject | null => {
    if (!row) return null;
    const record = new ApexSObject(object);
    for (const [key, value] of row) if (key !== 'isdeleted') record.values.set(key, value);
    return record;
  };
  const [key] = parameters;
  const keyField = object.kind === 'metadataType' ? 'developername' : 'name';
  if (method === 'getall')
    return new ApexMap(
      STRING,
      { kind: 'sobject', name: object.name },
      rows.map((row) => [row.get(keyField) ?? null, asRecord(row)] as const),
    );
  if (object.kind === 'metadataType' || object.settingType === 'List') {
    return asRecord(
      rows.find((row) => String(row.get(keyField)).toLowerCase() === String(key).toLowerCase()),
    );
  }
  const owned = (id: ApexValue) => rows.find((row) => row.get('setupownerid') === id);
  if (method === 'getvalues') return asRecord(owned(key ?? null));
  if (method === 'getorgdefaults') return asRecord(owned(org.organization.id)) ?? emptySetting(object);
  // Hierarchy, field by field: the user's value, else the profile's, else the organization's; else an empty record.
  const wanted =
    key === undefined ? [user.id, user.profileId, org.organization.id] : [key, org.organization.id];
  const [lowest, ...higher] = wanted.map(owned).filter((row) => row !== undefined);
  const merged = asRecord(lowest) ?? emptySetting(object);
  for (const row of higher)
    for (const [key, value] of row)
      if ((merged.values.get(key) ?? null) === null && object.fields.get(key)?.custom === true)
        merged.values.set(key, value);
  return merged;
}

function emptySetting(object: ObjectSchema): ApexSObject {
  const record = new ApexSObject(object);
  for (const field of object.fields.values())
    if (field.custom)
      record.values.set(
        field.name.toLowerCase(),
        field.defaultValue === null || field.defaultValue === undefined
          ? null
          : current().org.defaultOf(field),
      );
  return record;
}
