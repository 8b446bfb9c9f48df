import { vi } from 'vitest';
import { PROJECT } from '../../scripts/demo/set-up.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import type { OrgStage } from './org-stage.ts';

const PEOPLE = 'E-mail,First name,Last name\ndora@example.com,Dora,Lind\nnot an address,Egon,Ruiz\n';

/** Whatever a list of the console may have an entry of, made through the API and in the org. Each screen can then be reached by a link. */
export async function fillAccount(stage: OrgStage): Promise<void> {
  await authorize(stage);
  await saveContacts(stage);
  await addConsent(stage);
  await addWaysOut(stage);
  await addWaysIn(stage);
  await addAccess(stage);
}

/** Long enough for a slow machine; what is waited for comes in seconds. */
function eventually(isSo: () => Promise<boolean>): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await isSo())) throw new Error('It is not so yet.');
    },
    { timeout: 60_000, interval: 200 },
  );
}

async function authorize({ di, connection, org }: OrgStage): Promise<void> {
  await di.call('POST', `/v1/admin/connections/${connection}/authorizations/password`, {
    login: org.url,
    userName: LOGIN.userName,
    password: LOGIN.password,
  });
  await di.call('POST', '/v1/admin/connections', { project: PROJECT, name: 'Not yet authorized' });
}

/** Two that land in the table, and one that it cannot take. */
async function saveContacts({ di, salesforce }: OrgStage): Promise<void> {
  await salesforce.createAll('Contact', [
    { Email: 'ana@example.com', FirstName: 'Ana', LastName: 'Silva' },
    { Email: 'ben@example.com', FirstName: 'Ben', LastName: 'Okoye' },
    { LastName: 'Without an address' },
  ]);
  await eventually(async () => (await di.rows(PROJECT, 'Contact')).count === 2);
}

async function addConsent({ di }: OrgStage): Promise<void> {
  await di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code: 'news', name: 'Newsletter' });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
    changes: [{ contact: { email: 'ana@example.com' }, optIn: 'news', status: 'granted' }],
  });
}

/** An integration, an action with an item, and fields that were deployed. */
async function addWaysOut({ di, connection }: OrgStage): Promise<void> {
  const integration = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
    connection,
    table: 'Contact',
    object: 'Contact',
    name: 'Opt-outs',
    operations: ['consent'],
    optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
    matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
  });
  await di.call('POST', `/v1/admin/integrations/${integration.id}/activate`);
  const action = await di.call<{ id: string }>('POST', '/v1/admin/actions', {
    connection,
    name: 'Contact of a form',
    object: 'Contact',
    operation: 'upsert',
    mapping: [{ field: 'LastName', path: 'name' }],
    matchers: [{ field: 'Email', path: 'mail' }],
  });
  await di.call('POST', `/v1/admin/actions/${action.id}/activate`);
  await di.call('POST', `/v1/actions/${action.id}`, {
    items: [{ mail: 'ana@example.com', name: 'Silva' }, { mail: 'ana@example.com' }],
  });
  await di.call('POST', `/v1/admin/connections/${connection}/fields`, {
    object: 'Contact',
    optIns: ['news'],
  });
  await eventually(async () => {
    const { deployments } = await di.call<{ deployments: { status: string }[] }>(
      'GET',
      `/v1/admin/connections/${connection}/deployments`,
    );
    return deployments[0]?.status === 'succeeded';
  });
}

/** A pull that ran, a source, and an import that was done. */
async function addWaysIn({ url, di }: OrgStage): Promise<void> {
  const { transfers } = await di.call<{ transfers: { id: string }[] }>('GET', '/v1/admin/transfers');
  const pull = await di.call<{ id: string }>('POST', '/v1/admin/pulls', {
    transfer: transfers[0]?.id,
    isEnabled: false,
    startNow: true,
  });
  await eventually(async () => {
    const { runs } = await di.call<{ runs: { state: string }[] }>('GET', `/v1/admin/pulls/${pull.id}/runs`);
    return runs[0]?.state === 'done';
  });
  const { connections } = await di.call<{ connections: { id: string }[] }>('GET', '/v1/admin/connections');
  const source = await di.call<{ writeKey: string }>('POST', '/v1/admin/sources', {
    connection: connections[0]?.id,
    name: 'Website',
  });
  await fetch(`${url}/v1/identify`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${source.writeKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      type: 'identify',
      userId: 'eve',
      traits: { email: 'eve@example.com', lastName: 'Moss', company: 'Acme' },
      integrations: { Salesforce: true },
    }),
  });
  const { id } = await di.call<{ id: string }>('POST', '/v1/admin/imports', {
    project: PROJECT,
    table: 'Contact',
    name: 'people.csv',
  });
  const key = await di.call<{ token: string }>('POST', '/v1/admin/api-keys', {
    name: 'Reports',
    scopes: ['imports:read', 'imports:write'],
  });
  await fetch(`${url}/v1/admin/imports/${id}/file`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key.token}`, 'content-type': 'text/csv' },
    body: PEOPLE,
  });
  await di.call('POST', `/v1/admin/imports/${id}/start`);
  await eventually(async () => {
    const { status } = await di.call<{ status: string }>('GET', `/v1/admin/imports/${id}`);
    return status === 'done';
  });
}

async function addAccess({ di }: OrgStage): Promise<void> {
  await di.call('POST', '/v1/admin/users', {
    email: 'viewer@example.com',
    name: 'Viewer',
    role: 'viewer',
    password: 'correct horse battery staple',
  });
  await di.call('POST', '/v1/admin/alert-channels', {
    kind: 'email',
    address: 'ops@example.com',
    language: 'en',
  });
}
