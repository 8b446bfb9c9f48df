import { mayUseField, mayUseObject, type RightsHolder } from '../execution/permissions.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';

const XSD: Readonly<Record<string, string>> = {
  boolean: 'xsd:boolean',
  integer: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  id: 'tns:ID',
  reference: 'tns:ID',
  base64: 'xsd:base64Binary',
};

/** An object as `/sobjects` lists it for a user. */
export function describeSummary(
  object: ObjectSchema,
  version: string,
  holder: RightsHolder,
): Record<string, unknown> {
  const isData = object.kind === 'standard' || object.kind === 'custom';
  const base = `/services/data/${version}/sobjects/${object.name}`;
  return {
    name: object.name,
    label: object.label,
    labelPlural: object.pluralLabel,
    keyPrefix: object.keyPrefix,
    custom: object.kind !== 'standard',
    customSetting: object.kind === 'setting',
    createable: mayUseObject(object, 'Create', holder),
    updateable: object.kind !== 'event' && mayUseObject(object, 'Edit', holder),
    deletable: object.kind !== 'event' && mayUseObject(object, 'Delete', holder),
    queryable: object.kind !== 'event',
    retrieveable: object.kind !== 'event',
    undeletable: isData,
    searchable: isData,
    triggerable: object.kind !== 'setting',
    layoutable: isData,
    mergeable: ['Account', 'Contact', 'Lead'].includes(object.name),
    replicateable: isData,
    activateable: false,
    feedEnabled: false,
    deprecatedAndHidden: false,
    hasSubtypes: false,
    isSubtype: false,
    isInterface: false,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

/** `/sobjects/X/describe`: fields that the user may not see are left out. */
export function describeObject(
  object: ObjectSchema,
  version: string,
  holder: RightsHolder,
): Record<string, unknown> {
  return {
    ...describeSummary(object, version, holder),
    fields: [...object.fields.values()]
      .filter((field) => mayUseField(object, field, 'Read', holder))
      .map((field) => describeField(field, mayUseField(object, field, 'Edit', holder))),
    childRelationships: [...object.children.values()].map((each) => ({
      childSObject: each.childObject,
      field: each.field,
      relationshipName: each.name,
      cascadeDelete: each.cascadeDelete,
      deprecatedAndHidden: false,
      restrictedDelete: false,
    })),
    recordTypeInfos: [],
    supportedScopes: [],
  };
}

function describeField(field: FieldSchema, isEditable: boolean): Record<string, unknown> {
  const isText = field.length > 0;
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length: isText ? field.length : 0,
    byteLength: isText ? field.length * 3 : 0,
    precision: field.precision,
    scale: field.scale,
    digits: field.type === 'integer' ? 9 : 0,
    nillable: field.nillable,
    createable: field.createable && isEditable,
    updateable: field.updateable && isEditable,
    filterable: field.filterable,
    sortable: field.sortable,
    groupable: field.filterable,
    aggregatable: field.filterable,
    calculated: field.calculated,
    calculatedFormula: field.formula,
    autoNumber: field.autoNumber,
    externalId: field.externalId,
    idLookup: field.externalId || field.type === 'id',
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    custom: field.custom,
    defaultValue: typeof field.defaultValue === 'boolean' ? field.defaultValue : null,
    defaultedOnCreate: field.type === 'boolean' || field.defaultValue !== null,
    nameField: field.name === 'Name',
    permissionable: field.nillable && !field.masterDetail,
    restrictedPicklist: field.restrictedPicklist,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    cascadeDelete: field.deleteConstraint === 'Cascade',
    restrictedDelete: field.deleteConstraint === 'Restrict',
    namePointing: field.referenceTo.length > 1,
    polymorphicForeignKey: field.referenceTo.length > 1,
    picklistValues: field.picklist.map((each) => ({
      value: each.value,
      label: each.label,
      active: each.active,
      defaultValue: each.isDefault,
      validFor: null,
    })),
    soapType: XSD[field.type] ?? 'xsd:string',
    deprecatedAndHidden: false,
    encrypted: false,
    htmlFormatted: false,
    dependentPicklist: false,
    inlineHelpText: null,
  };
}
