import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { PROJECT, setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

const TWICE = 'twice@example.com';
const NO_EMAIL = 'Salesforce field for No e-mail at all';
const OFFERS = 'Salesforce field for Opt-in: Offers';

/** An integration that carries consent, made by clicking, on the real API with its workers and a local org. */
describe.skipIf(browserPath() === null)('whoever sends consent to Salesforce from the console', () => {
  let stage: OrgConsoleStage;
  const { begin, button, choose, fill, heading, look, shows, signIn } = consoleSteps(() => stage);
  const people: Record<string, string> = {};
  beforeAll(async () => {
    stage = await setOrgConsoleStage();
    for (const [code, name] of [
      ['news', 'Newsletter'],
      ['offers', 'Offers'],
    ])
      await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code, name });
    for (const name of ['Ann', 'Ann again'])
      people[name] = await stage.salesforce.create('Contact', { LastName: name, Email: TWICE });
    people.lead = await stage.salesforce.create('Lead', { LastName: 'Ann', Company: 'A', Email: TWICE });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
      rows: [{ email: TWICE, last_name: 'Ann' }],
    });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
      changes: ['news', 'offers'].map((optIn) => ({ contact: { email: TWICE }, optIn, status: 'granted' })),
    });
    await stage.open('integrations');
    await signIn();
    await heading('Integrations');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  const make = async (object: string, name: string): Promise<void> => {
    await stage.open('integrations');
    await begin('New integration');
    await fill('*Name', name);
    await fill('*Salesforce object', object);
    await button('Save as draft').click();
    await heading(name);
  };
  const optedOut = async (object: string): Promise<boolean[]> => {
    const found = await stage.salesforce.connection.query<{ HasOptedOutOfEmail: boolean }>(
      `SELECT HasOptedOutOfEmail FROM ${object} WHERE Email = '${TWICE}'`,
    );
    return found.records.map((record) => record.HasOptedOutOfEmail);
  };
  const withdraw = (optIn: string): Promise<unknown> =>
    stage.di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
      changes: [{ contact: { email: TWICE }, optIn, status: 'withdrawn' }],
    });
  const waits = async (): Promise<number> => {
    const { deliveries } = await stage.di.call<{ deliveries: object[] }>('GET', '/v1/admin/deliveries');
    return deliveries.length;
  };

  it('is told whom it reaches and when Email Opt Out is set, and may choose otherwise', async () => {
    await make('Contact', 'Opt-outs of contacts');
    await shows('Who opts out is opted out on every record with the same value.');
    await shows('DI Connect never clears it.');
    const chosen = (label: string) => stage.page.getByLabel(label, { exact: true }).inputValue();
    expect(await chosen('Where several records are found')).toBe('all');
    expect(await chosen('Set when')).toBe('all');
    await look('integration-consent');
    await choose('Where several records are found', 'refuse');
    await shows('others with the same value keep receiving e-mail');
    await choose('The record is found by', 'record-id');
    await shows('other contacts or leads with the same address are not told');
    await look('integration-consent-one');
    await choose('The record is found by', 'lookup');
    await choose('Where several records are found', 'all');
  });

  const firstName = () =>
    stage.page.getByRole('combobox', { name: 'Salesforce field for first_name', exact: true });
  /** Has rows added to Salesforce, or no longer. */
  const newRecords = async (isAsked: boolean): Promise<void> => {
    await stage.page.getByText('a row is added', { exact: true }).click();
    await firstName().fill(isAsked ? 'FirstName' : '');
    await firstName().press('Tab');
  };
  /** A new contact needs a last name, which nothing fills. */
  const MISFIT = /LastName/;

  it('has checked what is on the screen, and reads no answer about anything else', async () => {
    const misfit = stage.page.locator('[data-checked]').getByText(MISFIT);
    await newRecords(true);
    await button('Check with the org').click();
    await misfit.waitFor();
    await look('integration-misfit');
    await newRecords(false);
    expect(await misfit.count()).toBe(0);
    await button('Check with the org').click();
    await shows('Everything fits the object.');
    await newRecords(true);
    expect(await stage.page.getByText('Everything fits the object.').count()).toBe(0);
  });

  it('chooses a checkbox among those that the org has', async () => {
    await stage.page.getByLabel(OFFERS, { exact: true }).fill('do not call');
    await stage.page.getByRole('option', { name: /DoNotCall/ }).click();
    expect(await stage.page.getByLabel(OFFERS, { exact: true }).inputValue()).toBe('Do Not Call');
    await look('integration-checkbox');
    await stage.page.getByLabel(OFFERS, { exact: true }).fill('');
    await stage.page.keyboard.press('Tab');
  });

  it('activates what is on the screen', async () => {
    await button('Activate').click();
    await stage.page.locator('[data-problem]').getByText(MISFIT).waitFor();
    await newRecords(false);
    expect(await stage.page.locator('[data-problem]').count()).toBe(0);
    await button('Activate').click();
    await shows('The integration is active.');
    await stage.page.reload();
    await heading('Opt-outs of contacts');
    expect(await stage.page.getByLabel(OFFERS, { exact: true }).inputValue()).toBe('Not mapped');
    expect(await stage.page.getByLabel(NO_EMAIL, { exact: true }).inputValue()).toBe('Email Opt Out');
    await button('Pause').waitFor();
  });

  it('keeps one topic apart from all e-mail, and reaches every record of the address', async () => {
    await make('Lead', 'Opt-outs of leads');
    await button('Activate').click();
    await shows('The integration is active.');
    await withdraw('news');
    await expect.poll(waits, { timeout: 30_000, interval: 200 }).toBe(0);
    expect([...(await optedOut('Contact')), ...(await optedOut('Lead'))]).toEqual([false, false, false]);
    await withdraw('offers');
    await expect.poll(() => optedOut('Contact'), { timeout: 30_000 }).toEqual([true, true]);
    await expect.poll(() => optedOut('Lead'), { timeout: 30_000 }).toEqual([true]);
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
