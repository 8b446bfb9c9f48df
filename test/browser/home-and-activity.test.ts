import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../../scripts/demo/set-up.ts';
import { browserPath } from './browser.ts';
import { OWNER } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';
import { fillAccount } from './filled-account.ts';
import { setOrgStage, type OrgStage } from './org-stage.ts';

const NEWCOMER = { email: 'newcomer@example.com', name: 'Newcomer', password: OWNER.password };
const MANY = 60;
const LONG = `Org${'OfADepartmentThatHasALongName'.repeat(5)}`;

/** Where somebody begins, and where they look when they ask what became of something. */
describe.skipIf(browserPath() === null)('in the console, home and the activity', () => {
  let stage: OrgStage;
  const { button, choose, fill, heading, link, look, shows } = consoleSteps(() => stage);
  const part = (name: string) => stage.page.locator(`[data-part=${name}]`);
  const row = (mark: string) => stage.page.locator(`tr[data-row="${mark}"]`);
  const sideways = (): Promise<number> =>
    stage.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  beforeAll(async () => {
    stage = await setOrgStage();
    await stage.operator.call('POST', '/v1/operator/accounts', { name: 'New', owner: NEWCOMER });
    await fillAccount(stage);
    await sendChange();
    await stage.open('home');
  }, 300_000);
  afterAll(() => stage.close());

  // A step that follows a failed one would only fail of it.
  let hasFailed = false;
  beforeEach(({ skip }) => {
    skip(hasFailed, 'an earlier step failed');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    await stage.pictureOfFailure('home');
  });

  /** A row's change goes to its record, and an item that the org refuses fails. */
  async function sendChange(): Promise<void> {
    const { di, connection } = stage;
    const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
      ...{ connection, table: 'Contact', object: 'Contact', name: 'Names', operations: ['updated'] },
      mapping: [{ salesforceField: 'FirstName', column: 'first_name' }],
      matching: { by: 'record-id' },
    });
    await di.call('POST', `/v1/admin/integrations/${id}/activate`);
    await di.call(
      'PATCH',
      `/v1/admin/projects/${PROJECT}/tables/Contact/rows/ana@example.com?overridesSalesforce=true`,
      { first_name: 'Anna' },
    );
    const { actions } = await di.call<{ actions: { id: string }[] }>('GET', '/v1/admin/actions');
    await di.call('POST', `/v1/actions/${actions[0]?.id}`, { items: [{ mail: 'no.name@example.com' }] });
    await vi.waitFor(
      async () => {
        const { activity } = await di.call<{ activity: { outcome: string }[] }>('GET', '/v1/admin/activity');
        const outcomes = new Set(activity.map(({ outcome }) => outcome));
        if (!outcomes.has('updated') || !outcomes.has('failed')) throw new Error('It is not sent yet.');
      },
      { timeout: 60_000, interval: 200 },
    );
  }

  async function enter({ email, password }: { email: string; password: string }): Promise<void> {
    await stage.page.context().clearCookies();
    await stage.page.reload();
    await fill('*E-mail', email);
    await fill('*Password', password);
    await button('Sign in').click();
    await heading('Home');
  }

  it('leads somebody new from step to step', async () => {
    await enter(NEWCOMER);
    await shows('0 of 10 steps done');
    expect(await part('set-up').locator('[aria-current=step]').getAttribute('data-step')).toBe('table');
    await part('needs').getByText('Nothing needs you').waitFor();
    await look('home-empty');
    await link('Open the projects').click();
    await heading('Projects');
  });

  it('folds what is set up, and shows what needs somebody with the place where it is done', async () => {
    await stage.open('home');
    await enter(OWNER);
    await part('set-up').getByText('Setting up is complete').waitFor();
    expect(await part('set-up').getAttribute('open')).toBeNull();
    await shows(/1 item of Contact of a form was not carried out/);
    await stage.page.getByRole('img', { name: /to Salesforce [1-9]\d* sent/ }).waitFor();
    await part('spending').getByText('Tests and previews').waitFor();
    await link('Open the action').click();
    await heading(/Contact of a form/);
  });

  it('compares both sides', async () => {
    await stage.open('home');
    await part('sides').getByRole('button', { name: 'Compare now: Contact and Contact' }).click();
    await part('sides')
      .getByText(/^(The same.*|\d+ differ)$/)
      .waitFor();
    await look('home');
  });

  it('says what was sent of a row, field by field', async () => {
    await stage.open('activity');
    await heading('Activity');
    await row('delivery-done').first().getByText('1 field').click();
    await row('delivery-done').first().getByText('Anna').waitFor();
    await look('activity');
    for (const kind of ['action-failed', 'import-done']) await row(kind).first().waitFor();
  });

  it('is searched and filtered, as the address keeps it', async () => {
    await choose('Status', 'Failed');
    await expect.poll(() => stage.page.locator('tbody tr').count()).toBe(1);
    await stage.page.reload();
    await row('action-failed').waitFor();
    expect(await stage.page.locator('tbody tr').count()).toBe(1);
    await row('action-failed')
      .getByRole('button', { name: /Send again/ })
      .click();
    await shows('1 is sent again.');
    // What is typed before the answer to the last choice is there stays.
    let answer: () => void = () => undefined;
    const isTyped = new Promise<void>((resolve) => (answer = resolve));
    await stage.page.route(/\/activity\?/, async (route) => {
      await isTyped;
      await route.continue();
    });
    await choose('Status', 'All');
    await fill('A whole key, address or record Id', 'ana@example.com');
    answer();
    await stage.page.unroute(/\/activity\?/);
    await expect.poll(() => new URL(stage.page.url()).hash).toContain('search=ana');
    await expect.poll(() => row('import-done').count()).toBe(0);
    await row('delivery-done').first().waitFor();
    await fill('A whole key, address or record Id', 'nobody@example.com');
    await shows('No row holds that. Search for less, or show all.');
    await look('activity-nothing');
  });

  it('speaks French', async () => {
    await button('Français').click();
    await heading('Activité');
    await fill('Clé, adresse ou Id d’enregistrement, en entier', '');
    await row('delivery-done').first().waitFor();
    await look('activity-french');
    await stage.open('home');
    await heading('Accueil');
    await part('sides')
      .getByText(/^(Identiques.*|\d+ différences)$/)
      .waitFor();
    await look('home-french');
    await button('English').click();
    await heading('Home');
  });

  it('has room for many connections', async () => {
    for (let number = 0; number < MANY; number += 1)
      await stage.di.call('POST', '/v1/admin/connections', { project: PROJECT, name: `${LONG}${number}` });
    await stage.page.reload();
    await shows(`${MANY + 2 - 7} more connections`);
    await look('home-full');
    await stage.page.setViewportSize({ width: 390, height: 860 });
    expect(await sideways()).toBe(0);
    await stage.open('activity');
    await row('delivery-done').first().waitFor();
    expect(await sideways()).toBe(0);
    await stage.page.setViewportSize({ width: 1440, height: 860 });
    expect(stage.complaints).toEqual([]);
  });

  it('says when the server does not answer, and goes on when it does', async () => {
    await stage.page.route('**/v1/admin/health', (route) => route.abort());
    await stage.open('home');
    await heading('Home');
    await stage.page.getByRole('button', { name: 'Try again' }).waitFor();
    await look('home-away');
    await stage.page.unroute('**/v1/admin/health');
    await stage.page.getByRole('button', { name: 'Try again' }).click();
    await part('needs').waitFor();
  });
});
