import { apexEquals } from '../values/equality.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { ApexException, throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { DatabaseError } from '../execution/results.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformClass } from '../library/registry.ts';
import { SObjectFieldToken, SObjectTypeToken } from './schema-tokens.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };

const nameOf = (field: ApexValue): string =>
  field instanceof SObjectFieldToken ? field.fieldName : String(field ?? throwNull());

/** `record.get('Account.Name')` is not a thing; a relationship's fields are read through getSObject. */
platformClass({
  name: 'System.SObject',
  methods: {
    'get/1': (record: ApexSObject, field: ApexValue) => record.get(nameOf(field)),
    'put/2': (record: ApexSObject, field: ApexValue, value: ApexValue) => {
      const before = record.values.get(nameOf(field).toLowerCase()) ?? null;
      record.put(nameOf(field), value);
      return before;
    },
    'getSObject/1': (record: ApexSObject, field: ApexValue) => record.parent(relationshipOf(record, field)),
    'putSObject/2': (record: ApexSObject, field: ApexValue, value: ApexSObject | null) => {
      record.parents.set(relationshipOf(record, field).toLowerCase(), value);
      return null;
    },
    'getSObjects/1': (record: ApexSObject, name: string) =>
      record.children.has(name.toLowerCase()) ? record.childList(name) : null,
    'getSObjectType/0': (record: ApexSObject) => new SObjectTypeToken(record.schema),
    'getPopulatedFieldsAsMap/0': (record: ApexSObject) => {
      const map = new ApexMap(STRING, { kind: 'primitive', name: 'Object' });
      for (const [key, value] of record.values) map.put(record.schema.fields.get(key)?.name ?? key, value);
      for (const [key, parent] of record.parents)
        if (parent) map.put(record.schema.parents.get(key)?.field.relationshipName ?? key, parent);
      for (const [key, list] of record.children) map.put(record.schema.children.get(key)?.name ?? key, list);
      return map;
    },
    'isSet/1': (record: ApexSObject, field: ApexValue) => record.values.has(nameOf(field).toLowerCase()),
    'clear/0': (record: ApexSObject) => {
      record.values.clear();
    },
    'clone/0': (record: ApexSObject) => cloned(record, false),
    'clone/1': (record: ApexSObject, keepId: boolean) => cloned(record, keepId),
    'clone/2': (record: ApexSObject, keepId: boolean) => cloned(record, keepId),
    'clone/3': (record: ApexSObject, keepId: boolean) => cloned(record, keepId),
    'clone/4': (record: ApexSObject, keepId: boolean) => cloned(record, keepId),
    'addError/1': addError,
    'addError/3': (record: ApexSObject, field: ApexValue, error: ApexValue) => {
      record.errors.push({
        field: nameOf(field),
        message: error instanceof ApexException ? error.text : String(error),
        statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      });
    },
    'addError/2': (record: ApexSObject, first: ApexValue, second: ApexValue) => {
      if (typeof second === 'boolean') addError(record, first);
      else
        record.errors.push({
          field: nameOf(first),
          message: String(second),
          statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        });
    },
    'getErrors/0': (record: ApexSObject) =>
      new ApexList(
        { kind: 'platform', name: 'Database.Error', arguments: [] },
        record.errors.map(
          ({ statusCode, message, field }) =>
            new DatabaseError({ statusCode, message, fields: field === null ? [] : [field] }),
        ),
      ),
    'isClone/0': (record: ApexSObject) => record.clonedFrom !== undefined,
    'getCloneSourceId/0': (record: ApexSObject) => record.clonedFrom ?? null,
    'getOptions/0': (record: ApexSObject) => record.options,
    'setOptions/1': (record: ApexSObject, options: ApexReference | null) => {
      record.options = options;
    },
    'getQuickActionName/0': () => null,
    'hasErrors/0': (record: ApexSObject) => record.errors.length > 0,
    'equals/1': (record: ApexSObject, other: ApexValue) =>
      other instanceof ApexSObject && apexEquals(other, record),
    'toString/0': (record: ApexSObject) => record.toString(),
  },
});

function relationshipOf(record: ApexSObject, field: ApexValue): string {
  const name = nameOf(field);
  if (record.schema.parents.has(name.toLowerCase())) return name;
  const relationship = record.schema.fields.get(name.toLowerCase())?.relationshipName;
  return (
    relationship ??
    throwPlatform('System.SObjectException', `Invalid relationship ${name} for ${record.schema.name}`)
  );
}

function addError(record: ApexSObject, error: ApexValue): void {
  const message = error instanceof ApexException ? error.text : String(error);
  record.errors.push({ field: null, message, statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' });
}

function cloned(record: ApexSObject, keepId: boolean): ApexSObject {
  const copy = record.copy();
  if (!keepId) copy.values.delete('id');
  copy.isQueried = false;
  copy.clonedFrom = record.id;
  return copy;
}
