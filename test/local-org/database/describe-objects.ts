import { ApexList, ApexMap } from '../values/collections.ts';
import { throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { mayUseObject } from '../execution/permissions.ts';
import { current } from '../execution/transaction.ts';
import { platformClass } from '../library/registry.ts';
import { propertiesOf } from './describe-fields.ts';
import { FieldSets } from './field-sets.ts';
import { recordTypeInfos, recordTypesBy } from './record-types.ts';
import { DescribeObject, SObjectFieldToken, SObjectTypeToken } from './schema-tokens.ts';
import type { ObjectSchema } from './schema.ts';
import { standardObjectNames } from './standard-schema.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const platform = (name: string): TypeRef => ({ kind: 'platform', name, arguments: [] });

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
  contentKey(): string {
    return `children:${this.token.contentKey()}.${this.field?.fieldName ?? ''}.${this.relationshipName}`;
  }
}
platformClass({
  name: 'Schema.ChildRelationship',
  methods: {
    'getChildSObject/0': (each: ChildRelationshipResult) => each.token,
    'getField/0': (each: ChildRelationshipResult) => each.field,
    'getRelationshipName/0': (each: ChildRelationshipResult) => each.relationshipName,
    'isCascadeDelete/0': (each: ChildRelationshipResult) => each.isCascade,
    'isRestrictedDelete/0': (each: ChildRelationshipResult) =>
      each.field?.field.deleteConstraint === 'Restrict',
    'isDeprecatedAndHidden/0': () => false,
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
  'isAccessible/0': ({ object }) => mayUseObject(object, 'Read'),
  'isQueryable/0': ({ object }) => object.kind !== 'event',
  'isSearchable/0': ({ object }) => isData(object),
  'isCreateable/0': ({ object }) => mayUseObject(object, 'Create'),
  'isUpdateable/0': ({ object }) => mayUseObject(object, 'Edit'),
  'isDeletable/0': ({ object }) => mayUseObject(object, 'Delete'),
  'isUndeletable/0': ({ object }) => isData(object) && mayUseObject(object, 'Edit'),
  'isMergeable/0': ({ object }) => ['Account', 'Contact', 'Lead'].includes(object.name),
  'isTriggerable/0': ({ object }) => object.kind !== 'setting' && object.kind !== 'metadataType',
  'isFeedEnabled/0': () => false,
  'isDeprecatedAndHidden/0': () => false,
  'getChildRelationships/0': ({ object }) => childRelationships(object),
  'isMruEnabled/0': () => false,
  'getHasSubtypes/0': () => false,
  'getIsSubtype/0': () => false,
  'getIsInterface/0': () => false,
  'getDefaultImplementation/0': () => null,
  'getImplementedBy/0': () => null,
  'getImplementsInterfaces/0': () => null,
  'getDataTranslationEnabled/0': () => false,
  'getRecordTypeInfos/0': ({ object }) =>
    new ApexList(platform('Schema.RecordTypeInfo'), recordTypeInfos(object)),
  'getRecordTypeInfosByName/0': ({ object }) => recordTypesBy(object, 'name', STRING),
  'getRecordTypeInfosByDeveloperName/0': ({ object }) => recordTypesBy(object, 'developerName', STRING),
  'getRecordTypeInfosById/0': ({ object }) =>
    recordTypesBy(object, 'recordTypeId', { kind: 'primitive', name: 'Id' }),
};
platformClass({
  name: 'Schema.DescribeSObjectResult',
  methods: objectGetters,
  properties: {
    ...propertiesOf(objectGetters),
    fields: (each: DescribeObject) => new FieldMap(each.object),
    fieldSets: (each: DescribeObject) => new FieldSets(each.object),
  },
});

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
