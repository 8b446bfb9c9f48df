import { ApexList } from '../values/collections.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { platformClass } from '../library/registry.ts';
import { mayUseField, mayUseObject } from '../execution/permissions.ts';
import { current } from '../execution/transaction.ts';
import { SObjectFieldToken, SObjectTypeToken, type DescribeField } from './schema-tokens.ts';
import type { FieldSchema, ObjectSchema } from './schema.ts';

const platform = (name: string): TypeRef => ({ kind: 'platform', name, arguments: [] });

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
  properties: {
    Value: (each: PicklistEntry) => each.entry.value,
    Label: (each: PicklistEntry) => each.entry.label,
    Active: (each: PicklistEntry) => each.entry.active,
    DefaultValue: (each: PicklistEntry) => each.entry.isDefault,
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
  'isAccessible/0': ({ object, field }) => mayUseField(object, field, 'Read'),
  'isCreateable/0': ({ object, field }) =>
    field.createable && mayUseObject(object, 'Create') && mayUseField(object, field, 'Edit'),
  'isUpdateable/0': ({ object, field }) =>
    field.updateable && mayUseObject(object, 'Edit') && mayUseField(object, field, 'Edit'),
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
  'isAggregatable/0': ({ field }) => field.filterable && field.type !== 'boolean',
  'isWriteRequiresMasterRead/0': () => false,
  'isDisplayLocationInDecimal/0': () => false,
  'isFormulaTreatNullNumberAsZero/0': () => false,
  'isHighScaleNumber/0': () => false,
  'isQueryByDistance/0': ({ field }) => field.type === 'location',
  'isSearchPrefilterable/0': ({ field }) => field.type === 'reference',
  'isAiPredictionField/0': () => false,
  'getDefaultValueFormula/0': ({ field }) =>
    typeof field.defaultValue === 'string' || typeof field.defaultValue === 'number'
      ? String(field.defaultValue)
      : null,
  'getCompoundFieldName/0': () => null,
  'getController/0': () => null,
  'getFilteredLookupInfo/0': () => null,
  'getMask/0': () => null,
  'getMaskType/0': () => null,
  'getRelationshipOrder/0': ({ field }) => (field.masterDetail ? 0 : null),
};

/** `describe.Name` is `describe.getName()`, `describe.Createable` is `describe.isCreateable()`. */
export function propertiesOf<T>(
  getters: Readonly<Record<string, (each: T) => ApexValue>>,
): Record<string, (each: T) => ApexValue> {
  return Object.fromEntries(
    Object.entries(getters).map(([key, getter]) => [key.replace(/^(?:get|is)(\w+)\/0$/i, '$1'), getter]),
  );
}

platformClass({
  name: 'Schema.DescribeFieldResult',
  methods: fieldGetters,
  properties: propertiesOf(fieldGetters),
});
