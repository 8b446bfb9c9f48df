import { setTimeout as pause } from 'node:timers/promises';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess } from '../../scripts/demo/salesforce.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { startApi, type Api } from './api.ts';
import { rounded, type Table } from './report.ts';

/** Contacts of the org. */
const CONTACTS = { whole: 100_000, quick: 10_000 };
/** Contacts that one transaction of Apex may insert. */
const TRANSACTION = 10_000;
const PARTS = 5;
/** Milliseconds between looks at a run. */
const LOOK = 250;

const MAPPING = [
  ['Email', 'email', { type: 'email', required: true }],
  ['FirstName', 'first_name', { type: 'text', length: 40 }],
  ['LastName', 'last_name', { type: 'text', length: 80 }],
  ['Phone', 'phone', { type: 'phone' }],
  ['MailingCity', 'city', { type: 'text', length: 80 }],
  ['Title', 'title', { type: 'text', length: 128 }],
] as const;

interface Run {
  readonly state: string;
  readonly message: string | null;
  readonly read: number;
  readonly applied: number;
  readonly rejected: number;
}

/**
 * Time and memory of the API while it pulls all contacts of an org, by REST pages and by the Bulk API, each into a project
 * of its own. The local org is a process of its own: what it holds is not counted, its speed is in the figures.
 */
export async function pulls(databaseUrl: string, isQuick: boolean): Promise<Table> {
  const contacts = isQuick ? CONTACTS.quick : CONTACTS.whole;
  const org = await startOrg([]);
  try {
    await fill(org, contacts);
    const api = await startApi(databaseUrl, {
      SALESFORCE_ORIGINS: org.url,
      SALESFORCE_CLIENT_ID: LOGIN.clientId,
      SALESFORCE_CLIENT_SECRET: LOGIN.clientSecret,
    });
    try {
      const rows: Record<string, string | number>[] = [];
      for (const way of ['REST pages', 'Bulk API'] as const)
        rows.push(...(await pullBy(api, org, way, contacts)));
      return rows;
    } finally {
      await api.stop();
    }
  } finally {
    await org.stop();
  }
}

/** Makes contacts by Apex, as many in a transaction as it may. */
async function fill(org: OrgProcess, contacts: number): Promise<void> {
  const { connection } = await org.connect();
  for (let from = 0; from < contacts; from += TRANSACTION) {
    const result = await connection.tooling.executeAnonymous(
      `List<Contact> people = new List<Contact>();
       for (Integer n = ${from}; n < ${Math.min(contacts, from + TRANSACTION)}; n++)
         people.add(new Contact(LastName = 'Last ' + n, FirstName = 'First', Email = 'person' + n + '@example.com',
           Phone = '555-' + n, MailingCity = 'Ghent', Title = 'Director of Marketing'));
       insert people;`,
    );
    if (!result.success)
      throw new Error(result.exceptionMessage ?? result.compileProblem ?? 'No contacts were made.');
  }
}

async function pullBy(
  api: Api,
  org: OrgProcess,
  way: 'REST pages' | 'Bulk API',
  contacts: number,
): Promise<Record<string, string | number>[]> {
  const di = new DiConnect(api.url, api.adminToken);
  const pull = await createPull(di, org, way === 'Bulk API' ? 0 : 10_000_000);
  const before = await api.residentMemory();
  const started = performance.now();
  const { id } = await di.call<{ id: string }>('POST', `/v1/admin/pulls/${pull}/runs`, {});
  const rows: Record<string, string | number>[] = [];
  let most = 0;
  for (;;) {
    const run = await di.call<Run>('GET', `/v1/admin/pulls/${pull}/runs/${id}`);
    most = Math.max(most, await api.residentMemory());
    if (run.state === 'failed') throw new Error(run.message ?? 'The run failed.');
    const isDone = run.state === 'done';
    if (isDone || run.read >= ((rows.length + 1) * contacts) / PARTS) {
      rows.push({
        way,
        'contacts read': run.read,
        'contacts/s': rounded(run.read / ((performance.now() - started) / 1000)),
        'resident before, MB': rounded(before / 1e6),
        'most resident, MB': rounded(most / 1e6),
      });
      most = 0;
    }
    if (!isDone) {
      await pause(LOOK);
      continue;
    }
    if (run.applied !== contacts || run.rejected !== 0)
      throw new Error(`${run.applied} of ${contacts} were written, and ${run.rejected} rejected.`);
    return rows;
  }
}

/** A project of its own, its connection authorized, and a pull that runs when told to. */
async function createPull(di: DiConnect, org: OrgProcess, bulkThreshold: number): Promise<string> {
  const project = `L${Math.random().toString(36).slice(2, 10)}`;
  const fields = MAPPING.map(([, name, field]) => ({ name, ...field }));
  await di.call('POST', '/v1/admin/projects', {
    code: project,
    name: 'Pulls',
    type: 'A',
    contacts: { primaryKey: ['email'], fields },
  });
  await di.call('POST', `/v1/admin/projects/${project}/build`, {});
  const connection = await di.call<{ id: string }>('POST', '/v1/admin/connections', { project, name: 'Org' });
  await di.call('POST', `/v1/admin/connections/${connection.id}/authorizations/password`, {
    login: org.url,
    userName: LOGIN.userName,
    password: LOGIN.password,
    securityToken: 'token',
  });
  const transfer = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    connection: connection.id,
    table: 'Contact',
    object: 'Contact',
    mapping: MAPPING.map(([salesforceField, column]) => ({ salesforceField, column })),
  });
  await di.call('POST', `/v1/admin/transfers/${transfer.id}/activate`, {});
  const pull = await di.call<{ id: string }>('POST', '/v1/admin/pulls', {
    transfer: transfer.id,
    startNow: false,
    bulkThreshold,
  });
  return pull.id;
}
