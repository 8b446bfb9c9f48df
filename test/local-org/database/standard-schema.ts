import { system } from './system-fields.ts';
import { DataFile } from '../data-file.ts';
import { PRIMITIVE_NAMES, type PrimitiveName, type TypeRef } from '../values/type-ref.ts';
import type {
  ChildRelationship,
  FieldSchema,
  FieldType,
  ObjectSchema,
  ParentRelationship,
} from './schema.ts';
import {
  LENGTHS,
  LONG_TEXTS,
  STANDARD_DETAILS,
  LABELS,
  READ_ONLY_FIELDS,
  SYSTEM_FIELDS,
  type StandardDetails,
} from './standard-details.ts';

/** Types of an object's members by their names. */
type RawObject = Readonly<Record<string, string>>;

/** What a lookup such as WhatId, ParentId or LinkedEntityId may point at, custom objects apart. */
export const POLYMORPHIC = [
  'Account',
  'Opportunity',
  'Case',
  'Campaign',
  'Contact',
  'Lead',
  'Contract',
  'Order',
  'Asset',
  'Product2',
  'User',
  'ListEmail',
];

let objects: DataFile<RawObject> | null = null;
/** By lower-case name. */
const names = new Map<string, string>();

function rawObjects(): DataFile<RawObject> {
  if (!objects) {
    objects = new DataFile('standard-objects.json.gz');
    for (const name of objects.names) names.set(name.toLowerCase(), name);
  }
  return objects;
}

/** Names of every standard object. */
export function standardObjectNames(): readonly string[] {
  return rawObjects().names;
}

/** Objects whose records no queue can own. */
const OF_USERS = new Set(['Account', 'Contact', 'Opportunity', 'Campaign', 'Contract', 'Asset']);
/** Rows that are worked out when they are asked for, and have Ids of their own nowhere. */
const WITHOUT_PREFIX = new Set(['AggregateResult', 'UserRecordAccess']);
const NUMBERED = new Set(['CaseNumber', 'OrderNumber', 'ContractNumber']);
/** Picklists of standard objects that hold several values. */
const MULTIPLE = new Set(['QuickText.Channel']);
const PRIMITIVES: ReadonlySet<string> = new Set(PRIMITIVE_NAMES);

/** Standard objects that were asked for, by name: they are the same in every org of a process, and are never changed. */
const made = new Map<string, ObjectSchema>();

/** A standard object, or undefined. */
export function standardObject(name: string): ObjectSchema | undefined {
  const all = rawObjects();
  const written = names.get(name.toLowerCase());
  const members = written === undefined ? undefined : all.entry(written);
  if (written === undefined || !members) return undefined;
  const object = made.get(written) ?? standardObjectOf(all, written, members);
  made.set(written, object);
  return object;
}

function standardObjectOf(all: DataFile<RawObject>, written: string, members: RawObject): ObjectSchema {
  const details = STANDARD_DETAILS[written] ?? { prefix: prefixOf(written) };
  const fields = new Map<string, FieldSchema>();
  const parents = new Map<string, ParentRelationship>();
  const children = new Map<string, ChildRelationship>();
  for (const [member, type] of Object.entries(members)) {
    if (PRIMITIVES.has(type))
      fields.set(member.toLowerCase(), field(written, details, member, type as PrimitiveName, members));
    if (type === 'Address') fields.set(member.toLowerCase(), addressField(member));
  }
  addOwner(written, members, fields);
  for (const [member, type] of Object.entries(members)) {
    if (type.endsWith('[]')) {
      const child = childRelationship(all, written, member, type.slice(0, -2));
      // The users of a person account, where the org has those.
      if (child && member !== 'PersonUsers') children.set(member.toLowerCase(), child);
    } else if (!PRIMITIVES.has(type)) {
      const parent = fields.get(`${member.toLowerCase()}id`);
      if (parent) parents.set(member.toLowerCase(), { field: parent, targets: parent.referenceTo });
    }
  }
  return {
    name: written,
    label: details.label ?? spaced(written),
    pluralLabel: details.plural ?? `${details.label ?? spaced(written)}s`,
    keyPrefix: 'Id' in members && !WITHOUT_PREFIX.has(written) ? details.prefix : null,
    kind:
      written.endsWith('Event') && !('IsDeleted' in members) && 'ReplayId' in members ? 'event' : 'standard',
    settingType: null,
    publishBehavior: null,
    fields,
    parents,
    children,
  };
}

