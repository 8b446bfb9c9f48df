import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type Postgres } from '../server/support/postgres.ts';
import { browserPath } from './browser.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';

const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** A project that is read by SQL, set up on the console in front of a real PostgreSQL. */
describe.skipIf(browserPath() === null)('on the screen of a project, an owner', () => {
  let postgres: Postgres;
  let stage: ConsoleStage;
  const { button, heading, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    postgres = await startPostgres();
    stage = await setConsoleStage('en-CA', { DATABASE_URL: postgres.url, ENCRYPTION_KEYS });
    await stage.di.call('POST', '/v1/admin/projects', {
      code: 'NEWS',
      name: 'Newsletter',
      type: 'AB',
      contacts: {
        primaryKey: ['email'],
        fields: [{ name: 'email', label: 'E-mail', type: 'email', required: true }],
      },
    });
    await stage.open('projects/NEWS');
    await signIn();
    await heading('Newsletter');
  }, 240_000);
  afterAll(async () => {
    await stage.close();
    await postgres.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  const copied = async (name: string): Promise<string> =>
    (await stage.page.locator(`[data-copy=${name}]`).textContent()) ?? '';

  async function answersAs(user: string, password: string): Promise<unknown> {
    const { hostname, port, pathname } = new URL(postgres.url);
    const client = new pg.Client({
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user,
      password,
    });
    await client.connect();
    const { rows } = await client.query('SELECT count(*)::int AS people FROM "Contact"');
    await client.end();
    return rows;
  }

  it('is told that the tables have to be built first', async () => {
    await shows('Nobody reads this project by SQL.');
    await button('Give access').click();
    await shows('Build the tables of the project first.');
  });

  it('gives access by SQL, and sees the password once', async () => {
    await button('Build').click();
    await shows('The tables are built.');
    await button('Give access').click();
    const line = stage.page.locator('[data-copy=sql-line]');
    await line.getByText('psql "host=HOST dbname=DATABASE user=p_news_reader"').waitFor();
    expect(await answersAs(await copied('sql-user'), await copied('sql-password'))).toEqual([{ people: 0 }]);
    expect(await stage.page.getByText('Nobody reads this project by SQL.').count()).toBe(0);
    await look('sql-role');
    await stage.page.reload();
    await line.waitFor();
    expect(await stage.page.locator('[data-copy=sql-password]').count()).toBe(0);
  });

  it('makes a new password, with which the one before ends', async () => {
    await button('New password').click();
    await shows('The password in use ends at once.');
    await stage.page.getByRole('alert').getByRole('button', { name: 'New password' }).click();
    await stage.page.locator('[data-copy=sql-password]').waitFor();
    const first = await copied('sql-password');
    await button('New password').click();
    await stage.page.getByRole('alert').getByRole('button', { name: 'New password' }).click();
    await expect.poll(() => copied('sql-password')).not.toBe(first);
    const user = await copied('sql-user');
    expect(await answersAs(user, await copied('sql-password'))).toEqual([{ people: 0 }]);
    await expect(answersAs(user, first)).rejects.toThrow('password authentication failed');
  });

  it('takes the access away', async () => {
    await button('Take access away').click();
    await look('sql-role-asked');
    await stage.page.getByRole('alert').getByRole('button', { name: 'Take access away' }).click();
    await shows('The access is taken away.');
    await shows('Nobody reads this project by SQL.');
  });

  it('never meets a fault of the page', () => {
    expect(stage.complaints).toEqual([]);
  });
});
