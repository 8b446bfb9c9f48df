import iconv from 'iconv-lite';
import knexFactory from 'knex';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { normalizeTables } from '../../server/src/records/normalize-tables.ts';
import { startPostgres, type Postgres } from '../server/support/postgres.ts';
import { browserPath } from './browser.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';

const PROJECT = 'NEWS';

/** Names that a file spells in its own way, and rows that are told apart by their spelling alone. */
describe.skipIf(browserPath() === null)('in the console, an owner', () => {
  let postgres: Postgres;
  let stage: ConsoleStage;
  const { begin, button, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    postgres = await startPostgres();
    stage = await setConsoleStage('en-CA', {
      DATABASE_URL: postgres.url,
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 'k').toString('base64')}`,
    });
    await stage.di.call('POST', '/v1/admin/projects', {
      code: PROJECT,
      name: 'Newsletter',
      type: 'B',
      contacts: {
        primaryKey: ['email'],
        fields: [
          { name: 'email', label: 'E-mail', type: 'email', required: true },
          { name: 'first_name', label: 'First name', type: 'text' },
          { name: 'city', label: 'City', type: 'text' },
        ],
      },
    });
    await stage.di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
    await stage.di.call('POST', '/v1/admin/connections', { project: PROJECT, name: 'Production' });
    await stage.open('imports');
    await signIn();
    await heading('Imports');
  }, 240_000);
  afterAll(async () => {
    await stage.close();
    await postgres.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  it('is shown what names a file was read to hold, and reads it in what makes the right ones', async () => {
    await begin('New import');
    await stage.page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      // Of a few letters that most languages have: nobody can tell but whoever knows the people.
      buffer: iconv.encode('E-mail,First name,City\nona@example.com,Ona,Šiauliai\n', 'windows-1257'),
    });
    await button('Send the file').click();
    await heading('people.csv');
    const guess = stage.page.locator('[data-guess]');
    await guess.getByText(/The file is not UTF-8\. It is read as .*: are these right\?/).waitFor();
    await guess.getByText('Đ', { exact: false }).first().waitFor();
    await look('import-encoding');
    await button('Read as windows-1257').click();
    await guess.waitFor({ state: 'detached' });
    expect(await stage.page.getByLabel('Encoding', { exact: true }).inputValue()).toBe('windows-1257');
    await shows('Šiauliai');
    await stage.page.getByLabel('Encoding', { exact: true }).selectOption('cp775');
    await stage.page.getByText('Šiauliai').waitFor({ state: 'detached' });
    await stage.page.getByLabel('Encoding', { exact: true }).selectOption('windows-1257');
    await shows('Šiauliai');
    await button('Start').click();
    await stage.page.locator('[data-import-status=done]').waitFor({ timeout: 60_000 });
    const { rows } = await stage.di.call<{ rows: { city: string }[] }>(
      'GET',
      `/v1/admin/projects/${PROJECT}/tables/Contact/rows`,
    );
    expect(rows.map(({ city }) => city)).toEqual(['Šiauliai']);
  });

  it('sees rows that stand double on the project’s page, and how many on the health page', async () => {
    const knex = knexFactory({ client: 'pg', connection: postgres.url });
    await knex.raw(
      `INSERT INTO p_news."Contact" (email, first_name, _salesforce_id) VALUES
        ('Nora@Example.com', 'Nora', NULL), ('nora@example.com', 'Nora', '0035g00000LkXaBAAV'),
        ('Paul@Example.com', 'Paul', NULL), ('PAUL@example.com', 'Paul', NULL)`,
    );
    await knex('di.project_table').update({ is_normalized: false });
    await normalizeTables({ knex, connectionString: postgres.url }, pino({ level: 'silent' }));
    await knex.destroy();
    await stage.open('health');
    await link('2 duplicate rows').click();
    await heading('Newsletter');
    await shows('2 rows duplicate others, spelled differently');
    await shows('nora@example.com · 0035g00000LkXaBAAV');
    await look('project-duplicates');
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});
