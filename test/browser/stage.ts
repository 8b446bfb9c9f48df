import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { freePort } from '../server/support/free-port.ts';
import { aloneInRun } from '../server/support/postgres.ts';
import { startServerDatabase } from '../server/support/server-database.ts';
import { buildVendor } from './compile/vendor.ts';
import { sharedBrowser } from './browser.ts';
import { ARE_PICTURES_ASKED, takePicture } from './pictures.ts';
import { serveScreens, type Screens } from './screens.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';

/** The API, an org with the package that may call it, and the org's screens. */
export interface Backstage {
  readonly api: RunningServer;
  readonly di: DiConnect;
  readonly salesforce: Salesforce;
  readonly screens: Screens;
  close(): Promise<void>;
}

/** Everything an admin's path needs: what is behind the screens, and a browser in front of them. */
export interface Stage extends Backstage {
  readonly page: Page;
  /** What the page complained about; a screen that works complains about nothing. */
  readonly complaints: readonly string[];
  /** Opens a tab of the app. */
  open(tab: string, language?: string): Promise<void>;
  /** Opens the page of a record. */
  openRecord(recordId: string, language?: string): Promise<void>;
  /** Takes a picture for people to look at, in build/screens, where PICTURES asks for it. */
  picture(name: string): Promise<void>;
  /** Takes a picture of what failed. */
  pictureOfFailure(name: string): Promise<void>;
}

/** Makes what a test needs in DI; answers folders of source that stand in the org beside the package. */
export type Preparation = (di: DiConnect) => Promise<readonly string[]>;

/** Starts what is behind the screens. The org may call the API at its own address only. */
export async function setBackstage(screensPort = 0, prepare?: Preparation): Promise<Backstage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-screens-'));
  const database = await startServerDatabase();
  const config = readConfig({
    PORT: String(await freePort()),
    DATA_DIR: folder,
    ADMIN_TOKEN: ADMIN,
    LOG_LEVEL: 'silent',
    ...database.environment,
  });
  const api = await startServer(config, pino({ level: 'silent' }));
  const di = new DiConnect(api.url, ADMIN);
  const org = await startOrg([api.url], 0, await prepare?.(di));
  const salesforce = await org.connect();
  await aloneInRun(buildVendor);
  const screens = await serveScreens({ url: org.url, token: salesforce.token }, screensPort);
  return {
    api,
    di,
    salesforce,
    screens,
    close: async () => {
      await screens.close();
      await org.stop();
      await api.close();
      await database.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sets the stage. */
export async function setStage(prepare?: Preparation): Promise<Stage> {
  const backstage = await setBackstage(0, prepare);
  const browser = await sharedBrowser();
  const complaints: string[] = [];
  const page = await newPage(browser, complaints);
  return {
    ...backstage,
    page,
    complaints,
    open: async (tab, language = 'en_US') => {
      await page.goto(`${backstage.screens.url}/lightning/n/${tab}?language=${language}`);
    },
    openRecord: async (recordId, language = 'en_US') => {
      await page.goto(`${backstage.screens.url}/lightning/r/${recordId}?language=${language}`);
    },
    picture: async (name) => {
      if (ARE_PICTURES_ASKED) await takePicture(page, name);
    },
    pictureOfFailure: (name) => takePicture(page, `failed-${name}`),
    close: async () => {
      await page.context().close();
      await backstage.close();
    },
  };
}

async function newPage(browser: Browser, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 860 },
    timezoneId: 'America/Toronto',
    locale: 'en-CA',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // What Apex refuses is answered as 400, and shown by the screen.
    if (message.type() === 'error' && !message.text().includes('status of 400'))
      complaints.push(message.text());
  });
  return page;
}

/** Gives the org's user a permission set of the package. */
export async function assign(salesforce: Salesforce, permissionSet: string): Promise<void> {
  const sets = await salesforce.connection.query<{ Id: string }>(
    `SELECT Id FROM PermissionSet WHERE Name = '${permissionSet}'`,
  );
  const users = await salesforce.connection.query<{ Id: string }>(
    "SELECT Id FROM User WHERE Username = 'admin@local.org'",
  );
  await salesforce.create('PermissionSetAssignment', {
    AssigneeId: users.records[0]?.Id,
    PermissionSetId: sets.records[0]?.Id,
  });
}
