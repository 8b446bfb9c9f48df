import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig, type Config } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { loadPeople, readPeople } from '../../scripts/demo/people.ts';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { freePort } from '../server/support/free-port.ts';
import { PROJECT, setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';

/** The package's own Apex in a local org, the API on its embedded database, and HTTP between them. */
describe('the loop from Salesforce to the project', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-e2e-'));
  let config: Config;
  let server: RunningServer;
  let org: OrgProcess;
  let salesforce: Salesforce;
  let di: DiConnect;
  let projectId: string;
  let transferId: string;
  let contactIds: string[];
  const people = readPeople();

  const start = (): Promise<RunningServer> => startServer(config, pino({ level: 'silent' }));

  beforeAll(async () => {
    const port = await freePort();
    config = readConfig({ PORT: String(port), DATA_DIR: folder, ADMIN_TOKEN: ADMIN, LOG_LEVEL: 'silent' });
    server = await start();
    org = await startOrg([server.url]);
    salesforce = await org.connect();
    di = new DiConnect(server.url, ADMIN);
    ({ projectId, transferId } = await setUpSalesforce(salesforce, server.url, await setUpProject(di)));
    contactIds = await loadPeople(salesforce, people, () => undefined);
    await landed((rows) => rows.length === people.length);
  }, 120_000);
  afterAll(async () => {
    await org.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** The table's rows, as soon as they are as wanted. */
  async function landed(
    isWanted: (rows: Record<string, unknown>[]) => boolean,
  ): Promise<Record<string, unknown>[]> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const { rows } = await di.rows(PROJECT, 'Contact');
      if (isWanted(rows)) return rows;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The rows never came to be as wanted.');
  }

  const rowOf = (rows: Record<string, unknown>[], email: string): Record<string, unknown> | undefined =>
    rows.find((row) => row.email === email);

  it('brings 500 contacts, each with its fields and its company', async () => {
    const { count, rows } = await di.rows(PROJECT, 'Contact');
    expect(count).toBe(people.length);
    for (const person of people) {
      // A mailbox is the same however it is written; the table holds it in small letters.
      expect(rowOf(rows, person.personal_email.toLowerCase())).toMatchObject({
        first_name: person.employee_first_name,
        last_name: person.employee_last_name,
        phone: person.personal_phone2,
        city: person.company_city,
        company: person.company_name,
        opted_out: false,
      });
    }
  });

  it('does so inside the limits of each transaction, and enqueues nothing from a trigger', async () => {
    const { limitsUsed, failedJobs } = await salesforce.status();
    expect(failedJobs).toBe(0);
    expect(limitsUsed.event).toMatchObject({ queueableJobs: 1 });
    // The save of 200 contacts itself is one statement and 200 rows.
    expect(limitsUsed.synchronous?.dmlStatements).toBeLessThanOrEqual(1 + 2);
    expect(limitsUsed.synchronous?.dmlRows).toBeLessThanOrEqual(200 + 2);
  });

  it('updates one row where one contact changed', async () => {
    const before = await di.rows(PROJECT, 'Contact');
    await salesforce.update('Contact', { Id: contactIds[0] ?? '', Phone: '555-0100' });
    const rows = await landed((each) => each.some((row) => row.phone === '555-0100'));
    const changed = rows.filter(
      (row) => JSON.stringify(row) !== JSON.stringify(rowOf(before.rows, String(row.email))),
    );
    expect(changed.map((row) => row.email)).toEqual([people[0]?.personal_email]);
  });

  it('moves the row of a contact whose e-mail address changed', async () => {
    await salesforce.update('Contact', { Id: contactIds[1] ?? '', Email: 'moved@example.com' });
    const rows = await landed((each) => rowOf(each, 'moved@example.com') !== undefined);
    expect(rows).toHaveLength(people.length);
    expect(rowOf(rows, people[1]?.personal_email ?? '')).toBeUndefined();
  });

  it('deletes the row of a deleted contact', async () => {
    await salesforce.delete('Contact', contactIds[2] ?? '');
    const rows = await landed((each) => each.length === people.length - 1);
    expect(rowOf(rows, people[2]?.personal_email ?? '')).toBeUndefined();
  });

  it('loses nothing while the API is down', async () => {
    await server.close();
    await salesforce.update('Contact', { Id: contactIds[3] ?? '', Phone: '555-0199' });
    await salesforce.delete('Contact', contactIds[4] ?? '');
    const id = await salesforce.create('Contact', { LastName: 'Late', Email: 'late@example.com' });
    const waiting = await salesforce.callApex<{ pendingRecords: number }>('DI_MonitorController', 'status', {
      projectId,
    });
    expect(waiting.pendingRecords).toBe(3);

    server = await start();
    await salesforce.callApex('DI_MonitorController', 'retryAll', { projectId });
    const rows = await landed(
      (each) => rowOf(each, 'late@example.com') !== undefined && each.length === people.length - 1,
    );
    expect(rowOf(rows, 'late@example.com')).toMatchObject({ _salesforce_id: id });
    expect(rowOf(rows, people[3]?.personal_email ?? '')).toMatchObject({ phone: '555-0199' });
    expect(rowOf(rows, people[4]?.personal_email ?? '')).toBeUndefined();
    const after = await salesforce.callApex<{ pendingRows: number; deadRows: number }>(
      'DI_MonitorController',
      'status',
      { projectId },
    );
    expect(after).toMatchObject({ pendingRows: 0, deadRows: 0 });
  });

  it('logs a record that the table refuses, and sends its neighbours', async () => {
    await di.call('PATCH', `/v1/admin/projects/${PROJECT}/tables/Contact/fields/state`, { length: 30 });
    await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    await salesforce.createAll('Contact', [
      { LastName: 'Far away', Email: 'far@example.com', MailingState: 'x'.repeat(31) },
      { LastName: 'Neighbour', Email: 'neighbour@example.com' },
      // Without an address it is nobody to write to: it is left out, and no row of the log is about it.
      { LastName: 'No address' },
    ]);
    await landed((each) => rowOf(each, 'neighbour@example.com') !== undefined);
    const logs = await salesforce.connection.query<{ Code__c: string; Field__c: string }>(
      'SELECT Code__c, Field__c FROM DI_Transfer_Log__c',
    );
    expect(logs.records).toMatchObject([{ Code__c: 'too-long', Field__c: 'MailingState' }]);
  });

  interface Progress {
    readonly status: string;
    readonly total: number;
    readonly sent: number;
    readonly waiting: number;
  }

  /** The newest load's progress, as soon as it has come to its end. */
  async function ended(): Promise<Progress> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const progress = await salesforce.callApex<Progress>('DI_InitialLoadController', 'progress', {
        transferId,
      });
      if (progress.status !== 'Running') return progress;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The load never came to its end.');
  }

  it('loads every record that has a key and says when the last one was sent', async () => {
    // One without an address, the primary key, has no row.
    const { totalSize } = await salesforce.connection.query('SELECT Id FROM Contact WHERE Email != NULL');
    const started = await salesforce.callApex<Progress>('DI_InitialLoadController', 'startLoad', {
      transferId,
    });
    expect(started.status).toBe('Running');
    expect(await ended()).toMatchObject({
      status: 'Completed',
      total: totalSize,
      sent: totalSize,
      waiting: 0,
    });
  });

  it('finds a contact that went with its account by reconciling', async () => {
    const account = await salesforce.create('Account', { Name: 'Gone' });
    await salesforce.create('Contact', {
      LastName: 'Child',
      Email: 'child@example.com',
      AccountId: account,
    });
    await landed((each) => rowOf(each, 'child@example.com') !== undefined);
    await salesforce.delete('Account', account);
    await salesforce.callApex('DI_InitialLoadController', 'reconcileNow', { transferId });
    expect((await ended()).status).toBe('Completed');
    await landed((each) => rowOf(each, 'child@example.com') === undefined);
  });
});
