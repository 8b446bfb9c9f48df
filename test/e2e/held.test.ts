import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { PROJECT } from '../../scripts/demo/set-up.ts';
import { readConfig } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { freePort } from '../server/support/free-port.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';
const FIELDS = [
  { name: 'email', type: 'email', required: true },
  { name: 'last_name', type: 'text', length: 80 },
];
const WITHIN = { timeout: 60_000, interval: 200 };

interface Transfer {
  readonly Id: string;
  readonly Hold_Reason__c: string | null;
  readonly Held_Until__c: string | null;
}

/** The package's own Apex in a local org, and the API: an admin who sets Salesforce up first, and DI afterwards. */
describe('a transfer that DI does not take yet, or no longer', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-held-'));
  let server: RunningServer;
  let org: OrgProcess;
  let salesforce: Salesforce;
  let di: DiConnect;
  let connection: string;
  let projectId: string;
  const transfers: Record<string, string> = {};

  beforeAll(async () => {
    const port = await freePort();
    server = await startServer(
      readConfig({ PORT: String(port), DATA_DIR: folder, ADMIN_TOKEN: ADMIN, LOG_LEVEL: 'silent' }),
      pino({ level: 'silent' }),
    );
    org = await startOrg([server.url]);
    salesforce = await org.connect();
    di = new DiConnect(server.url, ADMIN);
    await setUp();
  }, 180_000);
  afterAll(async () => {
    await org.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** A project with two tables, and a destination project in Salesforce; no transfer on either side. */
  async function setUp(): Promise<void> {
    await di.call('POST', '/v1/admin/projects', {
      code: PROJECT,
      name: 'Newsletter',
      type: 'A',
      contacts: { primaryKey: ['email'], fields: FIELDS },
    });
    await di.call('POST', `/v1/admin/projects/${PROJECT}/tables`, {
      code: 'Lead',
      name: 'Leads',
      primaryKey: ['email'],
      fields: FIELDS,
    });
    await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    const keys = await di.call<{ id: string; keyId: string; secret: string }>(
      'POST',
      '/v1/admin/connections',
      {
        project: PROJECT,
        name: 'Org',
      },
    );
    connection = keys.id;
    await salesforce.assign('DI_Admin', 'admin@local.org');
    projectId = await salesforce.create('DI_Destination_Project__c', {
      Name: 'Newsletter',
      Endpoint__c: server.url,
    });
    await salesforce.callApex('DI_DestinationProjectController', 'authorize', {
      projectId,
      keyId: keys.keyId,
      secret: keys.secret,
    });
  }

  async function addInSalesforce(object: string, table: string): Promise<void> {
    const id = await salesforce.create('DI_Data_Transfer__c', {
      Name: `${object} to the newsletter`,
      Destination_Project__c: projectId,
      Source_Object__c: object,
      DI_Object_Name__c: table,
    });
    transfers[object] = id;
    await salesforce.createAll(
      'DI_Transfer_Field__c',
      ['Email', 'LastName'].map((field, place) => ({
        Transfer__c: id,
        Field_Path__c: field,
        Primary_Key__c: place === 0,
        Order__c: place + 1,
      })),
    );
    await salesforce.callApex('DI_DataTransferController', 'activateTransfer', { transferId: id });
  }

  async function addInDi(object: string): Promise<string> {
    const { id } = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
      connection,
      table: object,
      object,
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'last_name' },
      ],
    });
    return id;
  }

  const step = (id: string, verb: 'activate' | 'pause'): Promise<unknown> =>
    di.call('POST', `/v1/admin/transfers/${id}/${verb}`);
  const addresses = async (table: string): Promise<unknown[]> =>
    (await di.rows(PROJECT, table)).rows.map(({ email }) => email);

  async function transferOf(object: string): Promise<Transfer> {
    const { records } = await salesforce.connection.query<Transfer>(
      `SELECT Id, Hold_Reason__c, Held_Until__c FROM DI_Data_Transfer__c WHERE Id = '${transfers[object] ?? ''}'`,
    );
    const [found] = records;
    if (!found) throw new Error(`There is no transfer of ${object}.`);
    return found;
  }

  async function outbox(): Promise<{ status: string; attempts: number | null }[]> {
    const { records } = await salesforce.connection.query<{ Status__c: string; Attempts__c: number | null }>(
      'SELECT Status__c, Attempts__c FROM DI_Outbox__c',
    );
    return records.map(({ Status__c: status, Attempts__c: attempts }) => ({ status, attempts }));
  }

  /** Five minutes later: DI is asked again with the next change, as the delayed drain would. */
  async function later(object: string): Promise<void> {
    await salesforce.update('DI_Data_Transfer__c', {
      Id: (await transferOf(object)).Id,
      Held_Until__c: new Date(Date.now() - 1000).toISOString(),
    });
  }

  it('is not activated to a table that the project does not have', async () => {
    await expect(addInSalesforce('Contact', 'contact')).rejects.toThrow('The project has no table contact');
    await salesforce.delete('DI_Data_Transfer__c', transfers.Contact ?? '');
  });

  it('holds what changes while DI has no such transfer, and sets nothing aside', async () => {
    await addInSalesforce('Contact', 'Contact');
    await salesforce.create('Contact', { LastName: 'Ann', Email: 'ann@example.com' });
    await expect
      .poll(async () => (await transferOf('Contact')).Hold_Reason__c, WITHIN)
      .toBe('transfer-missing');
    expect(await outbox()).toEqual([{ status: 'Pending', attempts: 0 }]);
    const logs = await salesforce.connection.query('SELECT Id FROM DI_Transfer_Log__c');
    expect(logs.totalSize).toBe(0);
  });

  it('sends it by itself once the transfer is there and active', async () => {
    const id = await addInDi('Contact');
    await later('Contact');
    await salesforce.create('Contact', { LastName: 'Bob', Email: 'bob@example.com' });
    await expect
      .poll(async () => (await transferOf('Contact')).Hold_Reason__c, WITHIN)
      .toBe('transfer-draft');
    await step(id, 'activate');
    await later('Contact');
    await salesforce.create('Contact', { LastName: 'Cat', Email: 'cat@example.com' });
    await expect.poll(() => addresses('Contact'), WITHIN).toHaveLength(3);
    await expect.poll(outbox, WITHIN).toEqual([]);
    expect(await transferOf('Contact')).toMatchObject({ Hold_Reason__c: null, Held_Until__c: null });
  });

  it('holds nobody else of the project, and goes on when somebody asks in Salesforce', async () => {
    const { transfers: known } = await di.call<{ transfers: { id: string }[] }>('GET', '/v1/admin/transfers');
    const contacts = known[0]?.id ?? '';
    await step(await addInDi('Lead'), 'activate');
    await addInSalesforce('Lead', 'Lead');
    await step(contacts, 'pause');
    await salesforce.create('Contact', { LastName: 'Dan', Email: 'dan@example.com' });
    await expect
      .poll(async () => (await transferOf('Contact')).Hold_Reason__c, WITHIN)
      .toBe('transfer-paused');
    await salesforce.create('Lead', { LastName: 'Eve', Company: 'Acme', Email: 'eve@example.com' });
    await expect.poll(() => addresses('Lead'), WITHIN).toEqual(['eve@example.com']);
    const status = await salesforce.callApex<{ held: object[] }>('DI_MonitorController', 'status', {
      projectId,
    });
    expect(status.held).toMatchObject([
      { reason: 'transfer-paused', transferName: 'Contact to the newsletter' },
    ]);
    await step(contacts, 'activate');
    await salesforce.callApex('DI_MonitorController', 'retryAll', { projectId });
    await expect.poll(() => addresses('Contact'), WITHIN).toContain('dan@example.com');
    expect(await outbox()).toEqual([]);
  });
});
