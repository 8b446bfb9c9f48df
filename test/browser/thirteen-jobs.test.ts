import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { freePort } from '../server/support/free-port.ts';
import { aloneInRun } from '../server/support/postgres.ts';
import { buildVendor } from './compile/vendor.ts';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { takePicture } from './pictures.ts';
import { serveScreens, type Screens } from './screens.ts';
import { screenWords, type ScreenWords } from './screen-words.ts';
import { assign } from './stage.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';
/** What the whole job may cost, both systems together. */
const MOST_CLICKS = 45;
const LANGUAGES = ['en', 'fr'] as const;

/**
 * An admin's whole job, from an installation where nobody is to people that are in step both ways: thirteen jobs, done on
 * the screens of both systems as a person does them, in either language: what is clicked is named in English here, and found
 * by what the screens say for it. Clicks are counted; no API name of Salesforce is typed.
 */
describe.skipIf(browserPath() === null).each(LANGUAGES)('thirteen jobs of an admin (%s)', (language) => {
  let stage: ConsoleStage;
  let org: OrgProcess;
  let salesforce: Salesforce;
  let screens: Screens;
  let words: ScreenWords;
  /** The tab with Salesforce in it. */
  let lightning: Page;
  let clicks = 0;
  const typed: string[] = [];
  const spent: Record<string, number> = {};

  beforeAll(async () => {
    const port = await freePort();
    stage = await setConsoleStage(
      `${language}-CA`,
      {
        SALESFORCE_ORIGINS: `http://127.0.0.1:${port}`,
        SALESFORCE_CLIENT_ID: 'local-org',
        SALESFORCE_CLIENT_SECRET: 'local-org-secret',
      },
      null,
    );
    org = await startOrg([stage.url], port);
    salesforce = await org.connect();
    await assign(salesforce, 'DI_Admin');
    await salesforce.createAll('Contact', [
      { FirstName: 'Ana', LastName: 'Silva', Email: 'ana@example.com' },
      { FirstName: 'Ben', LastName: 'Okoye', Email: 'ben@example.com' },
    ]);
    await aloneInRun(buildVendor);
    words = await screenWords(language);
    screens = await serveScreens({ url: org.url, token: salesforce.token });
    lightning = await stage.page.context().newPage();
    await stage.open('');
  }, 300_000);
  afterAll(async () => {
    await screens.close();
    await org.stop();
    await stage.close();
  });

  // A job that follows a failed one would only fail of it.
  let hasFailed = false;
  let before = 0;
  beforeEach(({ skip }) => {
    skip(hasFailed, 'an earlier job failed');
    before = clicks;
  });
  afterEach(async ({ task }) => {
    spent[task.name] = clicks - before;
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    await stage.pictureOfFailure('jobs');
    await takePicture(lightning, 'failed-jobs-salesforce');
  });

  async function click(where: Locator): Promise<void> {
    clicks += 1;
    await where.click();
    await readPage(where.page());
  }
  /** What a page says is in its language. */
  async function readPage(page: Page): Promise<void> {
    expect(words.english(await page.locator('body').innerText())).toEqual([]);
  }
  /** Opening a list of choices is a click, and so is choosing. */
  async function choose(where: Locator, option: string): Promise<void> {
    clicks += 2;
    await where.selectOption(option);
  }
  async function fill(where: Locator, text: string): Promise<void> {
    typed.push(text);
    await where.fill(text);
  }
  const button = (name: string): Locator =>
    stage.page.getByRole('button', { name: words.console(name), exact: true });
  const link = (name: RegExp): Locator => stage.page.getByRole('link', { name }).first();
  const menu = (name: string): Locator => link(words.console(name));
  const input = (label: string, ...values: readonly string[]): Locator =>
    stage.page.getByLabel(words.console(label, ...values));
  const shows = (text: string, ...values: readonly string[]): Promise<void> =>
    stage.page
      .getByText(words.console(text, ...values))
      .first()
      .waitFor();
  const heading = (name: RegExp): Promise<void> =>
    stage.page.getByRole('heading', { name, level: 1 }).waitFor();
  /** The same of the screens in Salesforce. */
  const orgButton = (name: string): Locator =>
    lightning.getByRole('button', { name: words.salesforce(name) });
  const orgInput = (label: string): Locator => lightning.getByLabel(words.salesforce(label));
  const orgShows = (text: string, ...values: readonly string[]): Promise<void> =>
    lightning
      .getByText(words.salesforce(text, ...values))
      .first()
      .waitFor();
  const copied = async (name: string): Promise<string> =>
    (await stage.page.locator(`[data-copy=${name}]`).textContent()) ?? '';
  const rows = async (): Promise<readonly Record<string, unknown>[]> =>
    (await stage.di.rows('NEWS', 'Contact')).rows;
  const keys = { id: '', secret: '' };

  it('1: makes the first owner', async () => {
    await heading(words.console('Welcome to DI Connect'));
    await fill(input('Token of the operator'), ADMIN);
    await fill(input('Name'), 'Owner');
    await fill(input('E-mail'), OWNER.email);
    await fill(input('Password'), OWNER.password);
    await click(button('Create and sign in'));
    await heading(words.console('Home'));
  });

  it('2: makes a project with its contacts, and builds the table', async () => {
    await click(menu('Projects'));
    await fill(input('Name'), 'Newsletter');
    await fill(input('Code'), 'NEWS');
    await choose(input('Type'), 'AB');
    await click(button('Create and build'));
    await heading(/^Newsletter$/);
    await shows('The tables are built.');
  });

  it('3: makes a connection, and has its keys', async () => {
    await click(menu('Connections'));
    await fill(input('Name'), 'Production');
    await click(button('Create'));
    await stage.page.locator('[data-copy=secret]').waitFor();
    keys.id = await copied('keyId');
    keys.secret = await copied('secret');
  });

  it('4: lets DI into the org, in the browser', async () => {
    await choose(input('Org'), 'custom');
    await fill(input('Address of the org'), org.url);
    const [salesforcePage] = await Promise.all([
      stage.page.waitForEvent('popup'),
      click(stage.page.locator('form').getByRole('button', { name: words.console('Authorize') })),
    ]);
    await salesforcePage.getByRole('heading', { name: 'The connection is authorized' }).waitFor();
    await salesforcePage.close();
    await stage.page.locator('[data-authorization=authorized]').waitFor();
  });

  it('5: maps contacts, one column both ways, and takes them', async () => {
    await click(menu('Transfers'));
    const field = input('Salesforce field for {0}', 'last_name');
    await expect.poll(() => field.inputValue()).not.toBe('');
    await choose(input('Direction of {0}', 'last_name'), 'both');
    await click(button('Save and activate'));
    await heading(words.console('{0} into {1}', 'Contact', 'Contact'));
    await shows('The transfer is active.');
  });

  it('6: tells Salesforce where the project is', async () => {
    await lightning.goto(`${screens.url}/lightning/n/DI_Projects?language=${language}`);
    await orgShows('No destination project yet');
    await click(orgButton('New'));
    await fill(orgInput('Project name'), 'Newsletter');
    await fill(orgInput('Endpoint'), stage.url);
    await fill(orgInput('Key id'), keys.id);
    await fill(lightning.locator('input[type=password]'), keys.secret);
    await click(orgButton('Save and authorize'));
    await orgShows('{0} is authorized', 'Newsletter');
  });

  it('7: has Salesforce send them', async () => {
    await click(lightning.getByRole('link', { name: words.salesforce('Transfers') }));
    await orgShows('No data transfer yet');
    await click(orgButton('New'));
    const picker = lightning.getByRole('combobox', { name: words.salesforce('Salesforce object') });
    await fill(picker, 'contact');
    await click(lightning.getByRole('option', { name: /^Contact\s*Contact$/ }));
    await click(orgButton('Next'));
    await orgShows('How the fields fit the table');
    await click(orgButton('Next'));
    await orgShows('Which changes are sent');
    await click(orgButton('Next'));
    await orgShows('Test with one record');
    await click(orgButton('Activate'));
    await orgShows('{0} is active');
  });

  it('8: loads who is there', async () => {
    await click(lightning.getByRole('button', { name: /Show actions/i }));
    await click(lightning.getByRole('menuitem', { name: words.salesforce('Initial load') }));
    await click(orgButton('Start the initial load'));
    await orgShows('Done: {0}');
    await expect.poll(rows, { timeout: 20_000 }).toHaveLength(2);
  });

  it('9: asks for an opt-in, and makes its field in Salesforce', async () => {
    await click(menu('Consent'));
    await fill(stage.page.locator('input[name=optInName]'), 'Newsletter');
    await fill(stage.page.locator('input[name=optInCode]'), 'news');
    await click(button('Add an opt-in'));
    await stage.page.locator('main li strong').getByText('Newsletter').waitFor();
    await click(link(words.console('Create their fields in {0}', 'Production')));
    await shows('{0} field is made or opened.', '1');
    await click(button('Deploy'));
    await stage.page.locator('[data-deployment=succeeded][data-kind=fields]').waitFor({ timeout: 60_000 });
  });

  it('10: has who unsubscribes opted out in Salesforce', async () => {
    await click(menu('Integrations'));
    await click(button('New integration'));
    await fill(input('Name'), 'Opt-outs');
    await click(button('Save as draft'));
    await heading(/^Opt-outs$/);
    // The checkbox that was made for it is found.
    const field = stage.page.getByRole('combobox', { name: / : Newsletter$|: Newsletter$/ });
    expect(await field.inputValue()).toBe('Newsletter');
    await click(button('Activate'));
    await shows('The integration is active.');
  });

  it('11: imports a file of people', async () => {
    await click(menu('Imports'));
    clicks += 1;
    await input('File').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('E-mail,First name,Last name\ndora@example.com,Dora,Lind\n'),
    });
    await click(button('Send the file'));
    await stage.page.locator('[data-import-status=ready]').waitFor();
    await click(button('Start'));
    await stage.page.locator('[data-import-status=done]').waitFor();
    await expect.poll(rows).toHaveLength(3);
  });

  it('12: is told by e-mail when something stops', async () => {
    await click(menu('Alerts'));
    await fill(input('Address'), 'ops@example.com');
    await click(button('Create'));
    await stage.page.locator('[data-row=email]').waitFor();
  });

  it('13: lets a colleague in', async () => {
    await click(menu('Users'));
    await click(button('New user'));
    await fill(input('E-mail'), 'ann@example.com');
    await fill(input('Name'), 'Ann');
    await click(button('Invite'));
    await shows('Link for {0} to choose a password', 'ann@example.com');
  });

  it('costs no more clicks than it may', () => {
    expect(clicks, JSON.stringify(spent)).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('has typed no API name', async () => {
    const { id } = (await stage.di.call<{ connections: { id: string }[] }>('GET', '/v1/admin/connections'))
      .connections[0] ?? { id: '' };
    const path = `/v1/admin/connections/${id}/objects`;
    const { objects } = await stage.di.call<{ objects: { object: string }[] }>('GET', path);
    const { fields } = await stage.di.call<{ fields: { name: string }[] }>('GET', `${path}/Contact`);
    const names = new Set([...objects.map(({ object }) => object), ...fields.map(({ name }) => name)]);
    expect(typed.filter((text) => names.has(text))).toEqual([]);
  });

  it('met no fault of the page', () => {
    expect(stage.complaints).toEqual([]);
  });
});
