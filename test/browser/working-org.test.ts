import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { consoleSteps } from './console-steps.ts';
import { setOrgStage, type OrgStage } from './org-stage.ts';

const ANA = { Email: 'ana@example.com', FirstName: 'Ana', LastName: 'Silva' };
const CAT = { Email: 'cat@example.com', FirstName: 'Cat', LastName: 'Moss', HasOptedOutOfEmail: true };
const BEN = { Email: 'ben@example.com', FirstName: 'Ben', LastName: 'Okoye' };

const PEOPLE = 'E-mail,First name,Last name\ndora@example.com,Dora,Lind\nnot an address,Egon,Ruiz\n';
/** Long enough for a slow machine; what is waited for comes in a second. */
const WITHIN = { timeout: 40_000, interval: 200 };

/** What an admin does in the console once Salesforce can be reached, on the real API and a local org with the package. */
describe.skipIf(browserPath() === null)('in front of a working org, an owner', () => {
  let stage: OrgStage;
  const { begin, button, choose, fill, heading, link, shows, signIn, ...steps } = consoleSteps(() => stage);
  const look = (name: string) => steps.look(`org-${name}`);
  beforeAll(async () => {
    stage = await setOrgStage();
    await stage.salesforce.createAll('Contact', [ANA, BEN]);
    await stage.open('health');
    await signIn();
    await heading('Health');
  }, 240_000);
  afterAll(() => stage.close());

  // A step that follows a failed one would only fail of it.
  let hasFailed = false;
  beforeEach(({ skip }) => {
    skip(hasFailed, 'an earlier step failed');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    await stage.pictureOfFailure('org');
  });

  it('authorizes the connection by user name and password', async () => {
    await stage.open(`connections/${stage.connection}`);
    await shows('Not authorized: DI cannot reach the org.');
    await stage.page.getByText('By user name and password', { exact: true }).click();
    await choose('Org', 'custom');
    await fill('*Address of the org', stage.org.url);
    await fill('*User name', 'admin@local.org');
    await fill('*Password', 'local');
    await look('authorize-password');
    await stage.page.locator('form').getByRole('button', { name: 'Authorize' }).click();
    await shows('The connection is authorized.');
    await stage.page.locator('[data-authorization=authorized]').waitFor();
    await look('authorized');
  });

  it('authorizes it anew in the browser, on Salesforce’s own page', async () => {
    await stage.atDoor('PATCH', 'settings', { consent: 'ask' });
    await button('Reauthorize').click();
    await choose('Org', 'custom');
    await fill('*Address of the org', stage.org.url);
    const [salesforcePage] = await Promise.all([
      stage.page.waitForEvent('popup'),
      stage.page.locator('form').getByRole('button', { name: 'Authorize' }).click(),
    ]);
    await salesforcePage.getByRole('button', { name: 'Allow' }).click();
    await salesforcePage.getByRole('heading', { name: 'The connection is authorized' }).waitFor();
    await salesforcePage.close();
    await shows('In the browser (OAuth)');
    await stage.page.locator('di-authorize-form').waitFor({ state: 'detached' });
  });

  it('tests it, and reads object by object that all is well', async () => {
    await button('Test').click();
    await stage.page.locator('[data-level=ok], [data-level=warning]').waitFor();
    await shows('Contact');
    await look('test');
  });

  it('reads what a permission that was taken away keeps from working', async () => {
    await stage.atDoor('PUT', 'denials', {
      denials: [{ user: null, object: 'Contact', field: 'HasOptedOutOfEmail', rights: ['Edit'] }],
    });
    await button('Test').click();
    await stage.page.locator('[data-level=problem]').waitFor();
    await shows(/HasOptedOutOfEmail|Email Opt Out/);
    await look('test-problem');
    await stage.atDoor('PUT', 'denials', { denials: [] });
  });

  it('makes a pull, sees how many records it would read, and watches it run', async () => {
    await stage.open('pulls');
    await button('Create').click();
    await shows('The pull is created.');
    await look('pulls');
    await link('Contact').click();
    await button('Preview').click();
    await shows('The org has 2 such records.');
    // Without a fault of this kind the run would be over before anybody could see it.
    await stage.atDoor('POST', 'faults', {
      kind: 'slow',
      match: { operation: 'query' },
      milliseconds: 4000,
      times: 5,
    });
    await button('Fetch everything').click();
    await stage.page.locator('[data-run=running]').waitFor({ timeout: 40_000 });
    await look('pull-running');
    await button('Cancel the run').waitFor({ state: 'detached', timeout: 40_000 });
    const done = stage.page.locator('[data-run=done]').first();
    await done.getByText('Everything', { exact: true }).waitFor();
    await done.locator('td[data-label=Read]').getByText('2', { exact: true }).waitFor();
    await stage.atDoor('DELETE', 'faults');
    await look('pull');
  });

  it('makes an integration for unsubscribes, asks the org whether it fits, and activates it', async () => {
    await stage.open('integrations');
    await fill('*Name', 'Opt-outs');
    await button('Save as draft').click();
    await heading('Opt-outs');
    await button('Check with the org').click();
    await shows('Everything fits the object.');
    await button('Activate').click();
    await shows('The integration is active.');
    await look('integration');
  });

  it('withdraws somebody’s consent, and Salesforce knows', async () => {
    await stage.di.call('POST', '/v1/admin/projects/DEMO/opt-ins', { code: 'news', name: 'Newsletter' });
    await stage.open('consent');
    await grantAndWithdraw(ANA.Email);
    await expect.poll(async () => (await contact(ANA.Email)).HasOptedOutOfEmail, WITHIN).toBe(true);
    await look('consent');
  });

  it('sees why a delivery was given up, sends it again, and sees it pass', async () => {
    await stage.atDoor('POST', 'faults', {
      kind: 'row-error',
      match: { object: 'Contact', operation: 'update' },
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'Opt-outs are frozen during the audit.',
      times: null,
    });
    await stage.open('consent');
    await grantAndWithdraw(BEN.Email);
    await stage.open('deliveries');
    const card = stage.page.locator('[data-integration=Opt-outs]');
    await card.getByText('Failing', { exact: true }).waitFor({ timeout: 40_000 });
    await shows('Opt-outs are frozen during the audit.');
    await look('dead-letter');
    expect((await contact(BEN.Email)).HasOptedOutOfEmail).toBe(false);
    await stage.atDoor('DELETE', 'faults');
    await button('Send again what failed of FIELD_CUSTOM_VALIDATION_EXCEPTION').click();
    await shows('They are sent again.');
    await expect.poll(async () => (await contact(BEN.Email)).HasOptedOutOfEmail, WITHIN).toBe(true);
    await card.getByText('In step', { exact: true }).waitFor({ timeout: 40_000 });
    await look('deliveries');
  });

  it('lets a box that is ticked in Salesforce withdraw consent', async () => {
    await stage.open('transfers');
    await link('Contact').first().click();
    await shows('No field of this transfer withdraws consent.');
    await choose('*Salesforce field', 'HasOptedOutOfEmail');
    await button('Add a field').click();
    await stage.page.locator('[data-row=HasOptedOutOfEmail]').getByText('Every opt-in').waitFor();
    await look('transfer-consent');
    await stage.salesforce.createAll('Contact', [CAT]);
    await expect.poll(() => standingOf(CAT.Email), WITHIN).toBe('withdrawn');
  });

  it('withdraws what a list of opt-outs says, and sees what of it could not be read', async () => {
    await stage.open('consent');
    await stage.page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'opt-outs.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`address,reason\n${ANA.Email},asked by phone\neve@example.com,\nno address,\n`),
    });
    await button('Withdraw').click();
    await look('opt-outs-asked');
    await stage.page.getByRole('alert').getByRole('button', { name: 'Withdraw' }).click();
    await shows('3 lines: 1 withdrew something, 1 had before, 0 overtaken by something newer.');
    await shows('1 person is not there yet');
    await shows('1 line was rejected.');
    await look('opt-outs');
    expect(await standingOf('eve@example.com')).toBe('withdrawn');
  });

  it('imports a file: sees where its columns go and what would happen, and fetches what was rejected', async () => {
    await stage.open('imports');
    await begin('New import');
    await stage.page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(PEOPLE),
    });
    await look('import-new');
    await button('Send the file').click();
    await heading('people.csv');
    await stage.page.locator('[data-import-status=ready]').waitFor();
    await expect
      .poll(() => stage.page.getByLabel('Column for E-mail', { exact: true }).inputValue())
      .toBe('email');
    await look('import-mapping');
    await button('Check').click();
    await shows('Checked: these are the counts that a start would have.');
    await stage.page.locator('[data-reasons]').getByText('(1 row, line 2)').waitFor();
    await look('import-refused');
    await stage.page.getByText('Write contacts that come from Salesforce too').click();
    await expect.poll(() => stage.page.getByLabel('Column for First name').isEnabled()).toBe(true);
    await choose('Column for First name', 'first_name');
    await choose('Column for Last name', 'last_name');
    await button('Check').click();
    await figure('Created', '1');
    await figure('Rejected', '1');
    await look('import-checked');
    await button('Start').click();
    await stage.page.locator('[data-import-status=done]').waitFor();
    await look('import-done');
    const [download] = await Promise.all([
      stage.page.waitForEvent('download'),
      link('Download rejected rows').click(),
    ]);
    const rejected = await readFile(await download.path(), 'utf8');
    expect(rejected).toContain('not an address');
    expect(rejected).not.toContain('dora@example.com');
  });

  it('sees in the end that the connection is in step', async () => {
    await stage.open('health');
    await stage.page.locator('[data-connection="Local org"][data-verdict=in-step]').waitFor();
    await look('health');
  });

  it('never met a fault of the page', () => {
    expect(stage.complaints).toEqual([]);
  });

  async function contact(email: string): Promise<Record<string, unknown>> {
    const found = await stage.salesforce.connection.query<Record<string, unknown>>(
      `SELECT Id, Phone, HasOptedOutOfEmail FROM Contact WHERE Email = '${email}'`,
    );
    return found.records[0] ?? {};
  }

  async function figure(label: string, value: string): Promise<void> {
    await stage.page
      .locator('dl div', { has: stage.page.getByText(label, { exact: true }) })
      .getByText(value, { exact: true })
      .waitFor();
  }

  async function standingOf(email: string): Promise<string | null | undefined> {
    const key = encodeURIComponent(JSON.stringify({ email }));
    const { consents } = await stage.di.call<{ consents: { optIn: string; status: string | null }[] }>(
      'GET',
      `/v1/admin/projects/DEMO/consent/contact?key=${key}`,
    );
    return consents.find(({ optIn }) => optIn === 'news')?.status;
  }

  async function grantAndWithdraw(email: string): Promise<void> {
    await fill('*email', email);
    await button('Look up').click();
    const standing = (word: string) =>
      stage.page.locator('[data-opt-in=news]').getByText(word, { exact: true }).waitFor();
    await standing('Never asked');
    await button('Grant Newsletter').click();
    await fill('*What shows it', 'call 17');
    await fill('*Reason', 'Asked for it on the telephone');
    await button('Grant').click();
    await standing('Granted');
    await button('Withdraw Newsletter').click();
    await standing('Withdrawn');
  }
});
