import type { DiConnect } from './di-connect.ts';
import type { Salesforce } from './salesforce.ts';

export const PROJECT = 'DEMO';

/** Salesforce field, project column: what the demo's transfer carries. */
export const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'FirstName', column: 'first_name' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Phone', column: 'phone' },
  { salesforceField: 'MailingCity', column: 'city' },
  { salesforceField: 'MailingState', column: 'state' },
  { salesforceField: 'Account.Name', column: 'company' },
  { salesforceField: 'HasOptedOutOfEmail', column: 'opted_out' },
] as const;

/** Who signs in to the demo's console. The password is no secret: the demo listens on this machine only, and is thrown away. */
export const OWNER = { email: 'demo@example.com', name: 'Demo owner', password: 'demo of di connect' };

/** In DI: the first owner of the account, who signs in to the console. */
export async function createOwner(di: DiConnect): Promise<void> {
  await di.call('POST', '/v1/admin/users', { ...OWNER, role: 'owner' });
}

/** In DI: a project whose contacts are known by their e-mail address, its tables built, a connection and a transfer. */
export async function setUpProject(
  di: DiConnect,
): Promise<{ connectionId: string; keyId: string; secret: string; transferId: string }> {
  await di.call('POST', '/v1/admin/projects', {
    code: PROJECT,
    name: 'Demo newsletter',
    type: 'A',
    contacts: {
      primaryKey: ['email'],
      fields: [
        { name: 'email', label: 'E-mail', type: 'email', required: true },
        { name: 'first_name', label: 'First name', type: 'text', length: 40 },
        { name: 'last_name', label: 'Last name', type: 'text', length: 80 },
        { name: 'phone', label: 'Phone', type: 'phone' },
        { name: 'city', label: 'City', type: 'text', length: 80 },
        { name: 'state', label: 'State', type: 'text', length: 80 },
        { name: 'company', label: 'Company', type: 'text' },
        { name: 'opted_out', label: 'Opted out', type: 'boolean' },
      ],
    },
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
  const connection = await di.call<{ id: string; keyId: string; secret: string }>(
    'POST',
    '/v1/admin/connections',
    { project: PROJECT, name: 'Local org' },
  );
  const transfer = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    connection: connection.id,
    table: 'Contact',
    object: 'Contact',
    mapping: MAPPING,
  });
  await di.call('POST', `/v1/admin/transfers/${transfer.id}/activate`);
  return {
    connectionId: connection.id,
    keyId: connection.keyId,
    secret: connection.secret,
    transferId: transfer.id,
  };
}

/** In Salesforce: the admin's permission set, a destination project with its keys, authorized, and an active transfer. */
export async function setUpSalesforce(
  salesforce: Salesforce,
  endpoint: string,
  keys: { keyId: string; secret: string },
): Promise<{ projectId: string; transferId: string }> {
  await salesforce.assign('DI_Admin', 'admin@local.org');
  const projectId = await salesforce.create('DI_Destination_Project__c', {
    Name: 'Demo newsletter',
    Endpoint__c: endpoint,
  });
  await salesforce.callApex('DI_DestinationProjectController', 'authorize', {
    projectId,
    keyId: keys.keyId,
    secret: keys.secret,
  });
  const transferId = await salesforce.create('DI_Data_Transfer__c', {
    Name: 'Contacts to the newsletter',
    Destination_Project__c: projectId,
    Source_Object__c: 'Contact',
    DI_Object_Name__c: 'Contact',
  });
  await salesforce.createAll(
    'DI_Transfer_Field__c',
    MAPPING.map(({ salesforceField }, index) => ({
      Transfer__c: transferId,
      Field_Path__c: salesforceField,
      Primary_Key__c: salesforceField === 'Email',
      Order__c: index + 1,
    })),
  );
  await salesforce.callApex('DI_DataTransferController', 'activateTransfer', { transferId });
  return { projectId, transferId };
}
