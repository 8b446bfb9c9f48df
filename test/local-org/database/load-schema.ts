import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { PrimitiveName, TypeRef } from '../values/type-ref.ts';
import {
  PLAIN_FIELD,
  type ChildRelationship,
  type FieldSchema,
  type FieldType,
  type ObjectKind,
  type ObjectSchema,
  type OrgSchema,
  type ParentRelationship,
  type PermissionSetSchema,
} from './schema.ts';
import { standardObject } from './standard-schema.ts';

/** Metadata that the local org cannot read: the file and why. */
export class MetadataError extends Error {
  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
    this.name = 'MetadataError';
  }
}

type Xml = Readonly<Record<string, unknown>>;

const LISTS = new Set([
  'labels',
  'value',
  'fieldPermissions',
  'customPermissions',
  'classAccesses',
  'objectPermissions',
  'values',
]);
const parser = new XMLParser({
  parseTagValue: false, // A label's value is one text, a picklist's values are many.
  isArray: (name, path) => LISTS.has(name) && path !== 'CustomLabels.labels.value',
});

/** Reads objects, fields, labels and permissions of SFDX source folders, on top of the standard objects. */
export function loadSchema(options: { readonly sources: readonly string[] }): LoadedSchema {
  const schema = new LoadedSchema();
  const files = options.sources.flatMap(filesBelow);
  const objects = files.filter((file) => file.endsWith('.object-meta.xml'));
  for (const file of objects) schema.addObject(file, read(file, 'CustomObject'));
  for (const file of files) {
    if (file.endsWith('.field-meta.xml')) schema.addField(file, read(file, 'CustomField'));
    else if (file.endsWith('.labels-meta.xml')) schema.addLabels(read(file, 'CustomLabels'));
    else if (file.endsWith('.customPermission-meta.xml')) schema.customPermissions.add(componentName(file));
    else if (file.endsWith('.permissionset-meta.xml'))
      schema.addPermissionSet(componentName(file), read(file, 'PermissionSet'));
    else if (file.endsWith('.notiftype-meta.xml')) schema.notificationTypes.add(componentName(file));
    else if (file.endsWith('.remoteSite-meta.xml')) schema.addRemoteSite(read(file, 'RemoteSiteSetting'));
  }
  return schema;
}

/** Every file below a folder, in a steady order. */
export function filesBelow(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [folder];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .map((name) => path.join(folder, name))
    .sort();
}

function read(file: string, root: string): Xml {
  const parsed = parser.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const content = parsed[root];
  if (content === '') return {};
  if (typeof content !== 'object' || content === null) throw new MetadataError(file, `<${root}> expected`);
  return content as Xml;
}

function componentName(file: string): string {
  return path.basename(file).split('.').slice(0, -2).join('.');
}

function text(xml: Xml, name: string): string | null {
  const value = xml[name];
  return typeof value === 'string' ? value : null;
}

function list(xml: Xml, name: string): readonly Xml[] {
  const value = xml[name];
  return Array.isArray(value) ? (value as Xml[]) : [];
}

interface MutableObject extends ObjectSchema {
  readonly fields: Map<string, FieldSchema>;
  readonly parents: Map<string, ParentRelationship>;
  readonly children: Map<string, ChildRelationship>;
}

/** The schema of one org. Standard objects are read when they are first asked for. */
export class LoadedSchema implements OrgSchema {
  readonly objects = new Map<string, MutableObject>();
  readonly customPermissions = new Set<string>();
  readonly notificationTypes = new Set<string>();
  readonly permissionSets = new Map<string, PermissionSetSchema>();
  readonly remoteSites: string[] = [];
  readonly #labels = new Map<string, string>();
  readonly #missing = new Set<string>();

  object(name: string): MutableObject | undefined {
    const key = name.toLowerCase();
    const known = this.objects.get(key);
    if (known || this.#missing.has(key)) return known;
    const standard = standardObject(name);
    if (!standard) {
      this.#missing.add(key);
      return undefined;
    }
    const mutable: MutableObject = {
      ...standard,
      fields: new Map(standard.fields),
      parents: new Map(standard.parents),
      children: new Map(standard.children),
    };
    this.objects.set(key, mutable);
    return mutable;
  }

