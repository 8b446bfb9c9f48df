import { randomBytes } from 'node:crypto';
import type { DiConnect } from './di-connect.ts';
import { eventually } from './eventually.ts';
import type { Salesforce } from './salesforce.ts';
import { PROJECT } from './set-up.ts';

export const OPT_IN = 'newsletter';

/** What the way back writes to: the standard field, and the one that DI makes for the opt-in. */
export interface WayBack {
  readonly optInField: string;
}

/** What became of one click on an unsubscribe link. */
export interface Unsubscribed {
  readonly email: string;
  readonly milliseconds: number;
  /** The contact as Salesforce has it. */
  readonly contact: Readonly<Record<string, unknown>>;
  /** The ledger's entry. */
  readonly event: Readonly<Record<string, unknown>>;
}

interface Deployment {
  readonly status: string;
  readonly message: string | null;
  readonly fields?: readonly { readonly field: string }[];
}

/** DI gets a user of its own in the org, an opt-in with a field there, and an integration that sends what people say. */
export async function setUpWayBack(
  di: DiConnect,
  salesforce: Salesforce,
  orgUrl: string,
  connection: string,
): Promise<WayBack> {
  await authorize(di, salesforce, orgUrl, connection);
  await di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code: OPT_IN, name: 'Newsletter' });
  const optInField = await makeField(di, connection);
  await salesforce.assign('DI_Fields', 'admin@local.org');
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
    connection,
    table: 'Contact',
    object: 'Contact',
    name: 'Opt-ins to contacts',
    operations: ['consent'],
    optInFields: [
      { optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' },
      { optIn: OPT_IN, field: optInField, trueWhen: 'granted' },
    ],
    matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
  });
  await di.call('POST', `/v1/admin/integrations/${id}/activate`);
  return { optInField };
}

/** DI writes as a user of its own: the package leaves out what that one writes. */
async function authorize(
  di: DiConnect,
  salesforce: Salesforce,
  orgUrl: string,
  connection: string,
): Promise<void> {
  const { records } = await salesforce.connection.query<{ ProfileId: string }>(
    "SELECT ProfileId FROM User WHERE Username = 'admin@local.org'",
  );
  const userName = 'di-connect@local.org';
  const password = randomBytes(12).toString('base64url');
  const user = await salesforce.create('User', {
    Username: userName,
    LastName: 'DI Connect',
    Email: 'di-connect@example.com',
    Alias: 'diconn',
    ProfileId: records[0]?.ProfileId,
    TimeZoneSidKey: 'GMT',
    LocaleSidKey: 'en_US',
    EmailEncodingKey: 'UTF-8',
    LanguageLocaleKey: 'en_US',
  });
  for (const name of ['DI_Integration_User', 'DI_Admin']) await salesforce.assign(name, userName);
  await salesforce.setPassword(user, password);
  await di.call('POST', `/v1/admin/connections/${connection}/authorizations/password`, {
    login: orgUrl,
    userName,
    password,
  });
}

/** A checkbox for the opt-in, deployed to the org with the right to it. Answers its API name. */
async function makeField(di: DiConnect, connection: string): Promise<string> {
  const asked = { object: 'Contact', optIns: [OPT_IN] };
  const plan = await di.call<{ fields: { field: string }[] }>(
    'POST',
    `/v1/admin/connections/${connection}/fields/plan`,
    asked,
  );
  const { deployment } = await di.call<{ deployment: string }>(
    'POST',
    `/v1/admin/connections/${connection}/fields`,
    asked,
  );
  await eventually(async () => {
    const { status, message } = await di.call<Deployment>('GET', `/v1/admin/deployments/${deployment}`);
    if (status === 'failed') throw new Error(`The field was not deployed: ${message ?? ''}`);
    return status === 'succeeded';
  });
  const [field] = plan.fields;
  if (!field) throw new Error('No field was planned for the opt-in.');
  return field.field;
}

/** A link with which a contact withdraws everything. */
export async function unsubscribeLink(di: DiConnect, email: string): Promise<string> {
  const { links } = await di.call<{ links: { url: string | null }[] }>(
    'POST',
    `/v1/admin/projects/${PROJECT}/consent/links`,
    { purpose: 'unsubscribe', contacts: [{ email }] },
  );
  const url = links[0]?.url;
  if (url === null || url === undefined) throw new Error(`There is no link for ${email}.`);
  return url;
}

/** A person who had opted in unsubscribes with one click, as a mailbox does it (RFC 8058). Waits until Salesforce knows. */
export async function unsubscribe(
  di: DiConnect,
  salesforce: Salesforce,
  { optInField }: WayBack,
  email: string,
): Promise<Unsubscribed> {
  const contact = async (): Promise<Record<string, unknown>> => {
    const found = await salesforce.connection.query<Record<string, unknown>>(
      `SELECT Email, HasOptedOutOfEmail, ${optInField} FROM Contact WHERE Email = '${email.replace(/['\\]/g, '\\$&')}'`,
    );
    return found.records[0] ?? {};
  };
  await di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
    changes: [{ contact: { email }, optIn: OPT_IN, status: 'granted' }],
  });
  await eventually(async () => (await contact())[optInField] === true);
  const started = performance.now();
  await fetch(await unsubscribeLink(di, email), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  await eventually(async () => {
    const now = await contact();
    return now.HasOptedOutOfEmail === true && now[optInField] === false;
  });
  const milliseconds = performance.now() - started;
  const key = encodeURIComponent(JSON.stringify({ email }));
  const { events } = await di.call<{ events: Record<string, unknown>[] }>(
    'GET',
    `/v1/admin/projects/${PROJECT}/consent/contact?key=${key}`,
  );
  const { attributes: _attributes, ...shown } = await contact();
  return {
    email,
    milliseconds,
    contact: shown,
    event: events.find((event) => event.source === 'unsubscribe-link') ?? {},
  };
}
