import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { PROJECT, setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

const OF = (lastName: string): object => ({
  type: 'query',
  soql: `SELECT Email, LastName FROM Contact WHERE LastName = '${lastName}'`,
});
const AGREED = [
  'E-mail,First name,Last name,Letter,Agreed on',
  'ana@example.com,Ana,Silva,Ja,2025-05-01',
  'ben@example.com,Ben,Okoye,nein,',
  'cat@example.com,Cat,Moss,perhaps,',
].join('\n');

/** What comes in many rows at once, with the screens that ask about it: pulls that would archive, and files. */
describe.skipIf(browserPath() === null)('in the console, with an org behind it, an owner', () => {
  let stage: OrgConsoleStage;
  const { begin, button, choose, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgConsoleStage(['test/subscriber-org']);
    await stage.open('pulls');
    await signIn();
    await heading('Pulls');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  const inAlert = (name: string) => stage.page.getByRole('alert').getByRole('button', { name, exact: true });
  const column = (name: string) => stage.page.getByLabel(`Column for ${name}`, { exact: true });
  const inState = (status: string) =>
    stage.page.locator(`[data-import-status=${status}]`).waitFor({ timeout: 60_000 });

  async function sendFile(name: string, text: string): Promise<void> {
    await stage.page.getByLabel('File', { exact: true }).setInputFiles({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from(text),
    });
    await button('Send the file').click();
  }

  async function figure(label: string, value: string): Promise<void> {
    await stage.page
      .locator('dl div', { has: stage.page.getByText(label, { exact: true }) })
      .getByText(value, { exact: true })
      .waitFor({ timeout: 60_000 });
  }

  describe('is asked by a pull that would archive most of a table', () => {
    let pull: string;
    const run = (state: string) =>
      stage.page.locator(`[data-run=${state}]`).first().waitFor({ timeout: 60_000 });

    async function archived(): Promise<number> {
      const { runs } = await stage.di.call<{ runs: { archived: number }[] }>(
        'GET',
        `/v1/admin/pulls/${pull}/runs`,
      );
      return runs.reduce((sum, each) => sum + each.archived, 0);
    }

    beforeAll(async () => {
      await stage.salesforce.createAll(
        'Contact',
        Array.from({ length: 30 }, (_each, place) => ({
          Email: `p${place}@example.com`,
          LastName: place === 0 ? 'Alone' : 'Family',
        })),
      );
      const { id: transfer } = await stage.di.call<{ id: string }>('POST', '/v1/admin/transfers', {
        connection: stage.connection,
        table: 'Contact',
        object: 'Contact',
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
      });
      await stage.di.call('POST', `/v1/admin/transfers/${transfer}/activate`);
      const created = await stage.di.call<{ id: string }>('POST', '/v1/admin/pulls', {
        transfer,
        isEnabled: false,
        startNow: true,
      });
      pull = created.id;
      await stage.open(`pulls/${pull}`);
      await run('done');
      await stage.di.call('PATCH', `/v1/admin/pulls/${pull}`, { selection: OF('Alone') });
    });

    it('and keeps the rows', async () => {
      await button('Fetch everything').click();
      await shows('Archive this many rows?');
      await shows('29 of 30 rows have no record in Salesforce any more');
      await look('pull-held');
      await button('Keep them').click();
      await shows('The rows are kept.');
      await run('cancelled');
      await stage.page.getByText('Archive this many rows?').waitFor({ state: 'detached' });
      expect(await archived()).toBe(0);
    });

    it('and has them archived, once it was asked again', async () => {
      await button('Fetch everything').click();
      await run('held');
      await button('Archive them').click();
      await look('pull-held-asked');
      await inAlert('Archive them').click();
      await expect.poll(archived, { timeout: 60_000 }).toBe(29);
    });
  });

  describe('imports a file', () => {
    const intoSalesforce = async (object: string): Promise<void> => {
      await stage.open('imports');
      await begin('New import');
      await choose('*Into', '1');
      await fill('*Object', object);
    };

    it('into no object that the org does not have, and is told', async () => {
      await intoSalesforce('Unheard__c');
      await shows('Nothing is called like this.');
      await sendFile('regions.csv', 'Code\nA\n');
      await shows('Choose one of the list.');
      await look('import-object-unknown');
      expect(await stage.di.call('GET', '/v1/admin/imports')).toEqual({ imports: [] });
    });

    it('into an object by its external id, one choice after the other', async () => {
      await stage.salesforce.createAll('Region__c', [{ Name: 'Old', Code__c: 'A' }]);
      await stage.page.reload();
      await intoSalesforce('Region__c');
      await look('import-object-new');
      await sendFile('regions.csv', 'Key,Called\nA,North\nB,South\n');
      await heading('regions.csv');
      await inState('ready');
      await choose('Records', 'upsert');
      await column('Called').selectOption('Name');
      await shows('What you chose is kept here');
      await button('Start').click();
      await expect.poll(() => column('Key').isEnabled()).toBe(true);
      await shows('An upsert finds records by an external id');
      await inState('ready');
      await look('import-object-unsaved');
      await choose('Found by', 'Code__c');
      await column('Key').selectOption('Code__c');
      await stage.page.getByText('What you chose is kept here').waitFor({ state: 'detached' });
      await button('Start').click();
      await inState('done');
      await figure('Created', '1');
      await figure('Updated', '1');
      await link('Download saved records').waitFor();
      await look('import-object-done');
      const { records } = await stage.salesforce.connection.query(
        'SELECT Name, Code__c FROM Region__c ORDER BY Code__c',
      );
      expect(records).toMatchObject([
        { Name: 'North', Code__c: 'A' },
        { Name: 'South', Code__c: 'B' },
      ]);
    });

    it('with a column that tells what people agreed to, and since when', async () => {
      await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, {
        code: 'news',
        name: 'Newsletter',
      });
      await stage.open('imports');
      await begin('New import');
      await sendFile('agreed.csv', AGREED);
      await heading('agreed.csv');
      await inState('ready');
      await stage.page.getByText('Write contacts that come from Salesforce too').click();
      await expect.poll(() => column('Letter').isEnabled()).toBe(true);
      await column('Letter').selectOption({ label: 'Opt-in: Newsletter' });
      const words = stage.page.locator('[data-consent=news]');
      await words.getByText('Newsletter, from the column Letter').waitFor();
      await look('import-consent');
      await fillWords('Values for yes', 'ja, jawohl');
      await fillWords('Values for no', 'nein');
      await choose('When', 'Agreed on');
      await button('Start').click();
      await inState('done');
      await figure('Rejected', '1');
      await stage.page
        .locator('[data-reasons]')
        .getByText(/perhaps/)
        .waitFor();
      await look('import-consent-done');
      expect(await consentOf('ana@example.com')).toMatchObject({
        status: 'granted',
        changedAt: '2025-05-01T00:00:00.000Z',
      });
      expect(await consentOf('ben@example.com')).toMatchObject({ status: 'withdrawn' });
    });
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });

  /** A word is taken when its field is left; then the screen is busy for a moment. */
  async function fillWords(label: string, text: string): Promise<void> {
    await fill(label, text);
    await stage.page.getByLabel(label, { exact: true }).press('Enter');
    await expect.poll(() => column('Letter').isEnabled()).toBe(true);
  }

  async function consentOf(email: string): Promise<object | undefined> {
    const key = encodeURIComponent(JSON.stringify({ email }));
    const { consents } = await stage.di.call<{ consents: { optIn: string }[] }>(
      'GET',
      `/v1/admin/projects/${PROJECT}/consent/contact?key=${key}`,
    );
    return consents.find(({ optIn }) => optIn === 'news');
  }
});
