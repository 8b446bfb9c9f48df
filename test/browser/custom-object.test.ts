import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiConnect } from '../../scripts/demo/di-connect.ts';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { ROOT } from './compile/components.ts';
import { assign, setStage, type Stage } from './stage.ts';

const PROJECT = 'REGIONS';
const MAPPING = [
  { salesforceField: 'Code__c', column: 'code' },
  { salesforceField: 'Name', column: 'name' },
  { salesforceField: 'Population__c', column: 'population' },
  { salesforceField: 'Manager__r.Email', column: 'manager_email' },
];

/**
 * A customer's own object, which the package has never heard of, on the same path: DI generates its trigger, the org deploys
 * it, and the wizard does the rest.
 */
describe.skipIf(browserPath() === null)('an admin with an object of their own', () => {
  let stage: Stage;
  let keys: { keyId: string; secret: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-subscriber-'));

  beforeAll(async () => {
    stage = await setStage(async (di) => {
      const made = await setUpRegions(di);
      keys = made;
      await writeTrigger(di, made.transferId);
      return [path.join(ROOT, 'test/subscriber-org'), folder];
    });
    await assign(stage.salesforce, 'DI_Admin');
    const projectId = await stage.salesforce.create('DI_Destination_Project__c', {
      Name: 'Sales',
      Endpoint__c: stage.api.url,
    });
    await stage.salesforce.callApex('DI_DestinationProjectController', 'authorize', { projectId, ...keys });
  }, 180_000);
  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  /** What an admin does with the answer: files in a folder, deployed. */
  async function writeTrigger(di: DiConnect, transferId: string): Promise<void> {
    const { files } = await di.call<{ files: { path: string; content: string }[] }>(
      'GET',
      `/v1/admin/transfers/${transferId}/trigger`,
    );
    for (const file of files) {
      mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
      writeFileSync(path.join(folder, file.path), file.content);
    }
  }

  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });
  const shows = (text: string | RegExp) => stage.page.getByText(text).first().waitFor();
  const regions = async () => (await stage.di.rows(PROJECT, 'Region')).rows;

  it('chooses it in the wizard, and sees beside a field what DI says of it', async () => {
    await stage.open('DI_Transfers');
    await button('New').click();
    const picker = stage.page.getByRole('combobox', { name: 'Salesforce object' });
    await picker.fill('region');
    await stage.page.getByRole('option').first().waitFor();
    await stage.page.keyboard.press('Enter');
    await expect.poll(() => picker.inputValue()).toBe('Region (Region__c)');
    await button('Next').click();
    const check = stage.page.locator('tr[data-path="Name"] td[data-severity]');
    await check.getByText('more').or(check.getByText('80')).first().waitFor();
    expect(await check.getAttribute('data-severity')).toBe('warning');
    await button('Refresh the tables').click();
    await check.getByText('widen name to 80 and build').waitFor();
    expect(await check.getAttribute('data-severity')).toBe('error');
    await stage.picture('31-custom-object-fields');
    await expectAccessible(stage.page);
  });

  it('cannot activate what DI could not store, and can once the column is wide enough', async () => {
    await button('Next').click();
    await shows('Which changes are sent');
    await button('Next').click();
    await shows('Test with one record');
    await button('Activate').click();
    await shows(/DI could not store what these fields hold. Name has up to 80 characters/);
    await stage.picture('32-custom-object-misfit');
    await expectAccessible(stage.page);
    await stage.di.call('PATCH', `/v1/admin/projects/${PROJECT}/tables/Region/fields/name`, { length: 80 });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    await button('Activate').click();
    await shows('Region to Sales is active');
    await stage.picture('33-custom-object-active');
  });

  it('sees its records in the table as they are saved, changed and deleted', async () => {
    const manager = await stage.salesforce.create('Contact', { LastName: 'Roy', Email: 'roy@example.com' });
    const id = await stage.salesforce.create('Region__c', {
      Name: 'Laurentides',
      Code__c: 'QC-15',
      Population__c: 640_000,
      Manager__c: manager,
    });
    const [row] = await arrived((rows) => rows.length === 1);
    expect(row).toMatchObject({ code: 'QC-15', name: 'Laurentides', manager_email: 'roy@example.com' });
    expect(Number(row?.population)).toBe(640_000);
    await stage.salesforce.update('Region__c', { Id: id, Name: 'Laurentides (Québec)' });
    await arrived((rows) => rows[0]?.name === 'Laurentides (Québec)');
    await stage.salesforce.connection.sobject('Region__c').delete(id);
    await arrived((rows) => rows.length === 0);
    expect(stage.complaints).toEqual([]);
  });

  /** The table's rows, as soon as they are as wanted. */
  async function arrived(
    isWanted: (rows: Record<string, unknown>[]) => boolean,
  ): Promise<Record<string, unknown>[]> {
    await expect.poll(async () => isWanted(await regions()), { timeout: 10_000 }).toBe(true);
    return regions();
  }
});

/** In DI: a table of regions, a column of which is too narrow, and a transfer into it. */
async function setUpRegions(di: DiConnect): Promise<{ keyId: string; secret: string; transferId: string }> {
  await di.call('POST', '/v1/admin/projects', {
    code: PROJECT,
    name: 'Sales regions',
    type: 'A',
    contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email', required: true }] },
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/tables`, {
    code: 'Region',
    name: 'Regions',
    primaryKey: ['code'],
    fields: [
      { name: 'code', type: 'text', length: 20, required: true },
      { name: 'name', type: 'text', length: 40 },
      { name: 'population', type: 'decimal', precision: 12, scale: 0 },
      { name: 'manager_email', type: 'email' },
    ],
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
  const connection = await di.call<{ id: string; keyId: string; secret: string }>(
    'POST',
    '/v1/admin/connections',
    { project: PROJECT, name: 'Sales org' },
  );
  const transfer = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    connection: connection.id,
    table: 'Region',
    object: 'Region__c',
    mapping: MAPPING,
  });
  await di.call('POST', `/v1/admin/transfers/${transfer.id}/activate`);
  return { keyId: connection.keyId, secret: connection.secret, transferId: transfer.id };
}
