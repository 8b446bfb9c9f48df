import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAPPING, PROJECT, setUpProject } from '../../scripts/demo/set-up.ts';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { assign, setStage, type Stage } from './stage.ts';

/**
 * An admin's whole path, in a browser: the package's own screens on a local org that runs its own Apex, which calls the real
 * API. Each step goes on where the one before ended, as the admin does.
 */
describe.skipIf(browserPath() === null)('an admin', () => {
  let stage: Stage;
  let keys: { keyId: string; secret: string; transferId: string };

  beforeAll(async () => {
    stage = await setStage();
    keys = await setUpProject(stage.di);
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
    await stage.pictureOfFailure('path');
  });

  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });
  const shows = (text: string | RegExp) => stage.page.getByText(text).first().waitFor();
  const fill = (label: RegExp | string, text: string) => stage.page.getByLabel(label).fill(text);
  const contactRows = async () => (await stage.di.rows(PROJECT, 'Contact')).rows;

  /** Opens the menu of the only row, and chooses. */
  async function rowAction(name: string): Promise<void> {
    await stage.page.getByRole('button', { name: /Show actions/i }).click();
    await stage.page.getByRole('menuitem', { name, exact: true }).click();
  }

  /** What the monitor says, once it says it. */
  async function monitorSays(verdict: string): Promise<void> {
    await stage.open('DI_Monitor');
    const box = stage.page.locator('[data-verdict]');
    for (let attempt = 0; attempt < 50; attempt++) {
      await box.waitFor();
      if ((await box.getAttribute('data-verdict')) === verdict) return;
      await stage.page.waitForTimeout(100);
      await button('Refresh').click();
    }
    throw new Error(`The monitor never said ${verdict}: ${(await box.textContent()) ?? ''}`);
  }

  /** The transfer's mapping in DI, whatever Salesforce sends. */
  function mapInDi(mapping: readonly object[]): Promise<unknown> {
    return stage.di.call('PUT', `/v1/admin/transfers/${keys.transferId}/mapping`, {
      mapping,
      dropsSentFields: true,
    });
  }

  async function projectId(): Promise<string> {
    const { records } = await stage.salesforce.connection.query<{ Id: string }>(
      'SELECT Id FROM DI_Destination_Project__c',
    );
    return records[0]?.Id ?? '';
  }

  it('is told which permission set is missing', async () => {
    await stage.open('DI_Projects');
    await shows(/permission set DI Viewer/);
    await stage.picture('01-no-permission');
    await assign(stage.salesforce, 'DI_Admin');
  });

  it('is told that the remote site is missing, and what to do', async () => {
    await stage.open('DI_Projects');
    await shows('No destination project yet');
    await stage.picture('02-projects-empty');
    await button('New').click();
    await fill('Project name', 'Newsletter');
    await fill('Endpoint', 'https://elsewhere.example.com');
    await button('Check the address').click();
    await shows(/choose New Remote Site, enter https:\/\/elsewhere.example.com/);
    await stage.picture('03-remote-site-missing');
    await expectAccessible(stage.page);
  });

  it('is told that the keys are wrong, and makes no second project by trying again', async () => {
    await fill('Endpoint', stage.api.url);
    await fill('Key id', keys.keyId);
    await stage.page.locator('input[type=password]').fill('wrong');
    await button('Save and authorize').click();
    await shows('The project was saved, but not authorized');
    await stage.picture('04-wrong-secret');
  });

  it('authorizes a destination project', async () => {
    await stage.page.locator('input[type=password]').fill(keys.secret);
    await button('Save and authorize').click();
    await shows('Newsletter is authorized');
    await shows('DEMO');
    await stage.picture('05-projects');
    await expectAccessible(stage.page);
    const projects = await stage.salesforce.connection.query('SELECT Id FROM DI_Destination_Project__c');
    expect(projects.totalSize).toBe(1);
  });

  it('chooses object and table in the wizard', async () => {
    await stage.open('DI_Transfers');
    await shows('No data transfer yet');
    await stage.picture('06-transfers-empty');
    await button('New').click();
    const picker = stage.page.getByRole('combobox', { name: 'Salesforce object' });
    await picker.fill('contact');
    await stage.page.getByRole('option').first().waitFor();
    await stage.picture('07-object-picker');
    await stage.page.keyboard.press('Enter');
    await expect.poll(() => picker.inputValue()).toBe('Contact (Contact)');
    await stage.picture('08-object-and-table');
    await expectAccessible(stage.page);
    await button('Next').click();
  });

  it('sees how each field fits its column', async () => {
    await shows('How the fields fit the table');
    const row = (path: string) => stage.page.locator(`tr[data-path="${path}"]`);
    await row('Account.Name').waitFor();
    await row('Email').getByText('email needs a value').waitFor();
    expect(await stage.page.locator('td[data-severity="error"]').count()).toBe(0);
    await stage.picture('09-fields');
    await expectAccessible(stage.page);
  });

  it('is told of a field that DI does not map, and of a primary key that is missing', async () => {
    const row = (path: string) => stage.page.locator(`tr[data-path="${path}"]`);
    const markEmail = () => row('Email').getByLabel('Primary key: Email').press('Space');
    await stage.page.getByRole('option', { name: /^Birthdate/ }).click();
    await stage.page.getByRole('button', { name: /Move.*to Sent fields/ }).click();
    await row('Birthdate').getByText('DI does not map Birthdate').waitFor();
    await markEmail();
    await shows('Mark at least one field as the primary key');
    await stage.picture('10-field-problems');
    await markEmail();
    await stage.page.getByRole('option', { name: /^Birthdate/ }).click();
    await stage.page.getByRole('button', { name: /Move.*to Available fields/ }).click();
    await row('Birthdate').waitFor({ state: 'detached' });
    await button('Next').click();
  });

  it('chooses operations and filter', async () => {
    await shows('Which changes are sent');
    await stage.page.getByRole('combobox', { name: /Only records where/ }).click();
    await stage.page.getByRole('option', { name: /Do Not Call/ }).click();
    await shows(/Archive the row in DI/);
    await stage.picture('11-operations');
    await expectAccessible(stage.page);
    await stage.page.getByRole('combobox', { name: /Only records where/ }).click();
    await stage.page.getByRole('option', { name: 'All records' }).click();
    await button('Next').click();
  });

  it('tests with one record, and activates', async () => {
    await shows('Test with one record');
    await stage.salesforce.create('Contact', {
      FirstName: 'Ana',
      LastName: 'Silva',
      Email: 'ana@example.com',
    });
    await button('Send one record').click();
    await shows('DI took the record');
    await stage.picture('12-tested');
    await expectAccessible(stage.page);
    expect(await contactRows()).toMatchObject([{ email: 'ana@example.com', last_name: 'Silva' }]);
    await button('Activate').click();
    await shows('Contact to Newsletter is active');
    await stage.picture('13-transfers');
    await expectAccessible(stage.page);
  });

  it('sees a saved contact arrive, in the table and in the monitor', async () => {
    await stage.salesforce.create('Contact', { FirstName: 'Léa', LastName: 'Roy', Email: 'lea@example.com' });
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(2);
    await monitorSays('in-step');
    await shows('Everything that changed has been sent.');
    await shows('Last success');
    await stage.picture('14-in-step');
    await expectAccessible(stage.page);
  });

  it('sees that a transfer is paused in DI, and that what waits is sent once it is not', async () => {
    await stage.di.call('POST', `/v1/admin/transfers/${keys.transferId}/pause`);
    await stage.salesforce.create('Contact', { LastName: 'Late', Email: 'late@example.com' });
    await monitorSays('held');
    await shows(/Contact to Newsletter is paused in DI\./);
    await stage.picture('15-held');
    await expectAccessible(stage.page);
    await stage.di.call('POST', `/v1/admin/transfers/${keys.transferId}/activate`);
    await button('Send everything now').click();
    await shows('DI is being asked again.');
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(3);
    await monitorSays('in-step');
  });

  it('loads what is there, and sees how far it is, and that it is done', async () => {
    const inDi = (verb: string) => stage.di.call('POST', `/v1/admin/transfers/${keys.transferId}/${verb}`);
    const load = stage.page.locator('c-di-initial-load');
    await inDi('pause');
    await stage.open('DI_Transfers');
    await rowAction('Initial load');
    await button('Start the initial load').click();
    await load.getByText('0 of 3 records sent').waitFor();
    await load.getByText('3 records wait to be sent.').waitFor();
    expect(await button('Start the initial load').count()).toBe(0);
    await load.getByText('Contact to Newsletter is paused in DI.').waitFor();
    await stage.picture('16-load-waits');
    await inDi('activate');
    await stage.salesforce.callApex('DI_MonitorController', 'retryAll', { projectId: await projectId() });
    await load.getByText('3 of 3 records sent').waitFor();
    await load.getByText(/^Done: /).waitFor();
    await button('Load every record again').waitFor();
    await button('Count on both sides').click();
    await load.getByText('In Salesforce: 3').waitFor();
    await load.getByText('In DI: 3').waitFor();
    await stage.picture('16-load-done');
    await expectAccessible(stage.page);
    await button('Close').click();
  });

  it('sees why a batch failed, and sends it again once that is mended', async () => {
    await mapInDi(MAPPING.filter(({ column }) => column !== 'phone'));
    await stage.salesforce.create('Contact', { LastName: 'Later', Email: 'later@example.com' });
    await monitorSays('failing');
    await shows(/HTTP 422: Not mapped in DI: Phone/);
    await stage.picture('15-failed');
    await expectAccessible(stage.page);
    await mapInDi(MAPPING);
    await stage.page.getByRole('button', { name: /^Retry/ }).click();
    await shows('Records being sent again: 1');
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(4);
    await monitorSays('in-step');
    await stage.picture('16-in-step-again');
  });

  it('sees which record was refused, and the failure go once it is mended; discards another', async () => {
    await stage.di.call('PATCH', `/v1/admin/projects/${PROJECT}/tables/Contact/fields/state`, { length: 30 });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    const tooLong = 'x'.repeat(31);
    const id = await stage.salesforce.create('Contact', {
      ...{ LastName: 'Far', Email: 'mended@example.com', MailingState: tooLong },
    });
    await monitorSays('failing');
    await stage.page.getByRole('link', { name: id }).waitFor();
    await shows('state takes 30 characters, not 31.');
    await stage.picture('17-refused-record');
    await stage.salesforce.update('Contact', { Id: id, MailingState: 'Near' });
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(5);
    await monitorSays('in-step');
    await stage.salesforce.create('Contact', {
      ...{ LastName: 'Nobody asks for', Email: 'nobody@example.com', MailingState: tooLong },
    });
    await monitorSays('failing');
    await stage.page.getByRole('button', { name: /^Discard/ }).click();
    await button('Yes, discard').click();
    await shows('Records discarded: 1');
    await monitorSays('in-step');
  });

  it('changes a transfer that is active', async () => {
    await stage.open('DI_Transfers');
    await rowAction('Edit');
    await shows('Edit Contact to Newsletter');
    await button('Next').click();
    await stage.page.getByRole('option', { name: 'Mailing State · Text(80)' }).click();
    await stage.page.getByRole('button', { name: /Move.*to Available fields/ }).click();
    await stage.page.locator('tr[data-path="MailingState"]').waitFor({ state: 'detached' });
    await button('Next').click();
    await shows('Which changes are sent');
    await button('Add a condition').click();
    const condition = stage.page.locator('[data-condition="0"]');
    const choose = async (name: string, option: string): Promise<void> => {
      await condition.getByRole('combobox', { name }).click();
      await condition.getByRole('option', { name: option, exact: true }).click();
    };
    await choose('Field', 'Last Name (LastName)');
    await choose('Comparison', 'is not');
    await condition.getByLabel('Value').fill('Nobody');
    await condition.getByLabel('Value').press('Tab');
    await shows('When a record no longer matches the filter');
    await stage.picture('18-conditions');
    await expectAccessible(stage.page);
    await button('Next').click();
    await shows('Contact to Newsletter is active and goes on as it was until you apply the changes.');
    await shows('LastName is not Nobody');
    const fields = async () =>
      (await stage.salesforce.connection.query('SELECT Id FROM DI_Transfer_Field__c')).totalSize;
    expect(await fields()).toBe(8);
    await button('Send one record').click();
    await shows('DI took the record');
    await stage.picture('18-changed');
    await expectAccessible(stage.page);
    await button('Apply the changes').click();
    await shows('The changes of Contact to Newsletter are in force');
    expect(await fields()).toBe(7);
  });

  it('has only those sent of whom every condition holds', async () => {
    const before = (await contactRows()).length;
    await stage.salesforce.create('Contact', { LastName: 'Nobody', Email: 'left-out@example.com' });
    await stage.salesforce.create('Contact', { LastName: 'Somebody', Email: 'let-in@example.com' });
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(before + 1);
    expect(await contactRows()).toContainEqual(expect.objectContaining({ email: 'let-in@example.com' }));
  });

  it('sees that a project is suspended, and authorizes it again with the secret that was kept', async () => {
    const projects = await stage.salesforce.connection.query<{ Id: string }>(
      'SELECT Id FROM DI_Destination_Project__c',
    );
    await stage.salesforce.update('DI_Destination_Project__c', {
      Id: projects.records[0]?.Id ?? '',
      Status__c: 'Suspended',
      Message__c: 'The key was revoked.',
    });
    await stage.salesforce.create('Contact', { LastName: 'Waits', Email: 'waits@example.com' });
    await monitorSays('stopped');
    await shows('The key was revoked.');
    await stage.picture('19-suspended');
    await expectAccessible(stage.page);
    await stage.open('DI_Projects');
    await shows(/Sending is suspended/);
    await stage.picture('20-projects-suspended');
    await expectAccessible(stage.page);
    await rowAction('Authorize');
    await shows('Leave empty to keep the secret that is saved.');
    await button('Save and authorize').click();
    await shows('Newsletter is authorized');
    // With the one that was sent as a sample.
    await expect.poll(contactRows, { timeout: 10_000 }).toHaveLength(8);
    await monitorSays('in-step');
  });

  it('reads every screen in French', async () => {
    await stage.open('DI_Monitor', 'fr');
    await shows('Tout ce qui a changé a été envoyé.');
    await stage.picture('21-monitor-french');
    await stage.open('DI_Projects', 'fr');
    await shows('Projets de destination');
    await stage.open('DI_Transfers', 'fr');
    await shows('Transferts de données');
    await stage.picture('22-transfers-french');
  });

  it('sets conditions in French, on a telephone', async () => {
    await stage.page.setViewportSize({ width: 390, height: 800 });
    await stage.page.getByRole('button', { name: /Afficher les actions|Show actions/i }).click();
    await stage.page.getByRole('menuitem', { name: 'Modifier', exact: true }).click();
    for (const step of ['Champs', 'Opérations']) {
      await stage.page.getByText(step).first().waitFor();
      await button('Suivant').click();
    }
    await shows('Et seulement les enregistrements qui remplissent chacune de ces conditions');
    const { scrolled, shown } = await stage.page.evaluate(() => ({
      scrolled: document.documentElement.scrollWidth,
      shown: document.documentElement.clientWidth,
    }));
    expect(scrolled).toBeLessThanOrEqual(shown);
    await stage.picture('23-conditions-french-narrow');
    await expectAccessible(stage.page);
    await button('Suivant').click();
    await shows(/est actif et continue comme avant/);
    await button('Appliquer les modifications').waitFor();
    await stage.picture('24-changed-french-narrow');
    await stage.page.setViewportSize({ width: 1200, height: 860 });
  });

  it('met no fault in the scripts on the way', () => {
    expect(stage.complaints).toEqual([]);
  });
});
