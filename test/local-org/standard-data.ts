import { ApexDatetime } from './values/dates.ts';
import type { ApexValue } from './values/object.ts';
import { STANDARD_DETAILS } from './database/standard-details.ts';
import { platformClass } from './library/registry.ts';
import { throwNull } from './values/exception.ts';
import { current, type UserContext } from './execution/transaction.ts';
import type { LocalOrg } from './org.ts';

/** What every org has from its first day: the organization, profiles, users, and the package's permission sets and classes. */
export function seedStandardData(org: LocalOrg): { admin: UserContext; automatedProcess: UserContext } {
  const put = (object: string, values: Readonly<Record<string, ApexValue>>): string => {
    const schema = org.schema.object(object);
    if (!schema) throw new Error(`${object} is missing from the schema.`);
    const id = typeof values.id === 'string' ? values.id : org.store.newId(schema);
    const now = new ApexDatetime(org.now());
    org.store.put(
      object,
      id,
      new Map<string, ApexValue>([
        ['isdeleted', false],
        ['createddate', now],
        ['lastmodifieddate', now],
        ['systemmodstamp', now],
        ...Object.entries(values),
        ['id', id],
      ]),
    );
    return id;
  };
  put('Organization', {
    id: org.organization.id,
    name: org.organization.name,
    issandbox: false,
    organizationtype: 'Developer Edition',
    instancename: 'LOCAL',
    languagelocalekey: 'en_US',
    timezonesidkey: 'GMT',
  });
  const profile = (name: string): string => put('Profile', { name });
  const administrator = profile('System Administrator');
  for (const name of ['Standard User', 'Minimum Access - Salesforce', 'Read Only', 'Chatter Free User'])
    profile(name);
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
      languagelocalekey: 'en_US',
      emailencodingkey: 'UTF-8',
      usertype: type,
    });
  const admin = user('Ada', 'Admin', 'admin@local.org', administrator);
  const automated = user(null, 'Automated Process', 'autoproc@local.org', administrator, 'AutomatedProcess');
  leadStatuses().forEach((name, index) =>
    put('LeadStatus', {
      apiname: name,
      masterlabel: name,
      sortorder: index + 1,
      isdefault: index === 0,
      isconverted: name === CONVERTED_STATUS,
    }),
  );
  for (const set of org.schema.permissionSets.values())
    put('PermissionSet', { name: set.name, label: set.label, isownedbyprofile: false });
  for (const name of org.schema.customPermissions)
    put('CustomPermission', { developername: name, masterlabel: name });
  for (const name of org.schema.notificationTypes)
    put('CustomNotificationType', { developername: name, customnotiftypename: name, masterlabel: name });
  for (const info of org.program.classes.values())
    if (!info.name.includes('.')) put('ApexClass', { name: info.name, status: 'Active' });
  return { admin: org.user(admin), automatedProcess: org.user(automated) };
}

/** The status of a lead that says it was converted. */
const CONVERTED_STATUS = 'Closed - Converted';

function leadStatuses(): readonly string[] {
  return STANDARD_DETAILS.Lead?.picklists?.Status ?? [];
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
