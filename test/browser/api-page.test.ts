import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../server/support/test-server.ts';
import { expectAccessible, expectReadable, inTheDark } from './accessibility.ts';
import { browserPath, sharedBrowser } from './browser.ts';
import { ARE_PICTURES_ASKED, takePicture } from './pictures.ts';

/** The description of the API, as people read it. */
describe.skipIf(browserPath() === null)('the page of the API', () => {
  let server: TestServer;
  let http: Server;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    http = server.app.listen(0, '127.0.0.1');
    await new Promise((resolve) => http.once('listening', resolve));
    const context = await (await sharedBrowser()).newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/docs`);
    await page.getByRole('heading', { name: /DI Connect/ }).waitFor();
  });
  afterAll(async () => {
    await page.context().close();
    await new Promise((resolve) => http.close(resolve));
    await server.close();
  });

  it('is one that everybody can use, an endpoint opened and all, by day and in the dark', async () => {
    await page.locator('.opblock-summary-control').first().click();
    await page.locator('.opblock-body').first().waitFor();
    await expectAccessible(page);
    await expectReadable(page);
    if (ARE_PICTURES_ASKED) {
      await takePicture(page, 'api-page');
      await inTheDark(page, () => takePicture(page, 'api-page-dark'));
    }
    expect(complaints).toEqual([]);
  });
});
