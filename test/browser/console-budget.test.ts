import type { Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setUpProject } from '../../scripts/demo/set-up.ts';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';

/** Bytes on their way, compressed as they are. */
const BUDGET = { scripts: 320_000, styles: 100_000 };

/** What the console may cost: bytes and calls, which are the same on every machine. How long it takes is for the bench. */
describe.skipIf(browserPath() === null)('the console', () => {
  let stage: ConsoleStage;
  let asked: Request[] = [];
  beforeAll(async () => {
    stage = await setConsoleStage();
    await setUpProject(stage.di);
    stage.page.on('request', (request) => asked.push(request));
  }, 180_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    asked = [];
  });

  const health = () => stage.page.locator('[data-connection="Local org"]').waitFor();
  const paths = (): string[] => asked.map((each) => `${each.method()} ${new URL(each.url()).pathname}`);
  const calls = (): string[] => paths().filter((path) => !path.includes('/assets/'));

  async function bytesOf(extension: string): Promise<number> {
    const files = asked.filter((each) => each.url().endsWith(extension));
    const sizes = await Promise.all(files.map(async (each) => (await each.sizes()).responseBodySize));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  it('comes compressed, in few bytes, under names that may be kept for ever', async () => {
    await stage.open('health');
    await stage.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await bytesOf('.js')).toBeLessThan(BUDGET.scripts);
    expect(await bytesOf('.css')).toBeLessThan(BUDGET.styles);
    for (const file of asked.filter((each) => each.url().includes('/assets/'))) {
      const headers = (await file.response())?.headers() ?? {};
      expect(headers['cache-control'], file.url()).toContain('immutable');
      const { responseBodySize } = await file.sizes();
      if (responseBodySize > 2000) expect(headers['content-encoding'], file.url()).toMatch(/^(br|gzip)$/);
    }
  });

  it('asks for its engine along with itself, and for the screen before it knows who is there', async () => {
    await stage.open('health');
    await stage.page.reload();
    await stage.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    const page = await stage.page.content();
    expect(page).toMatch(/<link rel="modulepreload" href="\/console\/assets\/vendor-/);
    const order = paths();
    const screen = order.findIndex((path) => path.includes('/healthScreen-'));
    expect(screen).toBeGreaterThan(-1);
    expect(screen).toBeLessThan(order.indexOf('GET /console/session'));
  });

  it('shows Health with two calls after the password, one after the other', async () => {
    await stage.page.getByLabel('*E-mail', { exact: true }).fill(OWNER.email);
    await stage.page.getByLabel('*Password', { exact: true }).fill(OWNER.password);
    await stage.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await health();
    expect(calls()).toEqual(['POST /console/session', 'GET /v1/admin/health']);
    expect(paths().filter((path) => path.includes('/assets/'))).toEqual([]);
  });

  it('fetches nothing but the page and two answers when it is opened again', async () => {
    await stage.page.reload();
    await health();
    expect(calls()).toEqual(['GET /console', 'GET /console/session', 'GET /v1/admin/health']);
    const fetched = await stage.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.includes('/assets/'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0),
    );
    expect(fetched).toBe(0);
  });
});
