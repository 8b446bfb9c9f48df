import { ApexDouble } from './values/numbers.ts';
import { ApexBlob } from './values/dates.ts';
import { platformClass } from './library/registry.ts';
import { throwNull } from './values/exception.ts';
import { isBareProfile } from './execution/permissions.ts';
import { current, type UserContext } from './execution/transaction.ts';
import { sourceKey, type LocalOrg } from './org.ts';
import type { PermissionSetSchema } from './database/schema.ts';
import { putInto, seedCustomMetadata, seedEntity, type Put } from './metadata-rows.ts';
import { triggerRecord } from './trigger-records.ts';

/** What every org has from its first day: the organization, profiles, users, and the package's permission sets and classes. */
export function seedStandardData(org: LocalOrg): { admin: UserContext; automatedProcess: UserContext } {
  const put = putInto(org);
  put('Organization', {
    id: org.organization.id,
    name: org.organization.name,
    issandbox: false,
    organizationtype: 'Developer Edition',
    instancename: 'LOCAL',
    languagelocalekey: org.language,
    timezonesidkey: 'GMT',
  });
  const license = put('UserLicense', {
    name: 'Salesforce',
    masterlabel: 'Salesforce',
    licensedefinitionkey: 'SFDC',
    status: 'Active',
    totallicenses: 10,
    usedlicenses: 2,
  });
  const profile = (name: string, rights: Readonly<Record<string, boolean>> = {}): string =>
    put('Profile', {
      name,
      usertype: 'Standard',
      permissionsviewalldata: false,
      permissionsmodifyalldata: false,
      permissionsapienabled: !isBareProfile(name),
      userlicenseid: license,
      permissionsprivacydataaccess: false,
      permissionssubmitmacrosallowed: !isBareProfile(name),
      permissionsmassinlineedit: !isBareProfile(name),
      ...rights,
    });
  const [administrators, ...others] = PROFILES[org.language];
  const administrator = profile(administrators, {
    permissionsviewalldata: true,
    permissionsmodifyalldata: true,
    permissionscustomizeapplication: true,
    permissionsmanageusers: true,
    permissionsviewsetup: true,
    permissionsauthorapex: true,
  });
  for (const name of others) profile(name);
  const user = (
    first: string | null,
    last: string,
    userName: string,
    profileId: string,
    type = 'Standard',
  ): string =>
    put('User', {
      firstname: first,
      lastname: last,
      name: [first, last].filter(Boolean).join(' '),
      username: userName,
      email: userName,
      alias: last.slice(0, 8).toLowerCase(),
      profileid: profileId,
      isactive: true,
      timezonesidkey: 'GMT',
      localesidkey: 'en_US',
      languagelocalekey: org.language,
      emailencodingkey: 'UTF-8',
      usertype: type,
    });
  const admin = user('Ada', 'Admin', 'admin@local.org', administrator);
  const automated = user(null, 'Automated Process', 'autoproc@local.org', administrator, 'AutomatedProcess');
  for (const each of org.store.all('Profile'))
    org.store.put('Profile', String(each.get('id')), new Map(each).set('createdbyid', admin));
  for (const set of org.schema.permissionSets.values()) seedPermissionSet(put, set);
  for (const { name, label, description } of org.schema.permissionSetGroups)
    put('PermissionSetGroup', { developername: name, masterlabel: label, description, status: 'Updated' });
  for (const { name, label } of org.schema.applications)
    put('AppMenuItem', {
      name,
      label,
      applicationid: put('AppDefinition', { developername: name, label }),
      type: 'TabSet',
    });
  for (const name of org.schema.customPermissions)
    put('CustomPermission', { developername: name, masterlabel: name });
  for (const name of org.schema.notificationTypes)
    put('CustomNotificationType', { developername: name, customnotiftypename: name, masterlabel: name });
  for (const info of org.program.classes.values())
    if (!info.name.includes('.'))
      put('ApexClass', {
        name: info.name,
        status: 'Active',
        body: org.sources.get(sourceKey(info.file))?.text ?? null,
        lengthwithoutcomments: lengthWithoutComments(org.sources.get(sourceKey(info.file))?.text ?? ''),
        apiversion: new ApexDouble(65),
        isvalid: true,
      });
  for (const trigger of org.program.triggers) put('ApexTrigger', triggerRecord(org, trigger));
  for (const object of org.schema.objects.values())
    if (object.kind === 'custom') seedEntity(org, put, object.name);
  seedMetadata(org, put);
  return { admin: org.user(admin), automatedProcess: org.user(automated) };
}

