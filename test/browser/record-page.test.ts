import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT, setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { setStage, type Stage } from './stage.ts';

const ANA = { Email: 'ana@example.com', FirstName: 'Ana', LastName: 'Silva', MailingCity: 'Porto' };
/** Long enough for a slow machine; what is waited for comes in a second. */
const WITHIN = { timeout: 40_000, interval: 200 };

/** The component of record pages, on the real API and a local org with the package. */
describe.skipIf(browserPath() === null)('on the page of a record', () => {
  let stage: Stage;
  let ana: string;
  let keys: Awaited<ReturnType<typeof setUpProject>>;
  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });
  const shows = (text: string | RegExp) => stage.page.getByText(text).first().waitFor();
  const state = (name: string) => stage.page.locator(`[data-state=${name}]`);
  const rows = async () => (await stage.di.rows(PROJECT, 'Contact')).count;
  beforeAll(async () => {
    stage = await setStage();
    keys = await setUpProject(stage.di);
    ana = await stage.salesforce.create('Contact', ANA);
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
    await stage.pictureOfFailure('record');
  });

  it('somebody without a permission set of the package reads a plain sentence', async () => {
    await stage.openRecord(ana);
    await shows('You may not see DI Connect.');
    await expectAccessible(stage.page);
    await stage.picture('record-without-access');
  });

  it('an admin reads that no transfer sends such records', async () => {
    await setUpSalesforce(stage.salesforce, stage.api.url, keys);
    const account = await stage.salesforce.create('Account', { Name: 'Silva' });
    await stage.openRecord(account);
    await shows('No transfer sends records of Account to DI.');
  });

  it('sends a record that was there before the transfer, and finds it in DI', async () => {
    await stage.openRecord(ana);
    await state('sent').waitFor();
    await button('Look in DI').click();
    await shows('DI does not have this record.');
    await button('Send Now').click();
    await shows('The record is on its way to DI.');
    await expect.poll(rows, WITHIN).toBe(1);
    await button('Refresh').click();
    await state('sent').waitFor();
    await button('Look in DI').click();
    await shows('In the table Contact');
    await shows('In DI since');
  });

  it('reads what the person said of the opt-ins, in both languages and on a telephone', async () => {
    for (const [code, name] of [
      ['news', 'Newsletter'],
      ['sms', 'Messages'],
    ])
      await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code, name });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
      changes: [{ contact: { email: ANA.Email }, optIn: 'news', status: 'withdrawn' }],
    });
    await button('Look in DI').click();
    await shows('Newsletter: Opted out');
    await shows('Messages: Never asked');
    await expectAccessible(stage.page);
    await stage.picture('record');
    await stage.page.setViewportSize({ width: 390, height: 800 });
    await stage.openRecord(ana, 'fr');
    await button('Regarder dans DI').click();
    await shows('Newsletter : Retiré');
    const { scrolled, shown } = await stage.page.evaluate(() => ({
      scrolled: document.documentElement.scrollWidth,
      shown: document.documentElement.clientWidth,
    }));
    expect(scrolled).toBeLessThanOrEqual(shown);
    await expectAccessible(stage.page);
    await stage.picture('record-french-narrow');
    await stage.page.setViewportSize({ width: 1200, height: 860 });
  });

  it('reads why DI refused the record', async () => {
    await stage.di.call('PATCH', `/v1/admin/projects/${PROJECT}/tables/Contact/fields/city`, {
      required: true,
    });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    await stage.salesforce.update('Contact', { Id: ana, MailingCity: null });
    await stage.openRecord(ana);
    await expect
      .poll(async () => {
        await button('Refresh').click();
        return state('refused').count();
      }, WITHIN)
      .toBe(1);
    await shows(/DI refused the record because of MailingCity/);
    await stage.picture('record-refused');
  });

  it('takes the failures along as a file', async () => {
    await stage.open('DI_Monitor');
    const [download] = await Promise.all([
      stage.page.waitForEvent('download'),
      button('Download CSV').click(),
    ]);
    expect(download.suggestedFilename()).toBe('di-connect-failures.csv');
    const file = await readFile(await download.path(), 'utf8');
    expect(file).toMatch(/^\ufeffKind,Transfer,Record,.*\r\nRefused by DI,[^\r\n]*MailingCity/);
    expect(file).toContain(`,${ana},1,`);
    await stage.picture('record-failures');
  });

  it('reads why DI does not answer', async () => {
    await stage.di.call('DELETE', `/v1/admin/connections/${keys.connectionId}`);
    await stage.openRecord(ana);
    await button('Look in DI').click();
    await shows('DI did not answer');
    await stage.picture('record-not-answered');
  });

  it('complains of nothing', () => {
    expect(stage.complaints).toEqual([]);
  });
});
