import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';
import { authorizeAsPlugin } from './plugin.ts';

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

  const searched = () => stage.page.getByRole('combobox', { name: 'Find a person or a row' });
  const option = (name: string) => stage.page.getByRole('option').filter({ hasText: name });

  async function lookUp(address: string): Promise<void> {
    await fill('*E-mail address', address);
    await button('Look up by address').click();
  }

  it('finds them from any screen by the keyboard, and sees who it is, what is theirs, and what they said', async () => {
    await stage.open('alerts');
    await stage.page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    await stage.page.keyboard.press('/');
    expect(await searched().evaluate((input) => input.matches(':focus'))).toBe(true);
    await stage.page.keyboard.type('a');
    expect(await searched().getAttribute('aria-expanded')).toBe('false');
    await stage.page.keyboard.type('nn/');
    await shows(/^Nothing found\./);
    await stage.page.keyboard.press('Backspace');
    await option('Ann Martin').waitFor();
    await option('Anna Berg').waitFor();
    expect(await option('Ann Martin').textContent()).toBe('Ann Martinann@example.comContact · CLUB');
    await stage.page.keyboard.press('ArrowDown');
    expect(await option('Anna Berg').getAttribute('aria-selected')).toBe('true');
    await stage.page.keyboard.press('ArrowUp');
    await look('search');
    await stage.page.keyboard.press('Escape');
    expect(await searched().getAttribute('aria-expanded')).toBe('false');
    await stage.page.keyboard.press('ArrowDown');
    await stage.page.keyboard.press('ArrowUp');
    await stage.page.keyboard.press('Enter');
    await stage.page.getByRole('heading', { name: 'Ann Martin', level: 1 }).waitFor();
    expect(stage.page.url()).toMatch(/#\/projects\/CLUB\/Contact\/row$/);
    await shows('No record in Salesforce is known.');
    await stage.page.locator('[data-consent=news]').getByText('Withdrawn').waitFor();
    await stage.page.locator('[data-consent=news]').getByText('Proof: api').waitFor();
    await stage.page.locator('[data-entry=consent]').waitFor();
    await look('row-of-person');
    await button('Orders 1').click();
    await stage.page.getByRole('heading', { name: '1', level: 1 }).waitFor();
    expect(stage.page.url()).toMatch(/#\/projects\/CLUB\/Orders\/row$/);
    await button('Ann Martin').click();
    await stage.page.getByRole('heading', { name: 'Ann Martin', level: 1 }).waitFor();
  });

  it('keeps the row through a reload, and finds another in its place', async () => {
    await stage.page.reload();
    await stage.page.getByRole('heading', { name: 'Ann Martin', level: 1 }).waitFor();
    await searched().fill('anna');
    await option('Anna Berg').click();
    await stage.page.getByRole('heading', { name: 'Anna Berg', level: 1 }).waitFor();
    await shows('No history within the retention period.');
  });

  it('sees the records of a row, those that wait for it, a conflict, and a long history', async () => {
    await addRecords(stage);
    await stage.page.route('**/rows/find', async (route) => {
      const answer = (await (await route.fetch()).json()) as Record<string, unknown>;
      await route.fulfill({ json: { ...answer, conflicts: [CONFLICT] } });
    });
    await searched().fill(RECORD.slice(0, 15));
    await option('Carla Moss').click();
    await stage.page.getByRole('heading', { name: 'Carla Moss', level: 1 }).waitFor();
    expect(stage.page.url()).toContain(`#/projects/CLUB/Contact/records/${RECORD}`);
    await stage.page.locator(`[data-record="${RECORD}"]`).getByText('source of the row').waitFor();
    await stage.page.locator(`[data-rival="${RIVAL}"]`).waitFor();
    await shows('Moss of the project won over Moos of Salesforce');
    await shows('the latest change wins · ');
    await stage.page.locator('[data-consent=news]').getByText('Proof: api, operator, form 1').waitFor();
    const steps = stage.page.locator('[data-entry]');
    expect(await steps.first().textContent()).toContain('form 199');
    expect(await steps.count()).toBe(50);
    await look('row-of-record');
    await button('Show all 203 steps').click();
    await expect.poll(() => steps.count()).toBe(203);
    await expectAccessible(stage.page);
    await button('Français').click();
    await stage.page.getByRole('heading', { name: 'Enregistrements dans Salesforce' }).waitFor();
    await look('row-of-record-french');
    await stage.page.getByRole('combobox', { name: 'Trouver une personne ou une ligne' }).fill('zzz');
    await shows(/^Rien trouvé\./);
    await look('search-french');
    await button('English').click();
    await stage.page.getByRole('heading', { name: 'Records in Salesforce' }).waitFor();
    await stage.page.unroute('**/rows/find');
  });

  it('is told of a row that an address does not name, and of one that is not there', async () => {
    await stage.open('projects/CLUB/Orders/row');
    await shows('No row is chosen');
    await stage.open('projects/CLUB/Contact/records/003000000000099AAA');
    await shows('This could not be loaded');
  });

  it('is shown what was typed last, whichever answer comes last', async () => {
    const held: (() => void)[] = [];
    await stage.page.route('**/v1/admin/persons/search', async (route) => {
      const { text } = route.request().postDataJSON() as { text: string };
      if (text === 'info') await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await searched().fill('info');
    await expect.poll(() => held.length).toBe(1);
    await searched().fill('anna');
    await option('Anna Berg').waitFor();
    const late = stage.page.waitForResponse('**/v1/admin/persons/search');
    held[0]?.();
    await (await late).finished();
    await stage.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(await stage.page.getByRole('option').count()).toBe(1);
    await stage.page.unroute('**/v1/admin/persons/search');
    await stage.page.route('**/v1/admin/persons/search', (route) =>
      route.fulfill({ status: 429, json: { code: 'too-many', detail: 'Wait a minute.' } }),
    );
    await searched().fill('berg');
    await stage.page.getByRole('alert').getByText('Wait a minute.').waitFor();
    await stage.page.unroute('**/v1/admin/persons/search');
    await stage.open('persons/CLUB');
    await stage.page.getByRole('heading', { name: 'Persons', level: 1 }).waitFor();
  });

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
    expect((await stage.di.rows('CLUB', 'Contact')).count).toBe(5);
  });

  it('erases, and has a receipt', async () => {
    await button('Erase').click();
    await heading('What was erased of ann@example.com');
    await shows(/^Receipt [0-9a-f-]{36}$/);
    await shows('What was agreed to and withdrawn must be proven.');
    await shows(/^Erased .* by owner@example.com$/);
    await look('persons-receipt');
    expect((await stage.di.rows('CLUB', 'Contact')).rows.map((row) => row.number)).toEqual([1, 2, 8, 9]);
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

const RECORD = '003000000000001AAA';
const RIVAL = '003000000000002AAA';
const CONFLICT = {
  ...{ id: '1', at: '2026-11-30T10:00:00.000Z', table: 'Contact', key: { number: 9 }, recordId: RECORD },
  ...{ object: 'Contact', connection: RECORD, integration: RECORD, column: 'name', field: 'LastName' },
  ...{ base: 'Mos', projectValue: 'Moss', salesforceValue: 'Moos', editedAt: null },
  ...{ recordModifiedAt: '2026-11-30T09:00:00.000Z', rule: 'newest', winner: 'project' },
};

/** A record that fills a row, another that waits for it, and a person who changed their mind two hundred times. */
async function addRecords({ di, url }: ConsoleStage): Promise<void> {
  const connection = await di.call<{ id: string; keyId: string; secret: string }>(
    'POST',
    '/v1/admin/connections',
    { project: 'CLUB', name: 'Production' },
  );
  const names = { Number__c: 'number', Email: 'email', LastName: 'name' };
  const mapping = Object.entries(names).map(([salesforceField, column]) => ({ salesforceField, column }));
  const transfer = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
    ...{ connection: connection.id, table: 'Contact', object: 'Contact', mapping },
  });
  await di.call('POST', `/v1/admin/transfers/${transfer.id}/activate`);
  const org = await authorizeAsPlugin(url, connection.keyId, connection.secret);
  const fields = ['Id', 'SystemModstamp', ...Object.keys(names)];
  for (const [id, at] of [
    [RECORD, '2026-11-30T09:00:00.000Z'],
    [RIVAL, '2026-11-29T09:00:00.000Z'],
  ])
    await org.send('Contact', fields, [[id, at, 9, 'carla@example.com', 'Carla Moss']]);
  const changes = Array.from({ length: 200 }, (_, index) => ({
    ...{ contact: { number: 9 }, optIn: 'news', status: index % 2 === 0 ? 'granted' : 'withdrawn' },
    ...{ reference: `form ${index}` },
  }));
  await di.call('POST', '/v1/admin/projects/CLUB/consent', { changes });
}

async function fillProject({ di }: ConsoleStage): Promise<void> {
  const fields = [
    { name: 'number', type: 'integer' },
    { name: 'email', type: 'email' },
    { name: 'name', type: 'text' },
  ];
  await di.call('POST', '/v1/admin/projects', {
    code: 'CLUB',
    name: 'Club',
    type: 'AB',
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
    { number: 7, email: 'ann@example.com', name: 'Ann Martin' },
    { number: 8, email: 'berg@example.com', name: 'Anna Berg' },
  ]);
  await write('Orders', [{ order: 1, buyer: 'ann@example.com', sum: 12 }]);
  await di.call('POST', '/v1/admin/projects/CLUB/consent', {
    changes: [{ contact: { number: 7 }, optIn: 'news', status: 'withdrawn' }],
  });
}