/** Characters of a source that are no comment. */
const lengthWithoutComments = (source: string): number =>
  source.replace(/'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/.*/g, (found) =>
    found.startsWith("'") ? found : '',
  ).length;

/** Names of the standard profiles, which are translated. */
const PROFILES = {
  en_US: [
    'System Administrator',
    'Standard User',
    'Minimum Access - Salesforce',
    'Read Only',
    'Marketing User',
    'Chatter Free User',
  ],
  fr: [
    'Administrateur système',
    'Utilisateur standard',
    'Accès minimum - Salesforce',
    'Lecture seule',
    'Utilisateur Marketing',
    'Utilisateur gratuit de Chatter',
  ],
} as const;

function seedPermissionSet(put: Put, set: PermissionSetSchema): void {
  const parentid = put('PermissionSet', { name: set.name, label: set.label, isownedbyprofile: false });
  for (const each of set.objectPermissions)
    put('ObjectPermissions', {
      parentid,
      sobjecttype: each.object,
      permissionsread: each.read,
      permissionscreate: each.create,
      permissionsedit: each.edit,
      permissionsdelete: each.delete,
    });
  for (const each of set.fieldPermissions)
    put('FieldPermissions', {
      parentid,
      field: each.field,
      sobjecttype: each.field.split('.')[0] ?? '',
      permissionsread: each.read,
      permissionsedit: each.edit,
    });
}

/** Records that stand for metadata of the source: record types, static resources, custom metadata. */
function seedMetadata(org: LocalOrg, put: Put): void {
  const statuses = org.schema.object('Lead')?.fields.get('status')?.picklist ?? [];
  for (const [index, status] of statuses.entries())
    put('LeadStatus', {
      masterlabel: status.value,
      apiname: status.value,
      sortorder: index + 1,
      isconverted: status.value === 'Closed - Converted',
      isdefault: status.isDefault,
    });
  put('Pricebook2', { name: 'Standard Price Book', isactive: true, isstandard: true });
  for (const object of org.schema.objects.values())
    for (const type of org.schema.recordTypes(object.name))
      put('RecordType', {
        name: type.label,
        developername: type.developerName,
        description: type.description,
        sobjecttype: object.name,
        isactive: type.active,
      });
  for (const resource of org.schema.staticResources)
    put('StaticResource', {
      name: resource.name,
      contenttype: resource.contentType,
      body: new ApexBlob(resource.body),
      bodylength: resource.body.length,
    });
  seedCustomMetadata(org, put);
}

/** Custom permissions come with assigned permission sets; a System Administrator has none of them by that alone. */
export function hasCustomPermission(org: LocalOrg, userId: string, permission: string): boolean {
  const wanted = permission.toLowerCase();
  return org.store.findBy('PermissionSetAssignment', 'AssigneeId', userId).some((assignment) => {
    const id = assignment.get('permissionsetid');
    const name = typeof id === 'string' ? org.store.get('PermissionSet', id)?.get('name') : undefined;
    const set = typeof name === 'string' ? org.schema.permissionSets.get(name.toLowerCase()) : undefined;
    return (
      assignment.get('isdeleted') !== true &&
      [...(set?.customPermissions ?? [])].some((each) => each.toLowerCase() === wanted)
    );
  });
}

platformClass({
  name: 'System.FeatureManagement',
  statics: {
    'checkPermission/1': (name: string | null) =>
      hasCustomPermission(current().org, current().user.id, name ?? throwNull()),
  },
});