/** A lookup that the data names by its parent only. */
function addOwner(
  object: string,
  members: Readonly<Record<string, string>>,
  fields: Map<string, FieldSchema>,
): void {
  const owner = fields.get('ownerid');
  if (owner && 'Owner' in members)
    fields.set('ownerid', {
      ...owner,
      nillable: false,
      referenceTo: OF_USERS.has(object) ? ['User'] : ['User', 'Group'],
    });
}

/** Objects without a published prefix get one of their own from their name, in a range the platform does not use. */
function prefixOf(name: string): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) % (36 * 36);
  return `z${hash.toString(36).padStart(2, '0')}`;
}

function field(
  object: string,
  details: StandardDetails,
  name: string,
  type: PrimitiveName,
  members: Readonly<Record<string, string>>,
): FieldSchema {
  const picklist = (details.picklists?.[name] ?? []).map((value) => ({
    value,
    label: value,
    isDefault: details.defaults?.[name] === value,
    active: true,
  }));
  const isSystem = SYSTEM_FIELDS.has(name.toLowerCase());
  const isCompoundName = name === 'Name' && details.nameFields !== undefined;
  const isReadOnly = isSystem || isCompoundName || READ_ONLY_FIELDS.has(name.toLowerCase());
  // A definition's key is a text.
  const isKey = type === 'Id' || (type === 'String' && members[name.slice(0, -2)]?.endsWith('Definition'));
  const parent = isKey === true && name !== 'Id' ? members[name.slice(0, -2)] : undefined;
  const display = MULTIPLE.has(`${object}.${name}`)
    ? 'multipicklist'
    : displayType(name, type, picklist.length > 0);
  const apexType: TypeRef = { kind: 'primitive', name: type };
  return {
    name,
    label: LABELS[name] ?? spaced(name.replace(/Id$/, ' ID')).trim(),
    type: display,
    apexType,
    length: lengthOf(name, display),
    precision: type === 'Decimal' || type === 'Double' ? 18 : 0,
    scale: type === 'Decimal' || type === 'Double' ? 2 : 0,
    nillable: !(details.required ?? []).includes(name) && type !== 'Boolean' && !isSystem,
    createable: !isReadOnly,
    updateable: !isReadOnly && !(object === 'CampaignMember' && name === 'CampaignId'),
    filterable: display !== 'textarea' && display !== 'base64',
    sortable: display !== 'textarea' && display !== 'base64',
    calculated: false,
    autoNumber: NUMBERED.has(name),
    externalId: false,
    unique: object === 'User' && name === 'Username',
    caseSensitive: false,
    custom: false,
    defaultValue:
      details.defaults?.[name] ?? (type === 'Boolean' ? false : NUMBERED.has(name) ? '{00000000}' : null),
    defaultFormula: null,
    formula: null,
    picklist,
    restrictedPicklist: (details.restricted ?? []).includes(name),
    referenceTo: parent !== undefined && !PRIMITIVES.has(parent) ? targetsOf(name, parent) : [],
    relationshipName: parent !== undefined && !PRIMITIVES.has(parent) ? name.slice(0, -2) : null,
    masterDetail: false,
    deleteConstraint:
      object === 'CampaignMember' && (name === 'CampaignId' || name === 'ContactId' || name === 'LeadId')
        ? 'Cascade'
        : name === 'AccountId' && (object === 'Contact' || object === 'Opportunity')
          ? 'Cascade'
          : 'SetNull',
  };
}

