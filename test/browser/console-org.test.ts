import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { startMailServer, type MailServer } from '../server/support/mail-server.ts';
import { PROJECT, setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** What is set up in a Salesforce org from the console, on the real API and a local org. */
describe.skipIf(browserPath() === null)('in the console, with an org behind it, an owner', () => {
  let stage: OrgConsoleStage;
  let mail: MailServer;
  const { button, choose, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    mail = await startMailServer();
    stage = await setOrgConsoleStage(['test/subscriber-org'], {
      SMTP_URL: mail.url,
      ALERT_FROM: 'di@example.com',
    });
    await stage.open('connections');
    await signIn();
    await heading('Connections');
  }, 240_000);
  afterAll(async () => {
    await stage.close();
    await mail.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
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

    it('to objects that the org has, and is offered no other', async () => {
      await fill('*Salesforce object', 'Nonsense__c');
      await shows('Nothing is called like this.');
      await stage.page.keyboard.press('Escape');
      expect(await stage.page.getByLabel('*Salesforce object', { exact: true }).inputValue()).toBe('Contact');
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

  describe('is told', () => {
    it('nowhere but by the owners’ e-mail, until there is a channel', async () => {
      await stage.open('alerts');
      await shows('Nothing has stopped.');
      await shows('the owners of the account are told by e-mail');
      await look('alerts-empty');
    });

    it('by e-mail and by a webhook, whose secret is shown once', async () => {
      await fill('*Address', 'admin@example.com');
      await button('Create').click();
      await stage.page.locator('[data-row=email]').waitFor();
      await button('New channel').click();
      await choose('Kind', 'webhook');
      await fill('*Address', 'http://hooks.example.com/di');
      await button('Create').click();
      await stage.page.locator('[data-problem=invalid-address]').waitFor();
      await fill('*Address', 'https://hooks.example.com/di');
      await look('alerts-new');
      await button('Create').click();
      await stage.page.locator('[data-copy=secret]').waitFor();
      await look('alerts');
      await stage.page.reload();
      await stage.page.locator('[data-row=webhook]').waitFor();
      expect(await stage.page.locator('[data-copy=secret]').count()).toBe(0);
    });

    it('that a channel works, by a test', async () => {
      await button('Send a test: admin@example.com').click();
      await shows('The test has arrived at admin@example.com.');
      expect(mail.mails.at(-1)?.to).toEqual(['admin@example.com']);
    });

    it('of a pull that failed, with what to do, until it is removed', async () => {
      const { id: transfer } = await stage.di.call<{ id: string }>('POST', '/v1/admin/transfers', {
        connection: stage.connection,
        table: 'Contact',
        object: 'Nowhere__c',
        mapping: [{ salesforceField: 'Name', column: 'email' }],
      });
      const { id: pull } = await stage.di.call<{ id: string }>('POST', '/v1/admin/pulls', { transfer });
      await expect.poll(() => incidents(), { timeout: 30_000, interval: 500 }).toBe(1);
      await stage.page.reload();
      await shows('Open the pull in DI Connect');
      await look('alerts-incident');
      await stage.di.call('DELETE', `/v1/admin/pulls/${pull}`);
      await button('Remove: https://hooks.example.com/di').click();
      await stage.page.getByRole('alert').getByRole('button', { name: 'Remove' }).click();
      await shows('https://hooks.example.com/di is removed.');
      await expect.poll(() => stage.page.locator('[data-row=webhook]').count()).toBe(0);
    });

    async function incidents(): Promise<number> {
      const found = await stage.di.call<{ incidents: object[] }>('GET', '/v1/admin/incidents?status=open');
      return found.incidents.length;
    }
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
