import type { PrimitiveName } from '../values/type-ref.ts';
import { text, type Xml } from './metadata-xml.ts';
import { PLAIN_FIELD, type FieldSchema, type FieldType, type ObjectKind } from './schema.ts';

/** A field that the platform gives every object of a kind. */
export function system(
  name: string,
  type: FieldType,
  apex: PrimitiveName,
  more: Partial<FieldSchema> = {},
): FieldSchema {
  const isWritten = more.createable ?? false;
  return {
    ...PLAIN_FIELD,
    name,
    label: name.replace(/([a-z])([A-Z])/g, '$1 $2'),
    type,
    apexType: { kind: 'primitive', name: apex },
    length: apex === 'Id' ? 18 : 0,
    createable: isWritten,
    updateable: isWritten,
    ...more,
  };
}

/** The fields that an object has before any is added. */
export function systemFields(kind: ObjectKind, xml: Xml): FieldSchema[] {
  const user = { referenceTo: ['User'] };
  if (kind === 'event') {
    return [
      system('Id', 'id', 'Id'),
      system('ReplayId', 'string', 'String', { length: 1000 }),
      system('EventUuid', 'string', 'String', { length: 36 }),
      system('CreatedDate', 'datetime', 'Datetime'),
      system('CreatedById', 'reference', 'Id', { ...user, relationshipName: 'CreatedBy' }),
    ];
  }
  const fields = [
    system('Id', 'id', 'Id'),
    system('IsDeleted', 'boolean', 'Boolean', { defaultValue: false }),
    system('CreatedDate', 'datetime', 'Datetime'),
    system('CreatedById', 'reference', 'Id', { ...user, relationshipName: 'CreatedBy' }),
    system('LastModifiedDate', 'datetime', 'Datetime'),
    system('LastModifiedById', 'reference', 'Id', { ...user, relationshipName: 'LastModifiedBy' }),
    system('SystemModstamp', 'datetime', 'Datetime'),
  ];
  if (kind === 'metadataType') {
    return [
      ...fields,
      system('DeveloperName', 'string', 'String', { length: 80, createable: true }),
      system('MasterLabel', 'string', 'String', { length: 40, createable: true }),
      system('QualifiedApiName', 'string', 'String', { length: 70 }),
      system('Label', 'string', 'String', { length: 40, createable: true }),
      system('Language', 'picklist', 'String', { length: 40 }),
      system('NamespacePrefix', 'string', 'String', { length: 15 }),
      system('IsProtected', 'boolean', 'Boolean', { defaultValue: false }),
    ];
  }
  if (kind === 'setting') {
    return [
      ...fields,
      system('Name', 'string', 'String', { length: 38, createable: true, nillable: true }),
      system('SetupOwnerId', 'reference', 'Id', {
        createable: true,
        referenceTo: ['User', 'Profile', 'Organization'],
        relationshipName: 'SetupOwner',
      }),
    ];
  }
  const nameField = (xml.nameField ?? {}) as Xml;
  const isNumbered = text(nameField, 'type') === 'AutoNumber';
  fields.push(
    system('Name', 'string', 'String', {
      length: 80,
      createable: !isNumbered,
      autoNumber: isNumbered,
      label: text(nameField, 'label') ?? 'Name',
      formula: null,
      defaultValue: isNumbered ? (text(nameField, 'displayFormat') ?? '{0}') : null,
    }),
  );
  if (text(xml, 'sharingModel') !== 'ControlledByParent') {
    fields.push(
      system('OwnerId', 'reference', 'Id', {
        createable: true,
        referenceTo: ['User', 'Group'],
        relationshipName: 'Owner',
        nillable: false,
      }),
    );
  }
  return fields;
}
