import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { PROJECT, setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** Columns and fields are chosen from what the org has, both ways in one table; nobody types an API name. */
describe.skipIf(browserPath() === null)('mapping in the console, an owner', () => {
  let stage: OrgConsoleStage;
  const { button, heading, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgConsoleStage();
    await stage.salesforce.createAll('Contact', [
      { FirstName: 'Ana', LastName: 'Silva', Email: 'ana@example.com', Title: 'Baker' },
    ]);
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/fields`, {
      ...{ name: 'employer', label: 'Employer', type: 'text', length: 255 },
    });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    await stage.open('transfers');
    await signIn();
    await heading('Transfers');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  const row = (column: string) => stage.page.locator(`tr[data-column=${column}]`);
  const field = (column: string) =>
    row(column).getByRole('combobox', { name: `Salesforce field for ${column}` });
  const option = (name: string | RegExp) => stage.page.getByRole('option', { name });
  const go = (column: string, direction: string) =>
    row(column).getByLabel(`Direction of ${column}`).selectOption(direction);

  interface Sent {
    readonly status: string;
    readonly object: string;
    readonly mapping: readonly object[];
  }
  const sent = async (): Promise<readonly Sent[]> =>
    (await stage.di.call<{ integrations: Sent[] }>('GET', '/v1/admin/integrations')).integrations;

  it('finds object and fields by themselves, with what a real record becomes', async () => {
    await stage.open('transfers/new');
    await expect.poll(() => field('email').inputValue()).toBe('Email');
    expect(await field('first_name').inputValue()).toBe('First Name');
    await row('email').getByText('ana@example.com').waitFor();
    await row('last_name').locator('[data-fit=fits]').waitFor();
    await stage.page.getByRole('combobox', { name: 'Salesforce object' }).click();
    await option(/^Lead$/).waitFor();
    await look('mapping-objects');
    await stage.page.keyboard.press('Escape');
  });

  it('chooses the field of a parent, and is told what does not fit', async () => {
    await field('employer').fill('account');
    await option(/^Account ID › …/).click();
    await field('employer').fill('name');
    await option(/Account\.Name ·/).click();
    expect(await field('employer').inputValue()).toBe('Account.Name');
    await field('last_name').fill('deleted');
    await option(/IsDeleted/).waitFor();
    await look('mapping-fields');
    await option(/IsDeleted/).click();
    await row('last_name').locator('[data-fit=checked], [data-fit=fits], [data-fit=misfit]').waitFor();
    await field('last_name').fill('last name');
    await option(/^Last Name/)
      .first()
      .click();
  });

  it('has a column go both ways, with the rule for conflicts', async () => {
    await go('first_name', 'both');
    await row('first_name').getByLabel('Rule for first_name').selectOption('salesforce');
    await shows('Saving creates an integration');
    await look('mapping-new');
    await button('Save as draft').click();
    await heading('Contact into Contact');
    await row('first_name').locator('[data-direction=both]').waitFor();
    await look('mapping-both');
    await button('Activate').click();
    await shows('Records are taken as they come.');
    await expect.poll(sent, { timeout: 20_000 }).toMatchObject([
      {
        ...{ status: 'active', object: 'Contact' },
        mapping: [{ column: 'first_name', salesforceField: 'FirstName', onConflict: 'salesforce' }],
      },
    ]);
  });

  it('activates what is on the screen', async () => {
    await button('Pause').click();
    await shows('Batches are refused and wait in Salesforce.');
    await go('last_name', 'both');
    await button('Activate').click();
    await expect
      .poll(async () => (await sent())[0]?.mapping, { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ column: 'last_name', salesforceField: 'LastName' }));
  });

  it('reads it in French', async () => {
    await button('Français').click();
    await row('first_name').getByLabel('Sens de first_name').waitFor();
    await shows('Ce que devient Ana Silva');
    await look('mapping-french');
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
