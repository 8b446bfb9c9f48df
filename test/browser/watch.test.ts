import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveWatch, type Served } from '../../scripts/demo/watch/watch-server.ts';
import { setUpWayBack } from '../../scripts/demo/way-back.ts';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { consoleSteps } from './console-steps.ts';
import { setOrgStage, type OrgStage } from './org-stage.ts';

const ANA = { Email: 'ana@example.com', FirstName: 'Ana', LastName: 'Silva', Phone: '555-0100' };

/** The demo's page, on the real API and a local org: what it tells is what both sides know. */
describe.skipIf(browserPath() === null)('who watches one contact', () => {
  let stage: OrgStage;
  let watch: Served;
  const { button, heading, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgStage();
    const { optInField } = await setUpWayBack(stage.di, stage.salesforce, stage.org.url, stage.connection);
    await stage.salesforce.createAll('Contact', [ANA]);
    const shown = { di: stage.di, salesforce: stage.salesforce, optInField };
    watch = await serveWatch({ ...shown, consoleUrl: `${stage.url}/console`, orgUrl: stage.org.url }, 0);
    await stage.page.goto(watch.url);
    await side('row', 'phone', '555-0100');
  }, 240_000);
  afterAll(async () => {
    await watch.close();
    await stage.close();
  });

  const step = (place: string, text: string) =>
    stage.page.locator(`li[data-place=${place}]`, { hasText: text }).first().waitFor({ timeout: 40_000 });
  const side = (id: string, name: string, text: string) =>
    stage.page.locator(`#${id} dd[data-name=${name}]`, { hasText: text }).waitFor({ timeout: 40_000 });

  it('sees a change go from Salesforce through outbox and batch into the table', async () => {
    await stage.page.getByLabel('Phone').fill('555-0199');
    await button('Save in Salesforce').click();
    await step('salesforce', 'Phone: “555-0100” → “555-0199”');
    await step('outbox', 'sent, and deleted');
    await step('batch', '1 applied');
    await step('table', 'phone: “555-0100” → “555-0199”');
    await side('row', 'phone', '555-0199');
  });

  it('sees what the person says go to Salesforce', async () => {
    await button('Opt in').click();
    await step('consent', 'never asked → granted');
    await side('fields', 'DI_newsletter__c', 'true');
    await button('Unsubscribe with one click').click();
    await step('consent', 'granted → withdrawn');
    await side('fields', 'HasOptedOutOfEmail', 'true');
    await step('delivery', 'arrived');
    await expectAccessible(stage.page);
    await stage.picture('watch');
  });

  it('is not answered where another site asks', async () => {
    const answer = await fetch(`${watch.url}/contacts/003000000000001AAA/unsubscribe`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
  });

  it('finds the same travel in the console, on the record’s screen', async () => {
    await stage.page.getByRole('link', { name: 'Open in the console' }).click();
    await signIn();
    await heading('Ana Silva');
    await shows('Newsletter: Granted → Withdrawn');
    await shows('Contact saved');
    await look('record-travel');
    expect(stage.complaints).toEqual([]);
  });
});