/** `BillingAddress`: read as a whole, written by its parts. */
function addressField(name: string): FieldSchema {
  const apexType: TypeRef = { kind: 'platform', name: 'System.Address', arguments: [] };
  return {
    ...system(name, 'address', 'Object', { custom: false }),
    apexType,
    filterable: false,
    sortable: false,
  };
}

/** A parent that may be of several objects is called Name in the data. */
function targetsOf(field: string, parent: string): string[] {
  if (field === 'UserOrGroupId') return ['User', 'Group'];
  if (parent !== 'Name') return [parent];
  if (field === 'OwnerId') return ['User', 'Group'];
  // What an activity is about is no person: that is who it is with.
  if (field === 'WhatId') return POLYMORPHIC.filter((each) => !['Contact', 'Lead', 'User'].includes(each));
  if (field === 'WhoId') return ['Contact', 'Lead'];
  return [...POLYMORPHIC];
}

function displayType(name: string, type: PrimitiveName, isPicklist: boolean): FieldType {
  switch (type) {
    case 'Id':
      return name === 'Id' ? 'id' : 'reference';
    case 'Boolean':
      return 'boolean';
    case 'Integer':
    case 'Long':
      return 'integer';
    case 'Double':
      return 'double';
    case 'Decimal':
      return /Amount|Revenue|Price|Cost/.test(name) ? 'currency' : 'double';
    case 'Date':
      return 'date';
    case 'Datetime':
      return 'datetime';
    case 'Time':
      return 'time';
    case 'Blob':
      return 'base64';
    default:
      break;
  }
  if (isPicklist) return 'picklist';
  if (LONG_TEXTS.has(name)) return 'textarea';
  if (name === 'Email' || name.endsWith('Email')) return 'email';
  if (/(?:Phone|Fax)$/.test(name)) return 'phone';
  if (name === 'Website' || name.endsWith('Url')) return 'url';
  return 'string';
}

function lengthOf(name: string, type: FieldType): number {
  if (type === 'id' || type === 'reference') return 18;
  if (type === 'textarea') return name.endsWith('Street') ? 255 : 32_000;
  const textual =
    type === 'string' || type === 'email' || type === 'phone' || type === 'url' || type === 'picklist';
  return textual ? (LENGTHS[name] ?? 255) : 0;
}

/** The child's field that points at the parent: the one named after it, else the only one of its type. */
function childRelationship(
  all: DataFile<RawObject>,
  parent: string,
  name: string,
  child: string,
): ChildRelationship | undefined {
  const members = all.entry(child);
  if (!members) return undefined;
  const pointing = Object.entries(members)
    .filter(([, type]) => type === parent)
    .map(([member]) => `${member}Id`)
    .filter((member) => member in members);
  const isActivity = child === 'Task' || child === 'Event';
  const fieldName =
    (isActivity ? polymorphicKey(members, parent) : undefined) ??
    pointing.find((member) => member === `${parent}Id`) ??
    pointing[0] ??
    polymorphicKey(members, parent);
  if (fieldName === undefined) return undefined;
  const cascade =
    (parent === 'Account' && (child === 'Contact' || child === 'Opportunity')) ||
    parent === 'ContentDocument' ||
    child === 'CampaignMember';
  return { name, childObject: child, field: fieldName, cascadeDelete: cascade };
}

/** `WhoId` of the tasks of a contact: a lookup that may point at several objects, this one among them. */
function polymorphicKey(members: RawObject, parent: string): string | undefined {
  return Object.entries(members)
    .filter(([member, type]) => type === 'Name' && member !== 'Owner' && `${member}Id` in members)
    .map(([member]) => `${member}Id`)
    .find((key) => targetsOf(key, 'Name').includes(parent));
}

/** `LastModifiedDate` → `Last Modified Date`. */
function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2');
}
