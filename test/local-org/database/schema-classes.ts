import { ApexList, ApexMap } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformEnum } from '../language/runtime/runtime.ts';
import { platformClass } from '../library/registry.ts';
import { current } from '../execution/transaction.ts';
import { ApexException } from '../values/exception.ts';
import type { FieldSchema, ObjectSchema } from './schema.ts';
import { standardObjectNames } from './standard-schema.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const platform = (name: string): TypeRef => ({ kind: 'platform', name, arguments: [] });

/** A Schema.SObjectType. */
export class SObjectTypeToken extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.SObjectType');
    this.object = object;
  }
  getDescribe(): ApexReference {
    return new DescribeObject(this.object);
  }
  contentKey(): string {
    return `object:${this.object.name}`;
  }
  override toString(): string {
    return this.object.name;
  }
}

/** A Schema.SObjectField. */
export class SObjectFieldToken extends PlatformObject {
  readonly object: ObjectSchema;
  readonly field: FieldSchema;
  constructor(object: ObjectSchema, field: FieldSchema) {
    super('Schema.SObjectField');
    this.object = object;
    this.field = field;
  }
  get fieldName(): string {
    return this.field.name;
  }
  getDescribe(): ApexReference {
    return new DescribeField(this.object, this.field);
  }
  contentKey(): string {
    return `field:${this.object.name}.${this.field.name}`;
  }
  override toString(): string {
    return this.field.name;
  }
}

class DescribeObject extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.DescribeSObjectResult');
    this.object = object;
  }
}
class DescribeField extends PlatformObject {
  readonly object: ObjectSchema;
  readonly field: FieldSchema;
  constructor(object: ObjectSchema, field: FieldSchema) {
    super('Schema.DescribeFieldResult');
    this.object = object;
    this.field = field;
  }
}

/** The token of what a List's or Map's elements are. */
function tokenOf(value: ApexValue): SObjectTypeToken {
  if (value instanceof SObjectTypeToken) return value;
  if (typeof value === 'object' && value !== null && 'element' in value) {
    const element = value.element as TypeRef;
    const object =
      element.kind === 'sobject' && element.name !== null
        ? current().org.schema.object(element.name)
        : undefined;
    if (object) return new SObjectTypeToken(object);
  }
  return throwNull();
}

platformClass({
  name: 'Schema.SObjectType',
  methods: {
    'getDescribe/0': (token: ApexValue) => tokenOf(token).getDescribe(),
    'getDescribe/1': (token: ApexValue) => tokenOf(token).getDescribe(),
    'newSObject/0': (token: ApexValue) => new ApexSObject(tokenOf(token).object),
    'newSObject/1': (token: ApexValue, id: string | null) => {
      const record = new ApexSObject(tokenOf(token).object);
      record.put('Id', id);
      return record;
    },
    'newSObject/2': (token: ApexValue) => {
      const record = new ApexSObject(tokenOf(token).object);
      for (const field of record.schema.fields.values())
        if (field.defaultValue !== null && field.createable)
          record.values.set(field.name.toLowerCase(), current().org.defaultOf(field));
      return record;
    },
  },
});
platformClass({
  name: 'Schema.SObjectField',
  methods: {
    'getDescribe/0': (token: SObjectFieldToken) => token.getDescribe(),
    'getDescribe/1': (token: SObjectFieldToken) => token.getDescribe(),
  },
});

function fieldMap(object: ObjectSchema): ApexMap {
  return new ApexMap(
    STRING,
    platform('Schema.SObjectField'),
    [...object.fields.values()].map(
      (field) => [field.name.toLowerCase(), new SObjectFieldToken(object, field)] as const,
    ),
  );
}

class FieldMap extends PlatformObject {
  readonly object: ObjectSchema;
  constructor(object: ObjectSchema) {
    super('Schema.SObjectTypeFields');
    this.object = object;
  }
}
/** getMap answers whatever the case of a key, as the platform's does. */
class CaseInsensitiveMap extends ApexMap {
  override get(key: ApexValue): ApexValue {
    return super.get(typeof key === 'string' ? key.toLowerCase() : key);
  }
  override has(key: ApexValue): boolean {
    return super.has(typeof key === 'string' ? key.toLowerCase() : key);
  }
}
platformClass({
  name: 'Schema.SObjectTypeFields',
  methods: {
    'getMap/0': (fields: FieldMap) =>
      new CaseInsensitiveMap(STRING, platform('Schema.SObjectField'), fieldMap(fields.object)),
  },
});

class ChildRelationshipResult extends PlatformObject {
  readonly token: SObjectTypeToken;
  readonly field: SObjectFieldToken | null;
  readonly relationshipName: string;
  readonly isCascade: boolean;
  constructor(token: SObjectTypeToken, field: SObjectFieldToken | null, name: string, isCascade: boolean) {
    super('Schema.ChildRelationship');
    this.token = token;
    this.field = field;
    this.relationshipName = name;
    this.isCascade = isCascade;
  }
}
platformClass({
  name: 'Schema.ChildRelationship',
  methods: {
    'getChildSObject/0': (each: ChildRelationshipResult) => each.token,
    'getField/0': (each: ChildRelationshipResult) => each.field,
    'getRelationshipName/0': (each: ChildRelationshipResult) => each.relationshipName,
    'isCascadeDelete/0': (each: ChildRelationshipResult) => each.isCascade,
  },
});

