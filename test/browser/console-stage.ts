import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { buildConsole } from '../../scripts/build-console/build-console.ts';
import { readConfig } from '../../server/src/config.ts';
import { startServer } from '../../server/src/server.ts';
import { freePort } from '../server/support/free-port.ts';
import { inTheDark } from './accessibility.ts';
import { guardAnswers } from './answer-guard.ts';
import { aloneInRun } from '../server/support/postgres.ts';
import { startServerDatabase } from '../server/support/server-database.ts';
import { sharedBrowser } from './browser.ts';
import { ARE_PICTURES_ASKED, takePicture } from './pictures.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';
/** Widths that people have: a laptop's, and a telephone's. */
const WIDTHS = { wide: 1440, narrow: 390 };

export const OWNER = { email: 'owner@example.com', password: 'correct horse battery staple' };

/** The server with its console, an account's owner, and a browser. */
export interface ConsoleStage {
  readonly url: string;
  /** The API as the operator calls it, for the owner's account. */
  readonly di: DiConnect;
  /** The API as the operator calls it for whichever account. */
  readonly operator: DiConnect;
  readonly page: Page;
  /** What the page complained about; one that works complains about nothing. */
  readonly complaints: readonly string[];
  /** Opens a screen by its address after the `#`. */
  open(address: string): Promise<void>;
  /** Takes pictures for people to look at, wide and narrow, in build/screens, where PICTURES asks for them. */
  picture(name: string): Promise<void>;
  /** Takes a picture of what failed. */
  pictureOfFailure(name: string): Promise<void>;
  close(): Promise<void>;
}

const SCREEN = '[data-screen]';
const LEFT = '[data-left]';
const markLeft = (screens: Element[]): void => {
  for (const screen of screens) screen.setAttribute('data-left', '');
};

/**
 * Builds the console where its source has changed, starts the server, and opens a browser of some language.
 *
 * @param owner null for an installation where nobody is; its account is then the one that there is by itself
 */
export async function setConsoleStage(
  locale = 'en-CA',
  environment: NodeJS.ProcessEnv = {},
  owner: typeof OWNER | null = OWNER,
): Promise<ConsoleStage> {
  await aloneInRun(buildConsole);
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-console-'));
  const port = await freePort();
  const database = await startServerDatabase();
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: folder,
    ADMIN_TOKEN: ADMIN,
    LOG_LEVEL: 'silent',
    ...database.environment,
    ...environment,
  });
  const server = await startServer(config, pino({ level: 'silent' }));
  const operator = new DiConnect(server.url, ADMIN);
  const account =
    owner &&
    (await operator.call<{ id: string }>('POST', '/v1/operator/accounts', {
      name: 'Marketing',
      owner: { ...owner, name: 'Owner' },
    }));
  const complaints: string[] = [];
  const page = await newPage(locale, complaints);
  await guardAnswers(page, server.url);
  return {
    url: server.url,
    di: account ? new DiConnect(server.url, ADMIN, account.id) : operator,
    operator,
    page,
    complaints,
    open: async (address) => {
      const next = `${server.url}/console#/${address}`;
      const isElsewhere = page.url() !== next;
      if (isElsewhere) await page.locator(SCREEN).evaluateAll(markLeft);
      await page.goto(next);
      // The screen before stands until the code of the next is there, and takes what is typed until then.
      await page.locator(LEFT).waitFor({ state: 'detached' });
    },
    picture: async (name) => {
      if (!ARE_PICTURES_ASKED) return;
      for (const [kind, width] of Object.entries(WIDTHS)) {
        await page.setViewportSize({ width, height: 860 });
        await takePicture(page, `console-${name}-${kind}`);
        await inTheDark(page, () => takePicture(page, `console-${name}-${kind}-dark`));
      }
      await page.setViewportSize({ width: WIDTHS.wide, height: 860 });
    },
    pictureOfFailure: (name) => takePicture(page, `console-failed-${name}`),
    close: async () => {
      await page.context().close();
      await server.close();
      await database.stop();
      rmSync(folder, { recursive: true });
    },
  };

  async function newPage(language: string, faults: string[]): Promise<Page> {
    const browser = await sharedBrowser();
    const context = await browser.newContext({
      viewport: { width: WIDTHS.wide, height: 860 },
      timezoneId: 'America/Toronto',
      locale: language,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const opened = await context.newPage();
    opened.setDefaultTimeout(45_000);
    opened.on('pageerror', (error) => faults.push(error.message));
    opened.on('console', (message) => {
      // A refused call is answered so, and shown by the screen.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
    });
    return opened;
  }
}
