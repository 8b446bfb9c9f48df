import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { PROJECT, setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** What is set up in a Salesforce org from the console, on the real API and a local org. */
describe.skipIf(browserPath() === null)('in the console, with an org behind it, an owner', () => {
  let stage: OrgConsoleStage;
  const { button, choose, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgConsoleStage(['test/subscriber-org', 'test/server/support/event-org']);
    await stage.open('connections');
    await signIn();
    await heading('Connections');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.picture(`failed-${task.id}`);
  });

  describe('deploys', () => {
    beforeAll(async () => {
      await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, {
        code: 'news',
        name: 'Newsletter',
      });
      for (const object of ['Contact', 'Region__c', 'Unheard__c'])
        await stage.di.call('POST', '/v1/admin/transfers', {
          connection: stage.connection,
          table: 'Contact',
          object,
          mapping: [{ salesforceField: 'Name', column: 'email' }],
        });
    });

    const ended = (status: string, kind: string) =>
      stage.page.locator(`[data-deployment=${status}][data-kind=${kind}]`).waitFor({ timeout: 60_000 });

    it('fields for opt-ins, once the plan was seen', async () => {
      await link('Production').click();
      await link('Fields and triggers in the org').click();
      await heading('Fields and triggers in the org');
      await shows('Nothing has been deployed yet.');
      expect(await button('Deploy').isDisabled()).toBe(true);
      await stage.page.getByText('Beside each checkbox', { exact: false }).click();
      await button('Show the plan').click();
      await shows('2 fields are made or opened.');
      await look('deployments-plan');
      await button('Deploy').click();
      await ended('succeeded', 'fields');
      await shows('Contact.DI_news__c');
      await look('deployments-fields');
    });

    it('no field that is there, and says so', async () => {
      await stage.page.reload();
      await button('Show the plan').click();
      await stage.page.locator('[data-plan=nothing]').waitFor();
      await stage.page.locator('[data-row=none]').first().waitFor();
    });

    it('is told when the org has no such object', async () => {
      await fill('*Salesforce object', 'Nonsense__c');
      await button('Show the plan').click();
      await stage.page.locator('[data-problem]').getByText('Nonsense__c').waitFor();
    });

    it('a trigger with its test, and takes it out again', async () => {
      await choose('Salesforce object', 'Contact');
      await shows('The package has a trigger on Contact');
      expect(await button('Deploy the trigger').count()).toBe(0);
      await choose('Salesforce object', 'Region__c');
      await button('Deploy the trigger').waitFor();
      await look('deployments-trigger');
      await button('Deploy the trigger').click();
      await ended('succeeded', 'trigger');
      await shows('1 of 1');
      await look('deployments-trigger-done');
      await button('Remove the trigger').click();
      await stage.page.getByRole('alert').getByRole('button', { name: 'Remove the trigger' }).click();
      await ended('succeeded', 'trigger-removal');
    });

    it('nothing that the org refuses, and says why', async () => {
      await choose('Salesforce object', 'Unheard__c');
      await button('Deploy the trigger').click();
      await ended('failed', 'trigger');
      await stage.page.locator('[data-deployment=failed]').getByText('no object Unheard__c').waitFor();
      await look('deployments-failed');
    });
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
