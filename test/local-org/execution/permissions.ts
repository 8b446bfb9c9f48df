import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type { SoqlQuery } from '../language/syntax/ast.ts';
import { platformException } from '../values/exception.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RowError } from './dml.ts';
import { current } from './transaction.ts';

export type ObjectRight = 'Read' | 'Create' | 'Edit' | 'Delete';

/** Profiles that give no right to data: whatever their users may do comes from permission sets. */
const BARE_PROFILES = new Set([
  'minimum access - salesforce',
  'minimum access - api only integrations',
  'chatter free user',
  'chatter external user',
  'identity user',
]);
/** What describes the org itself can be read by everybody. */
const OPEN_OBJECTS = new Set([
  'apexclass',
  'asyncapexjob',
  'custompermission',
  'entitydefinition',
  'fieldpermissions',
  'group',
  'leadstatus',
  'objectpermissions',
  'organization',
  'permissionset',
  'permissionsetassignment',
  'profile',
  'recordtype',
  'staticresource',
  'user',
  'userrole',
]);

/** Names of the user's profile in lower case: `bare` has no rights of its own, `reader` may only look. */
function kindOfUser(): 'bare' | 'reader' | 'full' {
  const { org, user } = current();
  const name = String(org.store.get('Profile', user.profileId)?.get('name') ?? '').toLowerCase();
  if (BARE_PROFILES.has(name)) return 'bare';
  return name === 'read only' ? 'reader' : 'full';
}

/** The permission sets that the user was assigned. */
function permissionSetIds(): Set<string> {
  const { org, user } = current();
  const rows = org.store.findBy('PermissionSetAssignment', 'AssigneeId', user.id);
  return new Set(
    rows.filter((row) => row.get('isdeleted') !== true).map((row) => String(row.get('permissionsetid'))),
  );
}

function isGranted(
  table: 'ObjectPermissions' | 'FieldPermissions',
  key: string,
  name: string,
  right: string,
): boolean {
  const sets = permissionSetIds();
  return current()
    .org.store.findBy(table, key, name)
    .some(
      (row) =>
        row.get('isdeleted') !== true &&
        sets.has(String(row.get('parentid'))) &&
        row.get(`permissions${right.toLowerCase()}`) === true,
    );
}

/** Whether the running user's profile and permission sets give a right to an object. */
export function mayUseObject(object: ObjectSchema, right: ObjectRight): boolean {
  const kind = kindOfUser();
  if (kind === 'full' || object.kind === 'metadataType' || object.kind === 'setting') return true;
  if (right === 'Read' && (kind === 'reader' || OPEN_OBJECTS.has(object.name.toLowerCase()))) return true;
  return isGranted('ObjectPermissions', 'SobjectType', object.name, right);
}

/** Whether the running user may see or write a field; required and system fields come with their object. */
export function mayUseField(object: ObjectSchema, field: FieldSchema, right: 'Read' | 'Edit'): boolean {
  const kind = kindOfUser();
  if (kind === 'full' || object.kind === 'metadataType' || object.kind === 'setting') return true;
  if (kind === 'reader' && right === 'Read') return true;
  if (!mayUseObject(object, 'Read')) return false;
  if (!field.nillable || (!field.createable && !field.calculated) || field.name === 'Name') return true;
  return isGranted('FieldPermissions', 'Field', `${object.name}.${field.name}`, right);
}

const RIGHTS: Readonly<Record<string, ObjectRight>> = {
  insert: 'Create',
  update: 'Edit',
  upsert: 'Edit',
  delete: 'Delete',
  undelete: 'Edit',
};

/** What user mode refuses a record for, or null. */
export function refusedInUserMode(operation: string, record: ApexSObject): RowError | null {
  const object = record.schema;
  const right = operation === 'upsert' && record.id === null ? 'Create' : (RIGHTS[operation] ?? 'Edit');
  if (!mayUseObject(object, right))
    return {
      statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      message: `Access to entity '${object.name}' denied`,
      fields: [],
    };
  if (right === 'Delete') return null;
  const fields = [...record.values.keys()].flatMap((key) => {
    const field = key === 'id' ? undefined : object.fields.get(key);
    return field && !mayUseField(object, field, 'Edit') ? [field.name] : [];
  });
  return fields.length === 0
    ? null
    : {
        statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        message: `Operation failed due to fields being inaccessible on Sobject ${object.name}, check errors on Exception or Result!`,
        fields,
      };
}

/** Refuses a query in user mode, or with security enforced, that reads what the user may not. */
export function checkQueryAccess(query: SoqlQuery, mode: 'user' | 'securityEnforced'): void {
  const object = current().org.schema.object(query.from);
  if (!object) return;
  const refuse = (message: string): never => {
    throw platformException(
      'System.QueryException',
      mode === 'user' ? message : 'Insufficient permissions: secure query included inaccessible field',
    );
  };
  if (!mayUseObject(object, 'Read')) refuse(`sObject type '${object.name}' is not supported.`);
  for (const selected of query.fields) {
    const name = selected.kind === 'path' && selected.path.length === 1 ? selected.path[0] : undefined;
    const field = name === undefined ? undefined : object.fields.get(name.toLowerCase());
    if (field && !mayUseField(object, field, 'Read'))
      refuse(`No such column '${field.name}' on entity '${object.name}'.`);
  }
}
