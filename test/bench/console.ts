import { setUpProject } from '../../scripts/demo/set-up.ts';
import { browserPath } from '../browser/browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from '../browser/console-stage.ts';
import { median, rounded, type Table } from './report.ts';

/** How long somebody waits for the console: the first time, after the password, and every time after that. */
export async function consoleLoads(rounds: number): Promise<Table> {
  if (browserPath() === null) return [{ milliseconds: 'not measured: there is no Chromium' }];
  const stage = await setConsoleStage();
  try {
    await setUpProject(stage.di);
    const times: { first: number; signIn: number; again: number }[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await loads(stage));
    const row = (what: string, name: 'first' | 'signIn' | 'again'): Record<string, string> => ({
      'usable after': what,
      milliseconds: rounded(median(times.map((each) => each[name]))),
    });
    return [
      row('the first load: asks who it is', 'first'),
      row('the password: Health', 'signIn'),
      row('any later load: Health', 'again'),
    ];
  } finally {
    await stage.close();
  }
}

async function loads({ page, url }: ConsoleStage): Promise<{ first: number; signIn: number; again: number }> {
  await page.context().clearCookies();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  const card = page.locator('[data-connection]');
  const first = await timed(async () => {
    await page.goto(`${url}/console#/health`);
    await button.waitFor();
  });
  await page.getByLabel('*E-mail', { exact: true }).fill(OWNER.email);
  await page.getByLabel('*Password', { exact: true }).fill(OWNER.password);
  const signIn = await timed(async () => {
    await button.click();
    await card.waitFor();
  });
  const again = await timed(async () => {
    await page.reload();
    await card.waitFor();
  });
  return { first, signIn, again };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
