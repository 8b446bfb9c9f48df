import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';

const MANY = 60;
const LONG = `Newsletter${'AndEveryoneWhoEverSubscribedToIt'.repeat(6)}`;

/** Whoever has more of something than is seen at a glance. */
describe.skipIf(browserPath() === null)('in the console, a list', () => {
  let stage: ConsoleStage;
  const { button, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setConsoleStage();
    await fillAccount(stage);
    await stage.open('projects');
    await signIn();
    await heading('Projects');
  }, 180_000);
  afterAll(() => stage.close());

  const names = (): Promise<string[]> => stage.page.locator('tbody th').allInnerTexts();
  const query = (): string => new URL(stage.page.url()).hash.split('?')[1] ?? '';
  const sideways = (): Promise<number> =>
    stage.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it('is shown by pages', async () => {
    await shows(`${MANY + 1} rows`);
    expect(await names()).toHaveLength(50);
    await button('Next page').click();
    expect(await names()).toHaveLength(MANY + 1 - 50);
    expect(query()).toBe('page=2');
    expect(await button('Next page').isDisabled()).toBe(true);
    await look('list-pages');
  });

  it('is found again as it was, by a reload and by the way back', async () => {
    await fill('Search this list', 'projét 1');
    await stage.page.getByLabel('Type', { exact: true }).selectOption('B: contacts are acquired here');
    await button('Name').click();
    await button('Name').click();
    const found = [51, 41, 31, 21, 19, 17, 15, 13, 11, 1].map((number) => `Projet ${number}`);
    expect(await names()).toEqual(found);
    await shows('10 of 61 rows');
    await stage.page.reload();
    await heading('Projects');
    await expect.poll(names).toEqual(found);
    await link('Projet 15').click();
    await heading('Projet 15');
    await stage.page.goBack();
    await expect.poll(names).toEqual(found);
    await look('list-found');
  });

  it('is saved as a file, of what was found, that no spreadsheet runs', async () => {
    await stage.open('users');
    await heading('Users');
    await fill('Search this list', 'formula');
    const saving = stage.page.waitForEvent('download');
    await button('Download CSV').click();
    const file = await saving;
    expect(file.suggestedFilename()).toBe('users.csv');
    const lines = (await readFile(await file.path(), 'utf8')).split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`"'=1+1"`);
  });

  it('does something about several of its rows at once', async () => {
    await stage.open('transfers');
    await heading('Transfers');
    for (const name of ['Lead', 'Account']) await stage.page.getByLabel(`Choose ${name}`).check();
    await button('Pause (0)').waitFor();
    await button('Activate (2)').click();
    await shows('2 are changed.');
    await expect.poll(() => stage.page.locator('td .is-good').allInnerTexts()).toEqual(['Active', 'Active']);
    await look('list-bulk');
  });

  it('stays within the page, however long a name is', async () => {
    await stage.open('projects?search=Newsletter');
    await heading('Projects');
    await shows(LONG);
    await stage.page.setViewportSize({ width: 390, height: 860 });
    expect(await sideways()).toBe(0);
    await link(LONG).click();
    await heading(LONG);
    expect(await sideways()).toBe(0);
    await stage.page.setViewportSize({ width: 1280, height: 860 });
    expect(await sideways()).toBe(0);
  });

  it('has a form that keeps what was typed through a reload and the end of the session', async () => {
    await stage.open('users');
    await heading('Users');
    await button('New user').click();
    await fill('*E-mail', 'new@example.com');
    await fill('*Name', 'Somebody new');
    await stage.page.reload();
    const name = stage.page.getByLabel('*Name', { exact: true });
    await expect.poll(() => name.inputValue()).toBe('Somebody new');
    await stage.page.context().clearCookies();
    await button('Invite').click();
    await button('Sign in').waitFor();
    await signIn();
    await expect.poll(() => name.inputValue()).toBe('Somebody new');
    await button('Invite').click();
    await stage.page.getByRole('rowheader', { name: 'new@example.com' }).waitFor();
    await stage.page.reload();
    await heading('Users');
    expect(await name.count()).toBe(0);
  });

  it('never met a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});

async function fillAccount({ di }: ConsoleStage): Promise<void> {
  const contacts = { primaryKey: ['email'], fields: [{ name: 'email', type: 'email', required: true }] };
  const project = (code: string, name: string, type: string): Promise<unknown> =>
    di.call('POST', '/v1/admin/projects', { code, name, type, contacts });
  for (let number = 1; number <= MANY; number++)
    await project(`P${number}`, `Projet ${number}`, number % 2 === 0 ? 'A' : 'B');
  await project('LONG', LONG, 'A');
  await di.call('POST', '/v1/admin/projects/P1/build');
  const { id: connection } = await di.call<{ id: string }>('POST', '/v1/admin/connections', {
    project: 'P1',
    name: 'Production',
  });
  for (const object of ['Lead', 'Account', 'Contact'])
    await di.call('POST', '/v1/admin/transfers', {
      connection,
      table: 'Contact',
      object,
      mapping: [{ salesforceField: 'Email', column: 'email' }],
    });
  for (let number = 1; number <= 8; number++)
    await di.call('POST', '/v1/admin/users', {
      email: `user${number}@example.com`,
      name: number === 8 ? '=1+1' : `User ${number}`,
      role: 'viewer',
      password: OWNER.password,
      ...(number === 8 && { email: 'formula@example.com' }),
    });
}
