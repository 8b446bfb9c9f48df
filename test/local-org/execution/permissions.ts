import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type {
  FieldPath,
  SoqlCondition,
  SoqlFunction,
  SoqlOperand,
  SoqlQuery,
} from '../language/syntax/query-ast.ts';
import { ApexMap, ApexSet } from '../values/collections.ts';
import { platformException } from '../values/exception.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { RowError } from './dml.ts';
import type { LocalOrg } from '../org.ts';
import { fieldKey } from './access-rules.ts';
import { current, type UserContext } from './transaction.ts';

export type ObjectRight = 'Read' | 'Create' | 'Edit' | 'Delete';

/** Profiles that give no right to data: whatever their users may do comes from permission sets. */
const BARE_PROFILES = new Set([
  'minimum access - salesforce',
  'minimum access - api only integrations',
  'chatter free user',
  'chatter external user',
  'identity user',
  'accès minimum - salesforce',
]);
/** Whether a profile's users have the rights of their permission sets only. */
export function isBareProfile(name: string): boolean {
  return BARE_PROFILES.has(name.toLowerCase());
}

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

/**
 * What the standard profiles that may write data may not, and fields that they do not see.
 * (apex-recipes, Safely_Tests; the profiles of a new org.)
 */
const WITHHELD: readonly { readonly object: string; readonly rights: readonly ObjectRight[] }[] = [
  { object: 'Case', rights: ['Delete'] },
  { object: 'Lead', rights: ['Delete'] },
];
const FIELDS_OF_ADMINISTRATORS = new Set([
  'dunsnumber',
  'naicscode',
  'naicsdesc',
  'tradestyle',
  'yearstarted',
]);
const STANDARD_PROFILES = new Set([
  'standard user',
  'marketing user',
  'utilisateur standard',
  'utilisateur marketing',
]);

/** Whose rights are asked after: the running transaction's user, or somebody who calls an API. */
export interface RightsHolder {
  readonly org: LocalOrg;
  readonly user: UserContext;
}

/** Names of the user's profile in lower case: `bare` has no rights of its own, `reader` may only look. */
function kindOfUser({ org, user }: RightsHolder): 'bare' | 'reader' | 'standard' | 'full' {
  const name = String(org.store.get('Profile', user.profileId)?.get('name') ?? '').toLowerCase();
  if (isBareProfile(name)) return 'bare';
  if (STANDARD_PROFILES.has(name)) return 'standard';
  return name === 'read only' ? 'reader' : 'full';
}

/** The permission sets that the user was assigned, and the one that stands behind the profile. */
function permissionSetIds({ org, user }: RightsHolder): Set<string> {
  const assigned = org.store.findBy('PermissionSetAssignment', 'AssigneeId', user.id);
  const ofProfile = org.store.findBy('PermissionSet', 'ProfileId', user.profileId);
  return new Set([
    ...assigned
      .filter((row) => row.get('isdeleted') !== true)
      .map((row) => String(row.get('permissionsetid'))),
    ...ofProfile.map((row) => String(row.get('id'))),
  ]);
}

function isGranted(
  holder: RightsHolder,
  table: 'ObjectPermissions' | 'FieldPermissions',
  key: string,
  name: string,
  right: string,
): boolean {
  const sets = permissionSetIds(holder);
  return holder.org.store
    .findBy(table, key, name)
    .some(
      (row) =>
        row.get('isdeleted') !== true &&
        sets.has(String(row.get('parentid'))) &&
        row.get(`permissions${right.toLowerCase()}`) === true,
    );
}

