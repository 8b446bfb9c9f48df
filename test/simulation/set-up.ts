import { connect, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { PROJECT, setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { ADMIN } from '../server/support/test-server.ts';

/** Who acts in the org: a salesperson, and the user that DI calls it as. */
export const SALES = 'sales@local.org';
const DI_USER = 'di-connect@local.org';
const PASSWORD = 'the password of DI 1';

export { PROJECT };
/** The opt-in that Email Opt Out stands for. */
export const OPT_IN = 'news';

/** What both sides are set up as before anything happens. */
export interface SetUp {
  readonly connectionId: string;
  readonly destinationId: string;
  readonly transferId: string;
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
  await integrate(di, keys.connectionId, {
    name: 'Email Opt Out',
    operations: ['consent'],
    optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
    matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
  });
  await integrate(di, keys.connectionId, {
    name: 'Phones and cities',
    operations: ['updated'],
    mapping: [
      { salesforceField: 'Phone', column: 'phone' },
      { salesforceField: 'MailingCity', column: 'city' },
    ],
  });
  return { connectionId: keys.connectionId, destinationId: projectId, transferId };
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

async function integrate(di: DiConnect, connection: string, definition: object): Promise<void> {
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
    connection,
    table: 'Contact',
    object: 'Contact',
    ...definition,
  });
  await di.call('POST', `/v1/admin/integrations/${id}/activate`);
}
