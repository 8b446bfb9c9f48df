import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** Whoever answers a person's request, from the question to the receipt. */
describe.skipIf(browserPath() === null)('in the console, somebody who is asked to forget a person', () => {
  let stage: ConsoleStage;
  const { button, fill, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setConsoleStage();
    await fillProject(stage);
    await stage.open('persons/CLUB');
    await signIn();
    await stage.page.getByRole('heading', { name: 'Persons', level: 1 }).waitFor();
  }, 180_000);
  afterAll(() => stage.close());

  const place = (text: string) => stage.page.getByRole('listitem').filter({ hasText: text });
  const heading = (name: string) => stage.page.getByRole('heading', { name }).waitFor();

  async function lookUp(address: string): Promise<void> {
    await fill('*E-mail address', address);
    await button('Look up by address').click();
  }

  it('tells people of one address apart', async () => {
    await lookUp('Info@Example.com');
    await shows('2 contacts are found. Tick those that are the person.');
    expect(await button('Go on with those').isDisabled()).toBe(true);
    await stage.page.getByText('2 · info@example.com').click();
    await look('persons-several');
    await button('Go on with those').click();
    await heading('What is held of 2');
    await place('Rows of Contact').getByText('1').waitFor();
  });

  it('sees what is held of one, and saves it as a file', async () => {
    await lookUp('ann@example.com');
    await heading('What is held of ann@example.com');
    await place('Consents').first().waitFor();
    const saving = stage.page.waitForEvent('download');
    await button('Export').click();
    const file = await saving;
    expect(file.suggestedFilename()).toBe('CLUB-person.json');
    const held = JSON.parse(await readFile(await file.path(), 'utf8')) as object;
    expect(held).toMatchObject({
      project: 'CLUB',
      contacts: [{ key: { number: 7 }, addresses: ['ann@example.com'] }],
      held: { consent: { consents: [{ optIn: 'news', status: 'withdrawn' }] } },
    });
    expect(JSON.stringify(held)).not.toContain('info@example.com');
  });

  it('decides on rows of other tables, and writes whom it concerns before anything goes', async () => {
    const erase = button('Erase');
    await fill('Type ann@example.com to confirm', 'ann@example.com');
    expect(await erase.isDisabled()).toBe(true);
    await stage.page.getByLabel('Orders: 1 rows (buyer)').selectOption('blank');
    await shows('What names the person in rows of Orders');
    await expect.poll(() => erase.isDisabled()).toBe(false);
    await fill('Type ann@example.com to confirm', 'bob@example.com');
    expect(await erase.isDisabled()).toBe(true);
    await fill('Type ann@example.com to confirm', 'Ann@example.com');
    await look('persons-erase');
    expect((await stage.di.rows('CLUB', 'Contact')).count).toBe(3);
  });

  it('erases, and has a receipt', async () => {
    await button('Erase').click();
    await heading('What was erased of ann@example.com');
    await shows(/^Receipt [0-9a-f-]{36}$/);
    await shows('What was agreed to and withdrawn must be proven.');
    await shows(/^Erased .* by owner@example.com$/);
    await look('persons-receipt');
    expect((await stage.di.rows('CLUB', 'Contact')).rows.map((row) => row.number)).toEqual([1, 2]);
    expect((await stage.di.rows('CLUB', 'Orders')).rows).toMatchObject([{ buyer: null, sum: 12 }]);
    await lookUp('ann@example.com');
    await shows('Nothing is held of this person.');
  });

  it('comes here from the consent of somebody, whose key stands in no address', async () => {
    await stage.open('consent/CLUB');
    await heading('Consent');
    await fill('*number', '1');
    await button('Look up').click();
    await button('Export or erase').click();
    await heading('What is held of 1');
    expect(stage.page.url()).toMatch(/#\/persons\/CLUB$/);
    expect(stage.complaints).toEqual([]);
  });
});

async function fillProject({ di }: ConsoleStage): Promise<void> {
  const fields = [
    { name: 'number', type: 'integer' },
    { name: 'email', type: 'email' },
  ];
  await di.call('POST', '/v1/admin/projects', {
    code: 'CLUB',
    name: 'Club',
    type: 'B',
    contacts: { primaryKey: ['number'], fields },
  });
  await di.call('POST', '/v1/admin/projects/CLUB/tables', {
    code: 'Orders',
    name: 'Orders',
    primaryKey: ['order'],
    fields: [
      { name: 'order', type: 'integer' },
      { name: 'buyer', type: 'email' },
      { name: 'sum', type: 'integer' },
    ],
  });
  await di.call('POST', '/v1/admin/projects/CLUB/build');
  await di.call('POST', '/v1/admin/projects/CLUB/opt-ins', { code: 'news', name: 'News' });
  const write = (table: string, rows: object[]): Promise<unknown> =>
    di.call('POST', `/v1/admin/projects/CLUB/tables/${table}/rows`, { rows });
  await write('Contact', [
    { number: 1, email: 'info@example.com' },
    { number: 2, email: 'info@example.com' },
    { number: 7, email: 'ann@example.com' },
  ]);
  await write('Orders', [{ order: 1, buyer: 'ann@example.com', sum: 12 }]);
  await di.call('POST', '/v1/admin/projects/CLUB/consent', {
    changes: [{ contact: { number: 7 }, optIn: 'news', status: 'withdrawn' }],
  });
}
