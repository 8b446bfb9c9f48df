import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { setOrgConsoleStage, type OrgConsoleStage } from './console-org-stage.ts';
import { consoleSteps } from './console-steps.ts';

/** What comes in for records of an org, set up and followed in the console. */
describe.skipIf(browserPath() === null)('in the console, for records of an org, an owner', () => {
  let stage: OrgConsoleStage;
  const { button, choose, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgConsoleStage(['test/server/support/event-org']);
    await stage.open('connections');
    await signIn();
    await heading('Connections');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  describe('takes events', () => {
    let writeKey: string;

    it('with a write key that is shown once', async () => {
      await stage.open('sources');
      await button('Cancel').click();
      await shows('No source yet');
      await button('New source').click();
      await fill('*Name', 'Website');
      await button('Create').click();
      writeKey = await stage.page.locator('[data-copy=writeKey]').innerText();
      await look('sources');
      await link('Website').click();
      await heading('Website');
      await shows('Nothing has come yet.');
      expect(await stage.page.locator('[data-copy=writeKey]').count()).toBe(0);
      await look('source-empty');
    });

    it('and sees what became of them', async () => {
      await choose('A trait that the org has no field for', 'leave-out');
      await fill(
        'Sites whose pages may send events, one a line; any, where none is named',
        'www.example.com',
      );
      await button('Save').click();
      await stage.page.locator('[data-problem]').waitFor();
      await fill(
        'Sites whose pages may send events, one a line; any, where none is named',
        'https://www.example.com\nhttps://shop.example.com',
      );
      await button('Save').click();
      await shows('The source is saved.');
      await identify({ email: 'ana@example.com', lastName: 'Silva', company: 'Acme', shoeSize: 38 });
      await stage.page.reload();
      await stage.page.locator('tr[data-row=delivered]').waitFor();
      await look('source');
      const { records } = await stage.salesforce.connection.query(
        "SELECT LastName FROM Lead WHERE Email = 'ana@example.com'",
      );
      expect(records).toMatchObject([{ LastName: 'Silva' }]);
    });

    it('tries again what failed, once it is mended', async () => {
      await choose('A trait that the org has no field for', 'refuse');
      await button('Save').click();
      await shows('The source is saved.');
      await identify({ email: 'bo@example.com', lastName: 'Bo', company: 'Acme', shoeSize: 38 });
      await stage.page.reload();
      await stage.page.locator('tr[data-row=failed]').waitFor();
      await look('source-failed');
      await choose('A trait that the org has no field for', 'leave-out');
      await button('Save').click();
      await button('Try all failed ones again').click();
      await shows('1 is tried again.');
      await stage.page.locator('tr[data-row=delivered]').nth(1).waitFor();
    });

    it('no more with a key that was revoked', async () => {
      await button('Add a write key').click();
      await stage.page.locator('[data-copy=writeKey]').waitFor();
      await button(/^Revoke: /)
        .first()
        .click();
      await stage.page.getByRole('alert').getByRole('button', { name: 'Revoke' }).click();
      await shows('The key is revoked.');
      const answer = await post({ type: 'identify', userId: 'x', traits: {} });
      expect(answer.status).toBe(401);
    });

    async function identify(traits: object): Promise<void> {
      const answer = await post({
        type: 'identify',
        userId: 'somebody',
        traits,
        integrations: { Salesforce: true },
      });
      if (!answer.ok) throw new Error(await answer.text());
    }

    function post(event: object): Promise<Response> {
      return fetch(`${stage.url}/v1/identify`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(event),
      });
    }
  });

  describe('makes an action', () => {
    const part = (name: string, place: number) =>
      stage.page.locator(`[data-part=${name}] [data-place="${place}"]`);

    it('as a draft', async () => {
      await stage.open('recordActions');
      await shows('No action yet');
      await link('New action').click();
      await heading('New action');
      await fill('*Name', 'Contact of a form');
      await fill('*Salesforce object', 'Contact');
      await part('matchers', 1).getByLabel('*Salesforce field').fill('Description');
      await part('matchers', 1).getByLabel('*Where it is in the item').fill('mail');
      await part('mapping', 1).getByLabel('*Where it is in the item').fill('name');
      await button('Add a field').click();
      await part('mapping', 2).getByLabel('*Salesforce field').fill('Department');
      await part('mapping', 2).getByLabel('Gets').selectOption('text');
      await part('mapping', 2).getByLabel('*Value').fill('Web');
      await look('action-new');
      await button('Save as draft').click();
      await heading('Contact of a form');
    });

    it('that the org does not take, and learns why', async () => {
      await button('Check and activate').click();
      await shows('Salesforce cannot look for records by Description');
      await look('action-refused');
      // What is on the screen counts, saved or not.
      await part('matchers', 1).getByLabel('*Salesforce field').fill('Email');
      await button('Check and activate').click();
      await shows('The action is at work. Pause it to change it.');
      await look('action-active');
    });

    it('that does nothing where several records match, and says so', async () => {
      await stage.salesforce.createAll('Contact', [
        { LastName: 'One', Email: 'twin@example.com' },
        { LastName: 'Two', Email: 'twin@example.com' },
      ]);
      await call([
        { mail: 'twin@example.com', name: 'Twin' },
        { mail: 'new@example.com', name: 'New' },
      ]);
      await stage.page.reload();
      await stage.page.locator('tr[data-row=failed]').getByText('300').waitFor();
      await stage.page.locator('tr[data-row=delivered]').waitFor();
      await look('action-items');
      const { records } = await stage.salesforce.connection.query(
        "SELECT LastName, Department FROM Contact WHERE Email = 'new@example.com'",
      );
      expect(records).toMatchObject([{ LastName: 'New', Department: 'Web' }]);
    });

    it('that can be paused, changed and ended', async () => {
      await button('Pause').click();
      await shows('The action is paused');
      await choose('When', 'event');
      await choose('Event', 'track');
      await fill('Name of the event', 'Signed up');
      await button('Save').click();
      await stage.page.reload();
      await expect.poll(() => stage.page.getByLabel('Name of the event').inputValue()).toBe('Signed up');
      await look('action-event');
      await button('End it').click();
      await stage.page.getByRole('alert').getByRole('button', { name: 'End it' }).click();
      await shows('No action yet');
    });

    async function call(items: object[]): Promise<void> {
      const id = new URL(stage.page.url()).hash.split('/').at(-1) ?? '';
      await stage.di.call('POST', `/v1/actions/${id}`, { items });
    }
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