  objectByPrefix(prefix: string): ObjectSchema | undefined {
    for (const object of this.objects.values()) if (object.keyPrefix === prefix) return object;
    return undefined;
  }

  label(name: string): string | undefined {
    return this.#labels.get(name.toLowerCase());
  }

  addLabels(xml: Xml): void {
    for (const label of list(xml, 'labels'))
      this.#labels.set((text(label, 'fullName') ?? '').toLowerCase(), text(label, 'value') ?? '');
  }

  addRemoteSite(xml: Xml): void {
    const url = text(xml, 'url');
    if (url !== null && text(xml, 'isActive') === 'true') this.remoteSites.push(url);
  }

  addPermissionSet(name: string, xml: Xml): void {
    const enabled = (each: Xml) => text(each, 'enabled') === 'true';
    this.permissionSets.set(name.toLowerCase(), {
      name,
      label: text(xml, 'label') ?? name,
      customPermissions: new Set(
        list(xml, 'customPermissions')
          .filter(enabled)
          .map((each) => text(each, 'name') ?? ''),
      ),
      classAccess: new Set(
        list(xml, 'classAccesses')
          .filter(enabled)
          .map((each) => text(each, 'apexClass') ?? ''),
      ),
    });
  }

  addObject(file: string, xml: Xml): void {
    const name = componentName(file);
    if (this.object(name) && !/__(c|e|mdt|b|x)$/i.test(name)) return;
    const kind = kindOf(name, xml);
    const object: MutableObject = {
      name,
      label: text(xml, 'label') ?? name,
      pluralLabel: text(xml, 'pluralLabel') ?? text(xml, 'label') ?? name,
      keyPrefix: `a${this.objects.size.toString(36).padStart(2, '0').slice(-2)}`,
      kind,
      settingType: text(xml, 'customSettingsType') as 'List' | 'Hierarchy' | null,
      publishBehavior:
        kind === 'event'
          ? ((text(xml, 'publishBehavior') as 'PublishAfterCommit' | null) ?? 'PublishImmediately')
          : null,
      fields: new Map(),
      parents: new Map(),
      children: new Map(),
    };
    for (const field of systemFields(object.kind, xml)) object.fields.set(field.name.toLowerCase(), field);
    this.objects.set(name.toLowerCase(), object);
    this.#missing.delete(name.toLowerCase());
    for (const field of object.fields.values()) addParent(object, field);
  }

