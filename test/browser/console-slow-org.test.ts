import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** What is chosen while an org takes its time. */
describe.skipIf(browserPath() === null)('mapping in the console, of an org that is slow,', () => {
  let stage: OrgConsoleStage;
  const { button, heading, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgConsoleStage();
    await stage.open('transfers');
    await signIn();
    await heading('Transfers');
  }, 240_000);
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.open('transfers/new');
    await expect.poll(() => field('email').inputValue()).toBe('Email');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
    await stage.page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  const picker = (name: string) => stage.page.getByRole('combobox', { name });
  const field = (column: string) => picker(`Salesforce field for ${column}`);
  const option = (name: string | RegExp) => stage.page.getByRole('option', { name });

  /** Holds what the org says of an object back until it is let go. */
  async function held(object: string): Promise<{ readonly asked: Promise<void>; release(): void }> {
    let release = (): void => undefined;
    let tell = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const asked = new Promise<void>((resolve) => (tell = resolve));
    await stage.page.route(new RegExp(`/objects/${object}(?:\\?|$)`), async (route) => {
      tell();
      await released;
      await route.continue();
    });
    return { asked, release: () => release() };
  }

  async function choose(object: string): Promise<void> {
    await picker('Salesforce object').fill(object);
    await option(new RegExp(`^${object}$`)).click();
  }

  it('is of the object that was chosen last', async () => {
    const lead = await held('Lead');
    await choose('Lead');
    await lead.asked;
    await choose('Contact');
    lead.release();
    await button('Save as draft').click();
    await heading('Contact into Contact');
  });

  it('keeps a field whose parents were only looked at', async () => {
    await field('last_name').fill('account');
    await option(/^Account ID › …/).click();
    await option(/Account\.Name ·/).waitFor();
    await picker('Salesforce object').focus();
    expect(await field('last_name').inputValue()).toBe('Last Name');
  });

  it('offers the fields of the object again to who did not wait for those of a parent', async () => {
    const account = await held('Account');
    await field('last_name').fill('account');
    await option(/^Account ID › …/).click();
    await account.asked;
    await stage.page.keyboard.press('Escape');
    const answered = stage.page.waitForResponse(/\/objects\/Account/);
    account.release();
    await (await answered).finished();
    await field('last_name').fill('first name');
    await option(/^First Name/)
      .first()
      .waitFor();
  });

  it('never meets a fault of the page', () => {
    expect(stage.complaints).toEqual([]);
  });
});