function childRelationships(object: ObjectSchema): ApexList {
  const { schema } = current().org;
  const results = [...object.children.values()].flatMap((each) => {
    const child = schema.object(each.childObject);
    const field = child?.fields.get(each.field.toLowerCase());
    return child
      ? [
          new ChildRelationshipResult(
            new SObjectTypeToken(child),
            field ? new SObjectFieldToken(child, field) : null,
            each.name,
            each.cascadeDelete,
          ),
        ]
      : [];
  });
  return new ApexList(platform('Schema.ChildRelationship'), results);
}

const isData = (object: ObjectSchema): boolean => object.kind === 'standard' || object.kind === 'custom';
const objectGetters: Record<string, (each: DescribeObject) => ApexValue> = {
  'getName/0': ({ object }) => object.name,
  'getLocalName/0': ({ object }) => object.name,
  'getLabel/0': ({ object }) => object.label,
  'getLabelPlural/0': ({ object }) => object.pluralLabel,
  'getKeyPrefix/0': ({ object }) => object.keyPrefix,
  'getSobjectType/0': ({ object }) => new SObjectTypeToken(object),
  'isCustom/0': ({ object }) => object.kind !== 'standard',
  'isCustomSetting/0': ({ object }) => object.kind === 'setting',
  'isAccessible/0': () => current().org.mayRead(),
  'isQueryable/0': ({ object }) => object.kind !== 'event',
  'isSearchable/0': ({ object }) => isData(object),
  'isCreateable/0': () => current().org.mayWrite(),
  'isUpdateable/0': () => current().org.mayWrite(),
  'isDeletable/0': () => current().org.mayWrite(),
  'isUndeletable/0': ({ object }) => isData(object),
  'isMergeable/0': ({ object }) => ['Account', 'Contact', 'Lead'].includes(object.name),
  'isTriggerable/0': ({ object }) => object.kind !== 'setting' && object.kind !== 'metadataType',
  'isFeedEnabled/0': () => false,
  'isDeprecatedAndHidden/0': () => false,
  'getChildRelationships/0': ({ object }) => childRelationships(object),
  'getRecordTypeInfos/0': () => new ApexList(platform('Schema.RecordTypeInfo')),
};
platformClass({
  name: 'Schema.DescribeSObjectResult',
  methods: objectGetters,
  properties: { fields: (each: DescribeObject) => new FieldMap(each.object) },
});

class PicklistEntry extends PlatformObject {
  readonly entry: FieldSchema['picklist'][number];
  constructor(entry: FieldSchema['picklist'][number]) {
    super('Schema.PicklistEntry');
    this.entry = entry;
  }
}
platformClass({
  name: 'Schema.PicklistEntry',
  methods: {
    'getValue/0': (each: PicklistEntry) => each.entry.value,
    'getLabel/0': (each: PicklistEntry) => each.entry.label,
    'isActive/0': (each: PicklistEntry) => each.entry.active,
    'isDefaultValue/0': (each: PicklistEntry) => each.entry.isDefault,
  },
});

const SOAP_TYPES: Readonly<Record<string, string>> = {
  Boolean: 'BOOLEAN',
  Integer: 'INTEGER',
  Long: 'LONG',
  Double: 'DOUBLE',
  Decimal: 'DOUBLE',
  Date: 'DATE',
  Datetime: 'DATETIME',
  Time: 'TIME',
  Id: 'ID',
  Blob: 'BASE64BINARY',
};
const nameFieldOf = (object: ObjectSchema): string =>
  object.fields.has('name') ? 'Name' : object.name === 'Case' ? 'CaseNumber' : '';
