import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { freePort } from '../server/support/free-port.ts';
import { ROOT } from './compile/components.ts';
import { startBrowser } from './browser.ts';
import { serveScreens, type Screens } from './screens.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';
const PICTURES = path.join(ROOT, 'build/screens');

/** Everything an admin's path needs: the API on its embedded database, an org with the package, its screens, a browser. */
export interface Stage {
  readonly api: RunningServer;
  readonly di: DiConnect;
  readonly salesforce: Salesforce;
  readonly page: Page;
  /** Says what the page complained about; a screen that works complains about nothing. */
  readonly complaints: readonly string[];
  /** Opens a tab of the app. */
  open(tab: string, language?: string): Promise<void>;
  /** Takes a picture for people to look at, in build/screens. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Sets the stage. The org may call the API at its own address only. */
export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-screens-'));
  const port = await freePort();
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: folder,
    ADMIN_TOKEN: ADMIN,
    LOG_LEVEL: 'silent',
  });
  const api = await startServer(config, pino({ level: 'silent' }));
  const org = await startOrg([api.url]);
  const salesforce = await org.connect();
  const screens = await serveScreens({ url: org.url, token: salesforce.token });
  const browser = await startBrowser();
  const complaints: string[] = [];
  const page = await newPage(browser, complaints);
  mkdirSync(PICTURES, { recursive: true });
  return {
    api,
    di: new DiConnect(api.url, ADMIN),
    salesforce,
    page,
    complaints,
    open: async (tab, language = 'en_US') => {
      await page.goto(`${screens.url}/lightning/n/${tab}?language=${language}`);
    },
    picture: async (name) => {
      await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
    },
    close: () => strike({ browser, screens, org, api, folder }),
  };
}

async function newPage(browser: Browser, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 860 },
    timezoneId: 'America/Toronto',
    locale: 'en-CA',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // What Apex refuses is answered as 400, and shown by the screen.
    if (message.type() === 'error' && !message.text().includes('status of 400'))
      complaints.push(message.text());
  });
  return page;
}

async function strike(stage: {
  browser: Browser;
  screens: Screens;
  org: OrgProcess;
  api: RunningServer;
  folder: string;
}): Promise<void> {
  await stage.browser.close();
  await stage.screens.close();
  await stage.org.stop();
  await stage.api.close();
  rmSync(stage.folder, { recursive: true });
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
