import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';

/** A marketer's and an admin's whole path through the console, on the real API, each step from where the one before ended. */
describe.skipIf(browserPath() === null)('in the console, an owner', () => {
  let stage: ConsoleStage;
  beforeAll(async () => {
    stage = await setConsoleStage();
  }, 180_000);
  afterAll(() => stage.close());

  // A step that follows a failed one would only fail of it.
  let hasFailed = false;
  beforeEach(({ skip }) => {
    skip(hasFailed, 'an earlier step failed');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    hasFailed = true;
    await stage.picture('failed');
  });

  const button = (name: string | RegExp) => stage.page.getByRole('button', { name, exact: true });
  const link = (name: string) => stage.page.getByRole('link', { name, exact: true });
  const shows = (text: string | RegExp) => stage.page.getByText(text).first().waitFor();
  const heading = (name: string | RegExp) => stage.page.getByRole('heading', { name, level: 1 }).waitFor();
  const fill = (label: string, text: string) => stage.page.getByLabel(label, { exact: true }).fill(text);

  /** A screen looked at: what axe says, and pictures. */
  async function look(name: string): Promise<void> {
    await expectAccessible(stage.page);
    await stage.picture(name);
  }

  async function signIn(password = OWNER.password): Promise<void> {
    await fill('*E-mail', OWNER.email);
    await fill('*Password', password);
    await button('Sign in').click();
  }

  it('is asked who it is, and told that a password is wrong', async () => {
    await stage.open('projects');
    await button('Sign in').waitFor();
    await look('sign-in');
    await signIn('not the password of anybody');
    await shows('The address or the password is not right.');
  });

  it('signs in, and is where the address says', async () => {
    await signIn();
    await heading('Projects');
    await shows('No project yet');
    await look('projects-empty');
  });

  it('finds on the first screen what is to be done first', async () => {
    await stage.page.getByRole('navigation', { name: 'Console' }).getByText('Health').click();
    await shows('No connection yet');
    await look('health-empty');
  });

  it('creates a project, sees what a build will do, and builds', async () => {
    await stage.open('projects');
    await button('New project').click();
    await fill('*Name', 'Newsletter');
    await fill('*Code', 'NEWS');
    await look('project-new');
    await button('Create').click();
    await heading('Newsletter');
    await shows('Create table Contact:');
    await look('project-plan');
    await button('Build').click();
    await shows('The tables are built.');
    await stage.page.getByRole('cell', { name: 'Built', exact: true }).waitFor();
  });

  it('adds a field, and sees it wait for a build', async () => {
    await link('Contacts').click();
    await button('Add a field').click();
    await fill('*Name', 'age');
    await stage.page.getByLabel('Type', { exact: true }).selectOption('integer');
    await button('Save').click();
    await shows('The definition has changed');
    await look('table');
    await link('Build the tables').click();
    await shows('Add Contact.age:');
    await button('Build').click();
    await shows('The tables are built.');
  });

  it('is told in plain words what a build refuses', async () => {
    await stage.di.call('PATCH', '/v1/admin/projects/NEWS/tables/Contact/fields/age', { type: 'date' });
    await stage.page.reload();
    await shows('Nothing can be built while any step would lose data');
    await look('build-refused');
    expect(await button('Build').count()).toBe(0);
    await stage.di.call('PATCH', '/v1/admin/projects/NEWS/tables/Contact/fields/age', { type: 'integer' });
  });
});
