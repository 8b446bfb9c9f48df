import type { OrgSchema } from '../../database/schema.ts';
import { ApexList } from '../../values/collections.ts';
import { ApexException, platformException, throwNull } from '../../values/exception.ts';
import type { ApexValue } from '../../values/object.ts';
import { ApexSObject } from '../../values/sobject.ts';

/** Records in generated code: new ones, their fields, parents and children, the one row of a query. */
export const recordOperations = (schema: OrgSchema) => ({
  newRecord(object: string, fields: readonly (readonly [string, ApexValue])[]): ApexSObject {
    const objectSchema = schema.object(object);
    if (!objectSchema) throw new Error(`There is no object ${object}.`);
    const record = new ApexSObject(objectSchema);
    for (const [name, value] of fields) setField(record, name, value);
    return record;
  },
  field: (record: ApexSObject | null, name: string): ApexValue => (record ?? throwNull()).get(name),
  parentField: (record: ApexSObject | null, name: string): ApexValue =>
    record === null ? null : record.get(name),
  parent: (record: ApexSObject | null, name: string): ApexSObject | null =>
    record === null ? null : record.parent(name),
  children: (record: ApexSObject | null, name: string): ApexList => (record ?? throwNull()).childList(name),
  setField,
  addFieldError(record: ApexSObject | null, field: string, error: ApexValue): null {
    const message = error instanceof ApexException ? error.text : String(error);
    (record ?? throwNull()).errors.push({
      field: (record ?? throwNull()).field(field).name,
      message,
      statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    });
    return null;
  },
  /** A query where one record or none will do. */
  singleOrNull(list: ApexList): ApexValue {
    return list.items.length === 0 ? null : this.single(list);
  },
  /** A query where one record is wanted. */
  single(list: ApexList): ApexValue {
    const [only] = list.items;
    if (only === undefined)
      throw platformException('System.QueryException', 'List has no rows for assignment to SObject');
    if (list.items.length > 1)
      throw platformException('System.QueryException', 'List has more than 1 row for assignment to SObject');
    return only;
  },
});

function setField(record: ApexSObject | null, name: string, value: ApexValue): ApexValue {
  const target = record ?? throwNull();
  if (target.schema.fields.has(name.toLowerCase())) target.put(name, value);
  else if (value instanceof ApexList) target.children.set(name.toLowerCase(), value);
  else if (value === null || value instanceof ApexSObject) target.parents.set(name.toLowerCase(), value);
  else target.put(name, value);
  return value;
}
