import { ApexDatetime } from '../values/dates.ts';
import type { ApexValue } from '../values/object.ts';
import type { PermissionSetSchema } from '../database/schema.ts';
import type { LocalOrg } from '../org.ts';

/** Profiles are called otherwise in metadata than in the org. */
const PROFILES: Readonly<Record<string, string>> = {
  admin: 'System Administrator',
  standard: 'Standard User',
  readonly: 'Read Only',
};

/** What a permission set names that the org has not, or null. */
export function permissionProblem(org: LocalOrg, set: PermissionSetSchema): string | null {
  for (const { object } of set.objectPermissions)
    if (!org.schema.object(object)) return `In field: object - no CustomObject named ${object} found`;
  for (const permission of set.fieldPermissions) {
    const [object = '', name = ''] = permission.field.split('.');
    const field = org.schema.object(object)?.fields.get(name.toLowerCase());
    if (!field) return `In field: field - no CustomField named ${permission.field} found`;
    const isRequired = !field.nillable && field.type !== 'boolean';
    if (isRequired || field.masterDetail) return `You cannot deploy to a required field: ${permission.field}`;
    if (permission.edit && (field.calculated || field.autoNumber))
      return `Field ${permission.field} is not editable`;
    if (permission.edit && !permission.read)
      return `Field ${permission.field} must be readable to be editable`;
  }
  return null;
}

/** Writes a permission set's rights over those that it has: what is not named stays. */
export function mergePermissionSet(org: LocalOrg, set: PermissionSetSchema): void {
  const before = org.schema.permissionSets.get(set.name.toLowerCase());
  org.schema.permissionSets.set(set.name.toLowerCase(), {
    ...set,
    customPermissions: new Set([...(before?.customPermissions ?? []), ...set.customPermissions]),
    classAccess: new Set([...(before?.classAccess ?? []), ...set.classAccess]),
  });
  const [row] = org.store.findBy('PermissionSet', 'Name', set.name);
  const id =
    row === undefined
      ? put(org, 'PermissionSet', { name: set.name, label: set.label, isownedbyprofile: false })
      : String(row.get('id'));
  writeRights(org, id, set);
}

/** The same for a profile, whose rights stand in a permission set of its own. Answers whether there is such a profile. */
export function mergeProfile(org: LocalOrg, set: PermissionSetSchema): boolean {
  const name = PROFILES[set.name.toLowerCase()] ?? set.name;
  const [profile] = org.store.findBy('Profile', 'Name', name);
  if (!profile) return false;
  const profileid = String(profile.get('id'));
  const [own] = org.store.findBy('PermissionSet', 'ProfileId', profileid);
  const id =
    own === undefined
      ? put(org, 'PermissionSet', { name: `X${profileid}`, label: name, isownedbyprofile: true, profileid })
      : String(own.get('id'));
  writeRights(org, id, set);
  return true;
}

function writeRights(org: LocalOrg, parentid: string, set: PermissionSetSchema): void {
  for (const each of set.objectPermissions)
    merge(org, 'ObjectPermissions', parentid, 'sobjecttype', {
      sobjecttype: org.schema.object(each.object)?.name ?? each.object,
      permissionsread: each.read,
      permissionscreate: each.create,
      permissionsedit: each.edit,
      permissionsdelete: each.delete,
    });
  for (const each of set.fieldPermissions) {
    const [objectName = '', fieldName = ''] = each.field.split('.');
    const object = org.schema.object(objectName);
    const field = object?.fields.get(fieldName.toLowerCase());
    merge(org, 'FieldPermissions', parentid, 'field', {
      field: `${object?.name ?? objectName}.${field?.name ?? fieldName}`,
      sobjecttype: object?.name ?? objectName,
      permissionsread: each.read,
      permissionsedit: each.edit,
    });
  }
}

function merge(
  org: LocalOrg,
  table: string,
  parentid: string,
  key: string,
  values: Readonly<Record<string, ApexValue>>,
): void {
  const row = org.store
    .findBy(table, key, values[key] ?? null)
    .find((each) => each.get('parentid') === parentid && each.get('isdeleted') !== true);
  if (!row) {
    put(org, table, { parentid, ...values });
    return;
  }
  const id = String(row.get('id'));
  org.store.put(table, id, new Map([...row, ...Object.entries(values)]));
}

/** A record of the set-up, which no trigger sees. Answers its id. */
export function put(org: LocalOrg, table: string, values: Readonly<Record<string, ApexValue>>): string {
  const object = org.schema.object(table);
  if (!object) throw new Error(`${table} is missing from the schema.`);
  const id = org.store.newId(object);
  const now = new ApexDatetime(org.now()).stored;
  org.store.put(
    table,
    id,
    new Map<string, ApexValue>([
      ['isdeleted', false],
      ['createddate', now],
      ['createdbyid', org.admin.id],
      ['lastmodifieddate', now],
      ['systemmodstamp', now],
      ...Object.entries(values),
      ['id', id],
    ]),
  );
  return id;
}