/** Whether the user's profile and permission sets give a right to an object. */
export function mayUseObject(
  object: ObjectSchema,
  right: ObjectRight,
  holder: RightsHolder = current(),
): boolean {
  if (object.kind === 'metadataType' || object.kind === 'setting') return true;
  if (holder.org.access.denies(holder.user.userName, object.name, null, right)) return false;
  const kind = kindOfUser(holder);
  // Tasks and events are everybody's: no profile gives them or takes them away.
  if (kind === 'full' || object.name === 'Task' || object.name === 'Event') return true;
  const isWithheld = WITHHELD.some((each) => each.object === object.name && each.rights.includes(right));
  if (kind === 'standard' && !isWithheld) return true;
  if (right === 'Read' && (kind === 'reader' || OPEN_OBJECTS.has(object.name.toLowerCase()))) return true;
  return isGranted(holder, 'ObjectPermissions', 'SobjectType', object.name, right);
}

/** Whether the user may see or write a field; required and system fields come with their object. */
export function mayUseField(
  object: ObjectSchema,
  field: FieldSchema,
  right: 'Read' | 'Edit',
  holder: RightsHolder = current(),
): boolean {
  if (object.kind === 'metadataType' || object.kind === 'setting') return true;
  const { access } = holder.org;
  if (access.denies(holder.user.userName, object.name, field.name, right)) return false;
  const name = `${object.name}.${field.name}`;
  if (access.ungranted.has(fieldKey(object.name, field.name)))
    return isGranted(holder, 'FieldPermissions', 'Field', name, right);
  const kind = kindOfUser(holder);
  const isAdministrators = FIELDS_OF_ADMINISTRATORS.has(field.name.toLowerCase());
  if (kind === 'full' || (kind === 'standard' && !isAdministrators)) return true;
  if (kind === 'reader' && right === 'Read' && !isAdministrators) return true;
  if (!mayUseObject(object, 'Read', holder)) return false;
  const isOwn = !field.nillable || (!field.createable && !field.calculated) || field.name === 'Name';
  if (isOwn && !isAdministrators) return true;
  return isGranted(holder, 'FieldPermissions', 'Field', name, right);
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
  // Who may not even read is told that; who may, which operation is not theirs. (apex-recipes, AccountServiceLayer_Tests.)
  if (!mayUseObject(object, right))
    return {
      statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      message: mayUseObject(object, 'Read')
        ? `DML operation ${operation.toUpperCase()} not allowed on ${object.name}`
        : `Access to entity '${object.name}' denied`,
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
  const asked = pathsOf(query).flatMap((path) =>
    path.length === 1 ? [object.fields.get(path[0]?.toLowerCase() ?? '')] : [],
  );
  const isOpen = mayUseObject(object, 'Read');
  const closed = asked.filter(
    (field) => field !== undefined && !(isOpen && mayUseField(object, field, 'Read')),
  );
  const names = closed.flatMap((field) => (field ? [field.name] : []));
  if (isOpen && names.length === 0) return;
  const message = isOpen
    ? `No such column '${names[0] ?? ''}' on entity '${object.name}'.`
    : `sObject type '${object.name}' is not supported.`;
  throw platformException(
    'System.QueryException',
    mode === 'user' ? message : 'Insufficient permissions: secure query included inaccessible field',
    { inaccessible: new ApexMap(STRING, STRINGS, [[object.name, new ApexSet(STRING, names)]]) },
  );
}

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const STRINGS: TypeRef = { kind: 'set', element: STRING };

/** The fields that a query selects, filters and sorts by. */
function pathsOf(query: SoqlQuery): FieldPath[] {
  const operand = (each: SoqlOperand): FieldPath[] => {
    if (Array.isArray(each)) return [each as FieldPath];
    const { argument } = each as SoqlFunction;
    return argument === null ? [] : operand(argument);
  };
  const condition = (each: SoqlCondition | null): FieldPath[] => {
    if (each === null) return [];
    if (each.kind === 'and' || each.kind === 'or') return each.parts.flatMap(condition);
    return each.kind === 'not' ? condition(each.part) : operand(each.field);
  };
  return [
    ...query.fields.flatMap((each) =>
      each.kind === 'path' ? [each.path] : each.kind === 'function' ? operand(each.function) : [],
    ),
    ...condition(query.where),
    ...query.orderBy.flatMap((each) => operand(each.field)),
  ];
}
