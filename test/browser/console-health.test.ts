import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserPath } from './browser.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';
import { authorizeAsPlugin, type Org } from './plugin.ts';

const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName'];
const ANN = ['003000000000001AAA', '2026-11-20T10:00:00.000Z', 'ann@example.com', 'Ann'];
const NOBODY = ['003000000000002AAA', '2026-11-20T10:00:00.000Z', 'no address', 'Nobody'];
const EMAIL = { salesforceField: 'Email', column: 'email' };
const LAST_NAME = { salesforceField: 'LastName', column: 'last_name' };

/** What somebody who runs it sees when something goes wrong, and that it is gone with its cause. */
describe.skipIf(browserPath() === null)('in the console, an owner', () => {
  let stage: ConsoleStage;
  let plugin: Org;
  let connection: string;
  let transfer: string;
  const { button, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setConsoleStage();
    await setUp();
    await stage.open('health');
    await signIn();
    await heading('Health');
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
    await stage.pictureOfFailure('health');
  });

  async function setUp(): Promise<void> {
    const { di } = stage;
    await di.call('POST', '/v1/admin/projects', {
      code: 'NEWS',
      name: 'Newsletter',
      type: 'A',
      contacts: {
        primaryKey: ['email'],
        fields: [
          { name: 'email', type: 'email', required: true },
          { name: 'last_name', type: 'text', length: 80 },
        ],
      },
    });
    await di.call('POST', '/v1/admin/projects/NEWS/build');
    const keys = await di.call<{ id: string; keyId: string; secret: string }>(
      'POST',
      '/v1/admin/connections',
      { project: 'NEWS', name: 'Production' },
    );
    connection = keys.id;
    const made = await di.call<{ id: string }>('POST', '/v1/admin/transfers', {
      connection,
      table: 'Contact',
      object: 'Contact',
      mapping: [EMAIL, LAST_NAME],
    });
    transfer = made.id;
    await di.call('POST', `/v1/admin/transfers/${transfer}/activate`);
    plugin = await authorizeAsPlugin(stage.url, keys.keyId, keys.secret);
  }

  const verdict = async (name: string) => {
    await stage.open('health');
    await stage.page.reload();
    await stage.page.locator(`[data-connection=Production][data-verdict=${name}]`).waitFor();
  };
  const failure = (kind: string) => stage.page.locator(`[data-failure=${kind}]`);

  it('is asked before a field that Salesforce sends leaves the mapping', async () => {
    expect(await plugin.offer('Contact', 'Contact', FIELDS, [ANN])).toBe(200);
    await verdict('in-step');
    await stage.open(`transfers/${transfer}`);
    const field = stage.page.getByLabel('Salesforce field for last_name', { exact: true });
    await expect.poll(() => field.inputValue()).toBe('LastName');
    await field.fill('');
    await field.blur();
    await button('Save the mapping').click();
    await stage.page.locator('[data-lost-fields]').getByText('Salesforce sends LastName').waitFor();
    await look('transfer-lost-field');
    await button('Cancel').click();
    await expect.poll(() => field.inputValue()).toBe('LastName');
    await field.fill('');
    await field.blur();
    await button('Save the mapping').click();
    await button('Save all the same').click();
    await shows('The mapping is saved.');
  });

  it('sees that batches are refused, why, and where that is fixed', async () => {
    expect(await plugin.offer('Contact', 'Contact', FIELDS, [ANN])).toBe(422);
    await verdict('refusing');
    await failure('batch').getByText('Not mapped in DI: LastName').waitFor();
    await look('health-refusing');
    await link('Open the transfer').click();
    await heading('Contact into Contact');
    await stage.open(`connections/${connection}`);
    await failure('batch').getByText('Not mapped in DI: LastName').waitFor();
    await look('connection-failures');
  });

  it('sees that all is well once it is fixed and something was taken', async () => {
    await stage.di.call('PUT', `/v1/admin/transfers/${transfer}/mapping`, { mapping: [EMAIL, LAST_NAME] });
    expect(await plugin.offer('Contact', 'Contact', FIELDS, [ANN])).toBe(200);
    await verdict('in-step');
    expect(await failure('batch').count()).toBe(0);
    await look('health-in-step');
  });

  it('sees a rejected record once, however often it was tried, until it is stored', async () => {
    await plugin.offer('Contact', 'Contact', FIELDS, [NOBODY]);
    await plugin.offer('Contact', 'Contact', FIELDS, [NOBODY]);
    await verdict('rejecting');
    await failure('record').getByText('1 record of Contact → Contact could not be stored').waitFor();
    await plugin.offer('Contact', 'Contact', FIELDS, [[...NOBODY.slice(0, 2), 'bob@example.com', 'Bob']]);
    await verdict('in-step');
  });

  it('sees what waits in Salesforce for a transfer that is not there yet', async () => {
    await plugin.offer('Lead', 'Lead', FIELDS, [ANN]);
    await verdict('held');
    await failure('held').getByText('Lead → Lead waits in Salesforce').waitFor();
    await look('health-held');
    await button('Acknowledge: Lead → Lead waits in Salesforce').click();
    await shows('It counts no longer.');
    await failure('held').waitFor({ state: 'detached' });
    await verdict('in-step');
  });

  it('never met a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
