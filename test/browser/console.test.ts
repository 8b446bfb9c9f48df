import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectAccessible, expectReadable } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';
import { authorizeAsPlugin, type Org } from './plugin.ts';

const RECORD = '003000000000001AAA';

/** A marketer's and an admin's whole path through the console, on the real API, each step from where the one before ended. */
describe.skipIf(browserPath() === null)('in the console, an owner', () => {
  let stage: ConsoleStage;
  let org: Org;
  const { button, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setConsoleStage();
  }, 180_000);
  afterAll(() => stage.close());

  // A step that follows a failed one would only fail of it.
  let hasFailed = false;
  beforeEach(({ skip }) => {
    skip(hasFailed, 'an earlier step failed');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    await stage.pictureOfFailure('console');
  });

  it('is asked who it is, and told that a password is wrong', async () => {
    await stage.open('projects');
    await button('Sign in').waitFor();
    await look('sign-in');
    await signIn('not the password of anybody');
    await shows('The address or the password is not right.');
  });

  it('signs in, and is where the address says', async () => {
    await signIn();
    await heading('Projects');
    await look('projects-empty');
    await button('Cancel').click();
    await shows('No project yet');
  });

  it('finds on the first screen what is to be done first', async () => {
    await stage.page.getByRole('navigation', { name: 'Console' }).getByText('Health').click();
    await shows('No connection yet');
    await look('health-empty');
  });

  it('gets a screen whose code has a newer name by now, since the page is loaded again', async () => {
    const code = /\/auditScreen-/;
    let asked = 0;
    await stage.page.route(code, (call) => (++asked === 1 ? call.fulfill({ status: 404 }) : call.continue()));
    await link('Audit log').click();
    await heading('Audit log');
    expect(asked).toBe(2);
    await stage.page.unroute(code);
  });

  it('is told in words of a screen that cannot be loaded', async () => {
    const code = /\/keysScreen-/;
    await stage.page.route(code, (call) => call.fulfill({ status: 404 }));
    await link('API keys').click();
    await shows('This screen could not be loaded.');
    await stage.page.unroute(code);
    await button('Try again').click();
    await heading('API keys');
  });

  it('creates a project, sees what a build will do, and builds', async () => {
    await stage.open('projects');
    await fill('*Name', 'Newsletter');
    await fill('*Code', 'NEWS');
    await fill('Label: first_name', 'Given name');
    await look('project-new');
    await button('Create without building').click();
    await heading('Newsletter');
    await shows('Create table Contact:');
    await look('project-plan');
    await button('Build').click();
    await shows('The tables are built.');
    await stage.page.getByRole('cell', { name: 'Built', exact: true }).waitFor();
  });

  it('adds a field, and sees it wait for a build', async () => {
    await link('Contacts').click();
    await button('Add a field').click();
    await fill('*Name', 'age');
    await stage.page.getByLabel('Type', { exact: true }).selectOption('integer');
    await button('Save').click();
    await shows('The definition has changed');
    await look('table');
    await link('Build the tables').click();
    await shows('Add Contact.age:');
    await button('Build').click();
    await shows('The tables are built.');
    // The sentence may be that of the build before.
    await button('Build').waitFor({ state: 'detached' });
  });

  it('is told in plain words what a build refuses', async () => {
    await stage.di.call('PATCH', '/v1/admin/projects/NEWS/tables/Contact/fields/age', { type: 'date' });
    await stage.page.reload();
    await shows('Nothing can be built while any step would lose data');
    await look('build-refused');
    expect(await button('Build').count()).toBe(0);
    await stage.di.call('PATCH', '/v1/admin/projects/NEWS/tables/Contact/fields/age', { type: 'integer' });
  });

  it('creates a connection, whose keys are shown once, each to be copied', async () => {
    await stage.open('connections');
    await fill('*Name', 'Production');
    await button('Create').click();
    await shows('Copy it now: it is not shown again.');
    await look('connection-keys');
    const secret = await stage.page.locator('[data-copy=secret]').innerText();
    await button('Copy Secret').click();
    expect(await stage.page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    const keyId = await stage.page.locator('[data-copy=keyId]').innerText();
    org = await authorizeAsPlugin(stage.url, keyId, secret);
    await stage.page.reload();
    await heading('Production');
    expect(await stage.page.content()).not.toContain(secret);
    await stage.open('connections');
    await heading('Connections');
    await look('connections');
  });

  it('opens the connection: what is known of the org, and what is still to be done', async () => {
    await link('Production').click();
    await shows('DI has no access to the org yet');
    await look('connection');
    await shows('Salesforce opens in a new window: sign in there and allow DI Connect.');
  });

  it('adds a transfer with both types side by side, and sees what does not fit', async () => {
    await org.describe('Contact', [
      { name: 'Id', type: 'id', length: 18 },
      { name: 'Email', type: 'email', length: 80 },
      { name: 'FirstName', type: 'string', length: 40 },
      { name: 'LastName', type: 'string', length: 80 },
      { name: 'Age__c', type: 'date' },
    ]);
    await stage.open('transfers');
    await heading('Transfers');
    const field = (column: string) =>
      stage.page.getByLabel(`Salesforce field for ${column}`, { exact: true });
    await expect.poll(() => field('email').inputValue()).toBe('Email');
    // What would not fit is not suggested; whoever chooses it is told at once.
    expect(await field('age').inputValue()).toBe('Not mapped');
    await field('age').fill('age');
    await stage.page.getByRole('option', { name: /Age__c/ }).click();
    await stage.page.locator('tr[data-column=age] td[data-fit=misfit]').waitFor();
    await look('transfer-new');
    await button('Save as draft').click();
    await heading('Contact into Contact');
    await shows('1 field does not fit its column');
    await stage.page.locator('tr[data-column=age] td[data-fit=misfit]').waitFor();
    await look('transfer-misfit');
    expect(await button('Activate').isDisabled()).toBe(true);
    await field('age').fill('');
    await field('age').press('Tab');
    await button('Save the mapping').click();
    await shows('Everything fits. Activate the transfer to take records.');
  });

  it('has values changed on their way, and sees by a dry run what becomes of them', async () => {
    const values = stage.page.locator('di-column-values');
    await values.getByLabel('Column', { exact: true }).selectOption('last_name');
    await values.getByText('Without spaces at both ends').click();
    const map = values.getByLabel('Other values instead', { exact: false });
    await map.fill('S. = Silva\nUnknown =');
    await map.blur();
    await values.getByLabel('A value that is not among them').selectOption('keep');
    await look('transfer-values');
    await button('Save the mapping').click();
    await shows('The mapping is saved.');
    await fill('Email', 'ana@example.com');
    await fill('LastName', ' S. ');
    await button('Try').click();
    await stage.page.locator('[data-dry-run=taken]').getByText('Silva', { exact: true }).waitFor();
    await values.getByLabel('Column', { exact: true }).selectOption('first_name');
    await values.getByLabel('Filled with').selectOption('concat');
    await fill('Field 2', 'LastName');
    await values.getByLabel('Between them').focus();
    await button('Save the mapping').click();
    await shows('FirstName + LastName');
    await fill('FirstName', 'Ana');
    await button('Try').click();
    await stage.page.locator('[data-dry-run=taken]').getByText('Ana  S.', { exact: false }).waitFor();
    await look('transfer-joined');
  });

  it('tries a record without storing it, and activates', async () => {
    await fill('Email', 'no address');
    await button('Try').click();
    await stage.page.locator('[data-dry-run=rejected]').waitFor();
    await fill('Email', 'ana@example.com');
    await button('Try').click();
    await stage.page.locator('[data-dry-run=taken]').getByText('ana@example.com').waitFor();
    await button('Show the trigger').click();
    await shows('The package has a trigger on Contact');
    await look('transfer');
    await button('Activate').click();
    await shows('Records are taken as they come.');
  });

  it('sees on the first screen what came, what was rejected, and why', async () => {
    await org.send(
      'Contact',
      ['Id', 'SystemModstamp', 'Email', 'LastName'],
      [
        [RECORD, '2026-11-20T10:00:00.000Z', 'ana@example.com', 'Silva'],
        ['003000000000002AAA', '2026-11-20T10:00:00.000Z', 'no address', 'Nobody'],
      ],
    );
    await stage.open('health');
    const card = stage.page.locator('[data-connection=Production]');
    await card.getByText('Rejecting records').waitFor();
    await card.getByRole('img', { name: 'Records of the last 24 hours: 1 stored, 1 rejected' }).waitFor();
    await button('Why were records of Production rejected?').click();
    await shows('email is not an e-mail address.');
    await look('health');
  });

  it('finds the row, with the batch that brought it', async () => {
    await stage.open('projects/NEWS/Contact/rows');
    await shows('1 row');
    await stage.page.getByLabel('Only where', { exact: true }).selectOption('email');
    await fill('Value', 'ana');
    await button('Show').click();
    await shows('Silva');
    await look('rows');
    await link(RECORD).click();
    await shows('Contact saved');
    await look('record');
    await link('Export or erase').click();
    await stage.page.getByRole('heading', { name: 'What is held of ana@example.com' }).waitFor();
    expect(stage.page.url()).not.toContain('ana');
  });

  it('downloads the rows as CSV by a link of the page', async () => {
    await stage.open('projects/NEWS/Contact/rows');
    const [download] = await Promise.all([stage.page.waitForEvent('download'), link('Download CSV').click()]);
    expect(await readFile(await download.path(), 'utf8')).toContain('ana@example.com');
  });

  it('looks up what a person agreed to, and records that it is withdrawn', async () => {
    await stage.open('consent');
    await fill('*Name', 'Newsletter');
    await fill('*Code', 'news');
    await button('Add an opt-in').click();
    await shows('The opt-in is added.');
    await fill('*email', 'ana@example.com');
    await button('Look up').click();
    await shows('Never asked');
    await button('Grant Newsletter').click();
    await fill('*What shows it', 'call 17');
    await fill('*Reason', 'Asked for it on the telephone');
    await button('Grant').click();
    await stage.page.locator('[data-opt-in=news]').getByText('Granted', { exact: true }).waitFor();
    await button('Withdraw Newsletter').click();
    await stage.page.locator('[data-opt-in=news]').getByText('Withdrawn', { exact: true }).waitFor();
    await shows('Granted → Withdrawn');
    await look('consent');
  });

  it('edits and orders opt-ins, and looks at the pages of links before anybody gets them', async () => {
    const within = (component: string, name: string) =>
      stage.page.locator(component).getByRole('button', { name, exact: true });
    await stage.open('consent');
    await fill('*Name', 'Offers');
    await fill('*Code', 'offers');
    await button('Add an opt-in').click();
    await button('Move up: Offers').click();
    await stage.page.locator('di-opt-in-list li strong').first().getByText('Offers').waitFor();
    await button('Edit: Offers').click();
    await fill('Name (French)', 'Offres du mois');
    await look('consent-edit');
    await within('di-opt-in-form', 'Save').click();
    await shows('It is saved.');
    await fill('Who sends the mails', 'Maison Tremblay');
    await fill('Colour', '#ffe066');
    await fill('At the end, such as your address (French)', '1, rue du Marché');
    await within('di-link-pages', 'Save').click();
    await look('consent-pages');
    const [preview] = await Promise.all([
      stage.page.waitForEvent('popup'),
      link('Unsubscribe, French').click(),
    ]);
    await preview.getByText('« Offres du mois » de Maison Tremblay ?').waitFor();
    await preview.getByText('1, rue du Marché').waitFor();
    await expectAccessible(preview);
    await expectReadable(preview);
    await preview.close();
  });

  it('makes a pull and an integration as drafts, and sees that nothing is sent yet', async () => {
    await stage.open('pulls');
    await stage.page.getByLabel('At', { exact: true }).selectOption('05:00');
    await look('pull-new');
    await button('Create').click();
    await shows('The pull is created.');
    await shows('Every day at 05:00 (America/Toronto)');
    await link('Contact').first().click();
    await button('Change the schedule').click();
    await stage.page.getByLabel('Runs', { exact: true }).selectOption('hourly');
    await look('pull-schedule');
    await button('Save').click();
    await shows('Every hour (America/Toronto), next');
    await stage.open('integrations');
    await fill('*Name', 'Opt-outs');
    await look('integration-new');
    await button('Save as draft').click();
    await heading('Opt-outs');
    await look('integration');
    await stage.open('deliveries');
    await stage.page.locator('[data-integration=Opt-outs]').getByText('Draft', { exact: true }).waitFor();
    await look('deliveries');
  });

  it('gives access to others, and sees who changed what', async () => {
    await stage.open('users');
    await button('New user').click();
    await fill('*E-mail', 'viewer@example.com');
    await fill('*Name', 'Viewer');
    await stage.page.getByLabel('Role', { exact: true }).selectOption('viewer');
    await button('Invite').click();
    await shows('Link for viewer@example.com to choose a password');
    await look('users');
    await stage.open('keys');
    await fill('*Name', 'Reports');
    await stage.page.getByText('rows:read', { exact: true }).click();
    await button('Create').click();
    await shows(/^dik_/);
    await look('keys');
    await stage.open('audit');
    await shows('api-key.created');
    await look('audit');
  });

  it('changes the own password by a click on the own address', async () => {
    await link(OWNER.email).click();
    await heading('Your access');
    await fill('*Old password', 'another password');
    await fill('*New password', `${OWNER.password}!`);
    await button('Change password').click();
    await shows('The old password is not right.');
    await fill('*Old password', OWNER.password);
    await button('Change password').click();
    await shows('Your password is changed.');
    await look('password');
    await fill('*Old password', `${OWNER.password}!`);
    await fill('*New password', OWNER.password);
    await button('Change password').click();
    await stage.page.getByText('Your password is changed.').last().waitFor();
  });

  it('signs in again when the session is over, and goes on where it was', async () => {
    await stage.page.context().clearCookies();
    await stage.open('transfers');
    await shows('Your session is over.');
    await signIn();
    await heading('Transfers');
    await link('Contact').waitFor();
  });

  it('reads it in French', async () => {
    await button('Français').click();
    await stage.page.getByRole('heading', { name: 'Transferts', level: 1 }).waitFor();
    expect(await stage.page.locator('html').getAttribute('lang')).toBe('fr');
    await stage.open('health');
    await shows('Rejets');
    await look('health-french');
    await button('English').click();
    await heading('Health');
  });

  it('signs out', async () => {
    await button('Sign out').click();
    await button('Sign in').waitFor();
    await stage.page.reload();
    await button('Sign in').waitFor();
  });

  it('never met a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