  addField(file: string, xml: Xml): void {
    const objectName = path.basename(path.dirname(path.dirname(file)));
    const object = this.object(objectName);
    if (!object) throw new MetadataError(file, `the object ${objectName} is not known`);
    const field = customField(file, xml);
    object.fields.set(field.name.toLowerCase(), field);
    addParent(object, field);
    const relationship = text(xml, 'relationshipName');
    for (const target of field.referenceTo) {
      const parent = this.object(target);
      if (!parent) throw new MetadataError(file, `the object ${target} is not known`);
      if (relationship === null) continue;
      const name = `${relationship}__r`;
      parent.children.set(name.toLowerCase(), {
        name,
        childObject: object.name,
        field: field.name,
        cascadeDelete: field.masterDetail || field.deleteConstraint === 'Cascade',
      });
    }
  }
}

function addParent(object: MutableObject, field: FieldSchema): void {
  if (field.relationshipName !== null)
    object.parents.set(field.relationshipName.toLowerCase(), { field, targets: field.referenceTo });
}

function kindOf(name: string, xml: Xml): ObjectKind {
  if (name.endsWith('__e')) return 'event';
  if (name.endsWith('__mdt')) return 'metadataType';
  return text(xml, 'customSettingsType') === null ? 'custom' : 'setting';
}

function system(
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

function systemFields(kind: ObjectKind, xml: Xml): FieldSchema[] {
  const user = { referenceTo: ['User'] };
  if (kind === 'event') {
    return [
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

const TYPES: Readonly<Record<string, readonly [FieldType, PrimitiveName]>> = {
  AutoNumber: ['string', 'String'],
  Checkbox: ['boolean', 'Boolean'],
  Currency: ['currency', 'Decimal'],
  Date: ['date', 'Date'],
  DateTime: ['datetime', 'Datetime'],
  Email: ['email', 'String'],
  EncryptedText: ['encryptedstring', 'String'],
  Html: ['textarea', 'String'],
  LongTextArea: ['textarea', 'String'],
  Lookup: ['reference', 'Id'],
  MasterDetail: ['reference', 'Id'],
  MultiselectPicklist: ['multipicklist', 'String'],
  Number: ['double', 'Decimal'],
  Percent: ['percent', 'Decimal'],
  Phone: ['phone', 'String'],
  Picklist: ['picklist', 'String'],
  Text: ['string', 'String'],
  TextArea: ['textarea', 'String'],
  Time: ['time', 'Time'],
  Url: ['url', 'String'],
  MetadataRelationship: ['reference', 'Id'],
  Summary: ['double', 'Decimal'],
};

function customField(file: string, xml: Xml): FieldSchema {
  const name = componentName(file);
  const written = text(xml, 'type') ?? '';
  const types = TYPES[written];
  if (!types) throw new MetadataError(file, `fields of type ${written} are not supported by the local org`);
  const [type, apex] = types;
  const formula = text(xml, 'formula');
  const isMaster = written === 'MasterDetail';
  const isRequired = text(xml, 'required') === 'true' || isMaster;
  const isReadOnly = formula !== null || written === 'AutoNumber' || written === 'Summary';
  const target = text(xml, 'referenceTo');
  const apexType: TypeRef = { kind: 'primitive', name: apex };
  return {
    name,
    label: text(xml, 'label') ?? name,
    type,
    apexType,
    length: Number(
      text(xml, 'length') ??
        (type === 'reference'
          ? 18
          : type === 'email'
            ? 80
            : type === 'phone'
              ? 40
              : apex === 'String'
                ? 255
                : 0),
    ),
    precision: Number(text(xml, 'precision') ?? 0),
    scale: Number(text(xml, 'scale') ?? 0),
    nillable: !isRequired && type !== 'boolean',
    createable: !isReadOnly,
    updateable: !isReadOnly && !(isMaster && text(xml, 'reparentableMasterDetail') !== 'true'),
    filterable: type !== 'textarea' || written === 'TextArea',
    sortable: written !== 'LongTextArea' && written !== 'Html' && type !== 'multipicklist',
    calculated: formula !== null || written === 'Summary',
    autoNumber: written === 'AutoNumber',
    externalId: text(xml, 'externalId') === 'true',
    unique: text(xml, 'unique') === 'true',
    caseSensitive: text(xml, 'caseSensitive') === 'true',
    custom: true,
    defaultValue:
      written === 'AutoNumber' ? text(xml, 'displayFormat') : defaultOf(type, text(xml, 'defaultValue')),
    formula,
    picklist: picklistOf(xml),
    restrictedPicklist: text((xml.valueSet ?? {}) as Xml, 'restricted') === 'true',
    referenceTo: target === null ? [] : [target],
    relationshipName: target === null ? null : name.replace(/__c$/i, '__r'),
    masterDetail: isMaster,
    deleteConstraint: isMaster
      ? 'Cascade'
      : (text(xml, 'deleteConstraint') as FieldSchema['deleteConstraint']),
  };
}

/** Defaults are formulas on the platform; literals of them are read, others are refused where they would be used. */
function defaultOf(type: FieldType, written: string | null): unknown {
  if (type === 'boolean') return written === 'true';
  if (written === null) return null;
  if (type === 'double' || type === 'currency' || type === 'percent') return Number(written);
  return written.replace(/^(["'])(.*)\1$/s, '$2');
}

function picklistOf(xml: Xml): FieldSchema['picklist'] {
  const definition = ((xml.valueSet ?? {}) as Xml).valueSetDefinition;
  if (typeof definition !== 'object' || definition === null) return [];
  return list(definition as Xml, 'value').map((value) => ({
    value: text(value, 'fullName') ?? '',
    label: text(value, 'label') ?? text(value, 'fullName') ?? '',
    isDefault: text(value, 'default') === 'true',
    active: text(value, 'isActive') !== 'false',
  }));
}