const fieldGetters: Record<string, (each: DescribeField) => ApexValue> = {
  'getName/0': ({ field }) => field.name,
  'getLocalName/0': ({ field }) => field.name,
  'getLabel/0': ({ field }) => field.label,
  'getLength/0': ({ field }) => field.length,
  'getByteLength/0': ({ field }) => field.length * 3,
  'getPrecision/0': ({ field }) => field.precision,
  'getScale/0': ({ field }) => field.scale,
  'getDigits/0': ({ field }) => (field.type === 'integer' ? 9 : 0),
  'getType/0': ({ field }) => platformEnum('Schema.DisplayType', field.type.toUpperCase()),
  'getSOAPType/0': ({ field }) =>
    platformEnum(
      'Schema.SOAPType',
      field.apexType.kind === 'primitive' ? (SOAP_TYPES[field.apexType.name] ?? 'STRING') : 'STRING',
    ),
  'getSobjectField/0': ({ object, field }) => new SObjectFieldToken(object, field),
  'getSobjectType/0': ({ object }) => new SObjectTypeToken(object),
  'getRelationshipName/0': ({ field }) => field.relationshipName,
  'getDefaultValue/0': ({ field }) =>
    typeof field.defaultValue === 'boolean' || typeof field.defaultValue === 'string'
      ? field.defaultValue
      : null,
  'getCalculatedFormula/0': ({ field }) => field.formula,
  'getInlineHelpText/0': () => null,
  'getReferenceTargetField/0': () => null,
  'getReferenceTo/0': ({ field }) =>
    new ApexList(
      platform('Schema.SObjectType'),
      field.referenceTo.flatMap((name) => {
        const object = current().org.schema.object(name);
        return object ? [new SObjectTypeToken(object)] : [];
      }),
    ),
  'getPicklistValues/0': ({ field }) =>
    new ApexList(
      platform('Schema.PicklistEntry'),
      field.picklist.map((entry) => new PicklistEntry(entry)),
    ),
  'isAccessible/0': () => current().org.mayRead(),
  'isCreateable/0': ({ field }) => field.createable && current().org.mayWrite(),
  'isUpdateable/0': ({ field }) => field.updateable && current().org.mayWrite(),
  'isNillable/0': ({ field }) => field.nillable,
  'isCalculated/0': ({ field }) => field.calculated,
  'isAutoNumber/0': ({ field }) => field.autoNumber,
  'isExternalId/0': ({ field }) => field.externalId,
  'isIdLookup/0': ({ field }) => field.externalId || field.type === 'id',
  'isUnique/0': ({ field }) => field.unique,
  'isCaseSensitive/0': ({ field }) => field.caseSensitive,
  'isCustom/0': ({ field }) => field.custom,
  'isFilterable/0': ({ field }) => field.filterable,
  'isGroupable/0': ({ field }) => field.filterable,
  'isSortable/0': ({ field }) => field.sortable,
  'isNameField/0': ({ object, field }) => field.name === nameFieldOf(object),
  'isHtmlFormatted/0': () => false,
  'isEncrypted/0': () => false,
  'isDependentPicklist/0': () => false,
  'isRestrictedPicklist/0': ({ field }) => field.restrictedPicklist,
  'isDefaultedOnCreate/0': ({ field }) => field.defaultValue !== null || field.type === 'boolean',
  'isPermissionable/0': ({ field }) => field.nillable && !field.masterDetail,
  'isNamePointing/0': ({ field }) => field.referenceTo.length > 1,
  'isCascadeDelete/0': ({ field }) => field.deleteConstraint === 'Cascade',
  'isRestrictedDelete/0': ({ field }) => field.deleteConstraint === 'Restrict',
  'isDeprecatedAndHidden/0': () => false,
};
platformClass({ name: 'Schema.DescribeFieldResult', methods: fieldGetters });

function objectNames(): string[] {
  const { schema } = current().org;
  return [
    ...new Set([...standardObjectNames(), ...[...schema.objects.values()].map((object) => object.name)]),
  ];
}

platformClass({
  name: 'System.Schema',
  statics: {
    'getGlobalDescribe/0': () => {
      const { schema } = current().org;
      const entries = objectNames().flatMap((name) => {
        const object = schema.object(name);
        return object ? [[name.toLowerCase(), new SObjectTypeToken(object)] as const] : [];
      });
      return new CaseInsensitiveMap(STRING, platform('Schema.SObjectType'), entries);
    },
    'describeSObjects/1': (names: ApexList) => describeObjects(names),
    'describeSObjects/2': (names: ApexList) => describeObjects(names),
  },
});

function describeObjects(names: ApexList): ApexList {
  const { schema } = current().org;
  return new ApexList(
    platform('Schema.DescribeSObjectResult'),
    names.items.map((name) => {
      const object = schema.object(String(name));
      if (!object)
        throwPlatform(
          'System.InvalidParameterValueException',
          `Invalid sobject provided. The Schema.describeSObject() methods does not support the ${String(name)} sobject type.`,
        );
      return new DescribeObject(object);
    }),
  );
}

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
    'addError/2': (record: ApexSObject, first: ApexValue, second: ApexValue) => {
      if (typeof second === 'boolean') addError(record, first);
      else
        record.errors.push({
          field: nameOf(first),
          message: String(second),
          statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        });
    },
    'hasErrors/0': (record: ApexSObject) => record.errors.length > 0,
    'equals/1': (record: ApexSObject, other: ApexValue) =>
      other instanceof ApexSObject && other.contentKey() === record.contentKey(),
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
  return copy;
}

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
  // Hierarchy: the user's values, else the profile's, else the organization's, else an empty record.
  const wanted =
    key === undefined ? [user.id, user.profileId, org.organization.id] : [key, org.organization.id];
  return asRecord(wanted.map(owned).find((row) => row !== undefined)) ?? emptySetting(object);
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
