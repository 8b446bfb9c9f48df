import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/build-console/build-console.ts';
import { browserPath } from './browser.ts';
import { expectReadable } from './accessibility.ts';
import { OWNER } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';
import { crawl } from './crawl.ts';
import { fillAccount } from './filled-account.ts';
import { setOrgStage, type OrgStage } from './org-stage.ts';

const NEWCOMER = { email: 'newcomer@example.com', name: 'Newcomer', password: OWNER.password };
const LANGUAGES = ['en', 'fr'] as const;
/** What an empty account has a way to: the menu's places. */
const PLACES = [
  ...[
    'home',
    'health',
    'activity',
    'deliveries',
    'alerts',
    'projects',
    'connections',
    'transfers',
    'pulls',
    'integrations',
  ],
  ...['recordActions', 'sources', 'consent', 'persons', 'imports', 'users', 'keys', 'audit', 'password'],
];

/** Every link that the console shows, clicked where it stands. */
describe.skipIf(browserPath() === null)('every link of the console', () => {
  let stage: OrgStage;
  const { button, fill, heading, shows } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setOrgStage();
    await stage.operator.call('POST', '/v1/operator/accounts', { name: 'New', owner: NEWCOMER });
    await fillAccount(stage);
    await stage.open('health');
  }, 300_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  it.each(LANGUAGES)(
    'leads somewhere in an account without anything in it (%s)',
    async (language) => {
      await enter(NEWCOMER, language);
      const { faults, screens } = await crawl(stage.page, stage.complaints);
      expect(faults).toEqual([]);
      expect([...screens].sort()).toEqual([...PLACES].sort());
    },
    240_000,
  );

  it.each(LANGUAGES)(
    'leads to every screen in one with everything in it, which is readable in the dark (%s)',
    async (language) => {
      await enter(OWNER, language);
      const { faults, screens, sentences } = await crawl(stage.page, stage.complaints, async (screen) => {
        if (language === 'en') await expectReadable(stage.page);
        await stage.picture(`all-${screen}-${language}`);
      });
      expect(faults).toEqual([]);
      expect([...screens].sort()).toEqual(allScreens().sort());
      // Why something was refused is said in the language of the page.
      if (language === 'en') expect(sentences).not.toEqual(new Set());
      else expect(sentences).toEqual(new Set());
    },
    240_000,
  );

  it('is told from an address that no screen has', async () => {
    await enter(OWNER, 'en');
    await stage.open('projects/DEMO/Contact/no/such/page');
    await heading('There is no such page');
    await shows('projects/DEMO/Contact/no/such/page');
    await stage.page.locator('main').getByRole('link', { name: 'Home' }).click();
    await heading('Home');
    await stage.open('');
    await heading('Home');
  });

  it('never meets a fault of the page, nor a break of its policy', () => {
    expect(stage.complaints).toEqual([]);
  });

  /** Signs in anew, with the console in a language. */
  async function enter(who: { email: string; password: string }, language: 'en' | 'fr'): Promise<void> {
    await stage.page.context().clearCookies();
    await speak('en');
    await stage.open('health');
    await stage.page.reload();
    await fill('*E-mail', who.email);
    await fill('*Password', who.password);
    await button('Sign in').click();
    await heading('Health');
    await speak(language);
    await stage.page.reload();
    await stage.page.locator(`html[lang=${language}] h1`).waitFor();
  }

  async function speak(language: 'en' | 'fr'): Promise<void> {
    await stage.page.evaluate((chosen) => {
      localStorage.setItem('di-language', chosen);
    }, language);
  }
});

/** The names of the screens, but for the one that says that there is none. */
function allScreens(): string[] {
  const source = readFileSync(path.join(ROOT, 'server/console/modules/di/app/screens.js'), 'utf8');
  return [...source.matchAll(/^ {2}(\w+): \(\) =>/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'unknown');
}
