// The pictures of the README and the guides, from the running demo, so that they stay true.
//   npm run pictures
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../test/browser/browser.ts';
import { OWNER, PROJECT } from '../demo/set-up.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, 'docs/images');
const PORTS = { api: '3990', org: '3991', watch: '3992', screens: '3993' };
const CONSOLE = `http://127.0.0.1:${PORTS.api}/console`;
/** Bytes that a picture of the documentation may have. */
const LARGEST = 150_000;

const SCREENS: readonly { readonly name: string; readonly open: (page: Page) => Promise<void> }[] = [
  { name: 'console-health', open: (page) => at(page, 'health', '[data-verdict]') },
  { name: 'console-project', open: (page) => at(page, `projects/${PROJECT}`, 'td') },
  { name: 'console-rows', open: (page) => at(page, `projects/${PROJECT}/Contact/rows`, 'td') },
  {
    name: 'console-connection',
    open: async (page) => {
      await at(page, 'connections', 'th a');
      await page.locator('tbody th a').first().click();
      await page.locator('[data-copy=keyId]').waitFor();
    },
  },
  {
    name: 'console-transfer',
    open: async (page) => {
      await at(page, 'transfers', 'th a');
      await page.locator('tbody th a').first().click();
      await page.locator('[data-status]').waitFor();
    },
  },
  {
    name: 'watch',
    open: async (page) => {
      await page.goto(`http://127.0.0.1:${PORTS.watch}`);
      await page.locator('#row dd').first().waitFor();
      await page.getByLabel('Phone').fill('555-0199');
      await page.getByRole('button', { name: 'Save in Salesforce' }).click();
      await page.locator('li[data-place=table]').waitFor();
      await page.getByRole('button', { name: 'Unsubscribe with one click' }).click();
      await page.locator('li[data-place=delivery]', { hasText: 'arrived' }).waitFor();
      await page.evaluate(() => {
        window.scrollTo(0, document.body.scrollHeight);
      });
    },
  },
];

const demo = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', 'scripts/demo/main.ts'],
    ...['--port', PORTS.api, '--org-port', PORTS.org],
    ...['--watch-port', PORTS.watch, '--screens-port', PORTS.screens],
  ],
  { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  await readiness(demo);
  await takePictures();
} finally {
  demo.kill('SIGTERM');
}

/** Resolves when the demo has shown what landed and stays up; rejects where it ends before. */
function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Ctrl+C stops everything.')) resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`The demo ended with code ${code ?? 'none'}:\n${printed}`));
    });
  });
}

async function takePictures(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 720 },
      locale: 'en-CA',
      timezoneId: 'America/Toronto',
    });
    await page.goto(CONSOLE);
    await page.getByLabel('*E-mail', { exact: true }).fill(OWNER.email);
    await page.getByLabel('*Password', { exact: true }).fill(OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('h1', { hasText: 'Home' }).waitFor();
    for (const { name, open } of SCREENS) {
      await open(page);
      const file = path.join(FOLDER, `${name}.png`);
      await page.screenshot({ path: file });
      const { size } = statSync(file);
      console.log(`docs/images/${name}.png  ${Math.round(size / 1000)} kB`);
      if (size > LARGEST) throw new Error(`${name}.png is too large for the documentation.`);
    }
  } finally {
    await browser.close();
  }
}

/** Opens a screen and waits until it shows something. */
async function at(page: Page, address: string, shown: string): Promise<void> {
  await page.goto(`${CONSOLE}#/${address}`);
  await page.locator(shown).first().waitFor();
  await page.locator('section[aria-busy=false]').first().waitFor();
}
