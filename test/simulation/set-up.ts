import { connect, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { MAPPING, PROJECT, setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { ADMIN } from '../server/support/test-server.ts';

/** Who acts in the org: a salesperson, and the user that DI calls it as. */
export const SALES = 'sales@local.org';
const DI_USER = 'di-connect@local.org';
const PASSWORD = 'the password of DI 1';

export { PROJECT };
/** The opt-in that Email Opt Out stands for. */
export const OPT_IN = 'news';

/** What comes of contacts, by the row's columns. */
export const OF_CONTACTS: readonly Mapped[] = MAPPING;
/** What comes of leads into the same columns. */
export const OF_LEADS: readonly Mapped[] = [
  ...MAPPING.map(({ salesforceField, column }) => ({
    salesforceField: salesforceField.replace('Mailing', '').replace('Account.Name', 'Company'),
    column,
  })),
  { salesforceField: 'IsConverted', column: 'is_converted' },
];

interface Mapped {
  readonly salesforceField: string;
  readonly column: string;
}

/** What both sides are set up as before anything happens. */
export interface SetUp {
  readonly connectionId: string;
  readonly destinationId: string;
  readonly transferId: string;
  /** In DI: the transfers of contacts and of leads, and a pull of contacts that runs when it is asked to. */
  readonly transfers: readonly string[];
  readonly pullId: string;
  readonly integrations: readonly string[];
}

/**
 * Sets up a project, a connection with the plugin and the other way round, an opt-in, and the integrations.
 *
 * @param orgUrl where the org itself is reached
 * @param apiUrl where the plugin reaches DI
 * @param login where DI reaches the org
 */
export async function setUp(orgUrl: string, apiUrl: string, login: string): Promise<SetUp> {
  const salesforce = await connect(orgUrl);
  const di = new DiConnect(apiUrl, ADMIN);
  const keys = await setUpProject(di);
  const { projectId, transferId } = await setUpSalesforce(salesforce, apiUrl, keys);
  const leads = await setUpLeads(di, salesforce, keys.connectionId, projectId);
  await createUser(salesforce, SALES, 'Sales');
  const diUser = await createUser(salesforce, DI_USER, 'DI Connect');
  for (const set of ['DI_Integration_User', 'DI_Admin']) await salesforce.assign(set, DI_USER);
  await salesforce.setPassword(diUser, PASSWORD);
  await di.call('POST', `/v1/admin/connections/${keys.connectionId}/authorizations/password`, {
    login,
    userName: DI_USER,
    password: PASSWORD,
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code: OPT_IN, name: 'News' });
  const integrations = [
    ...(await integrate(di, keys.connectionId, 'Contact', { Phone: 'phone', MailingCity: 'city' })),
    ...(await integrate(di, keys.connectionId, 'Lead', { Phone: 'phone', City: 'city' })),
  ];
  const { id: pullId } = await di.call<{ id: string }>('POST', '/v1/admin/pulls', {
    transfer: keys.transferId,
    selection: { type: 'all' },
  });
  const transfers = [keys.transferId, leads];
  return {
    ...{ connectionId: keys.connectionId, destinationId: projectId, transferId },
    ...{ transfers, pullId, integrations },
  };
}

async function createUser(salesforce: Salesforce, userName: string, lastName: string): Promise<string> {
  const [admin] = (
    await salesforce.connection.query<{ ProfileId: string }>(
      "SELECT ProfileId FROM User WHERE Username = 'admin@local.org'",
    )
  ).records;
  return salesforce.create('User', {
    Username: userName,
    LastName: lastName,
    Email: userName,
    Alias: userName.slice(0, 8),
    ProfileId: admin?.ProfileId,
    TimeZoneSidKey: 'GMT',
    LocaleSidKey: 'en_US',
    EmailEncodingKey: 'UTF-8',
    LanguageLocaleKey: 'en_US',
  });
}

/** Leads go into the table of the contacts. */
async function setUpLeads(
  di: DiConnect,
  salesforce: Salesforce,
  connection: string,
  projectId: string,
): Promise<string> {
  const project = `/v1/admin/projects/${PROJECT}`;
  await di.call('POST', `${project}/tables/Contact/fields`, {
    ...{ name: 'is_converted', label: 'Converted', type: 'boolean' },
  });
  await di.call('POST', `${project}/build`);
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    ...{ connection, table: 'Contact', object: 'Lead', mapping: OF_LEADS },
  });
  await di.call('POST', `/v1/admin/transfers/${id}/activate`);
  await salesforce.callApex('DestinationProjectController', 'refreshCatalog', { projectId });
  const transferId = await salesforce.create('DI_Data_Transfer__c', {
    Name: 'Leads to the newsletter',
    Destination_Project__c: projectId,
    Source_Object__c: 'Lead',
    DI_Object_Name__c: 'Contact',
  });
  await salesforce.createAll(
    'DI_Transfer_Field__c',
    OF_LEADS.map(({ salesforceField }, index) => ({
      Transfer__c: transferId,
      Field_Path__c: salesforceField,
      Primary_Key__c: salesforceField === 'Email',
      Order__c: index + 1,
    })),
  );
  await salesforce.callApex('DataTransferController', 'activateTransfer', { transferId });
  return id;
}

const MAKES_CONTACTS = {
  operations: ['created', 'updated'],
  matching: { by: 'lookup', field: 'Email', column: 'email' },
} as const;

const OF_NEW_CONTACTS = [{ salesforceField: 'LastName', column: 'last_name', on: 'create' }] as const;

/** Opt-outs and some columns of rows go to records of an object; people of whom the project hears first become contacts. */
async function integrate(
  di: DiConnect,
  connection: string,
  object: 'Contact' | 'Lead',
  columns: Readonly<Record<string, string>>,
): Promise<string[]> {
  const definitions = [
    {
      name: `Email Opt Out of ${object}`,
      operations: ['consent'],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
    },
    {
      name: `Phones and cities of ${object}`,
      ...(object === 'Contact' ? MAKES_CONTACTS : { operations: ['updated'] }),
      mapping: [
        ...Object.entries(columns).map(([salesforceField, column]) => ({ salesforceField, column })),
        { salesforceField: 'Email', column: 'email' },
        ...(object === 'Contact' ? OF_NEW_CONTACTS : []),
      ],
    },
  ];
  const ids: string[] = [];
  for (const definition of definitions) {
    const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
      ...{ connection, table: 'Contact', object, ...definition },
    });
    await di.call('POST', `/v1/admin/integrations/${id}/activate`);
    ids.push(id);
  }
  return ids;
}
