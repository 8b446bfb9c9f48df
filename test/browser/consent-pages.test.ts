import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn, statusOf } from '../server/support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../server/support/test-server.ts';
import { expectAccessible, expectReadable } from './accessibility.ts';
import { browserPath, sharedBrowser } from './browser.ts';
import { ARE_PICTURES_ASKED, takePicture } from './pictures.ts';

const ANN = { email: 'ann@example.com' };

/** The pages that people reach by the links in their mails, on a telephone, in both languages. */
describe.skipIf(browserPath() === null)('the page of a link', () => {
  let server: TestServer;
  let scene: Scene;
  let http: Server;
  let origin: string;
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await admin(server, 'patch', `/v1/admin/projects/${scene.project}`).send({ name: 'Maison Tremblay' });
    await createOptIn(server, scene, 'newsletter', {
      name: 'Monthly newsletter',
      description: 'News of the house, once a month, and never more.',
    });
    await createOptIn(server, scene, 'offers', { name: 'Offers of our partners', isDouble: true });
    await createOptIn(server, scene, 'calls', {
      name: `Calls from our advisers about ${'very'.repeat(20)} long things`,
    });
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), ANN.email, 'Ann']] }).expect(200);
    await changeConsent(
      server,
      scene,
      ['newsletter', 'offers'].map((optIn) => ({ contact: ANN, optIn, status: 'granted' })),
    );
    http = server.app.listen(0, '127.0.0.1');
    await new Promise((resolve) => http.once('listening', resolve));
    origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    browser = await sharedBrowser();
  });
  afterAll(async () => {
    await new Promise((resolve) => http.close(resolve));
    await server.close();
  });

  const open = async (
    purpose: string,
    optIn: string | null,
    locale: string,
    more: object = {},
  ): Promise<void> => {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose, optIn, contacts: [ANN] })
      .expect(200);
    const { links } = answer.body as { links: { url: string }[] };
    page = await browser.newPage({ locale, viewport: { width: 390, height: 844 }, ...more });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(origin + new URL(links[0]?.url ?? '').pathname);
  };
  /** What is shown is accessible, and as wide as the telephone. */
  const look = async (name: string): Promise<string> => {
    await expectAccessible(page);
    await expectReadable(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
    if (ARE_PICTURES_ASKED) await takePicture(page, `consent-${name}`);
    return page.innerText('main');
  };

  it('unsubscribes by one button, says so, and undoes it', async () => {
    await open('unsubscribe', 'newsletter', 'en-CA');
    expect(await look('unsubscribe')).toContain(
      'no longer receive “Monthly newsletter” from Maison Tremblay',
    );
    await page.getByRole('button', { name: 'Unsubscribe', exact: true }).click();
    await page.getByRole('status').waitFor();
    expect(await look('unsubscribed')).toContain('You are unsubscribed');
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'You are subscribed again' }).waitFor();
    await look('undone');
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    await page.close();
  });

  it('lets somebody choose with the keyboard alone, in French and in the dark', async () => {
    await open('preferences', null, 'fr-CA', { colorScheme: 'dark' });
    expect(await look('preferences-fr-dark')).toContain('En attente de votre confirmation');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    for (let time = 0; time < 3; time++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await look('preferences-saved-fr-dark')).toContain('Vos choix ont été enregistrés');
    expect(await page.getByRole('checkbox', { name: 'Monthly newsletter' }).isChecked()).toBe(false);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    await page.close();
  });

  it('confirms by one button', async () => {
    await open('confirmation', 'offers', 'en-CA', { viewport: { width: 1280, height: 800 } });
    await look('confirmation-wide');
    await page.getByRole('button', { name: 'Yes, confirm' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBe('granted');
    await page.close();
  });

  it('says of a link that does not work what to do, and asks for nothing from elsewhere', async () => {
    page = await browser.newPage({ locale: 'fr', viewport: { width: 390, height: 844 } });
    await page.goto(`${origin}/u/nonsense`);
    expect(await look('broken-fr')).toContain('Ce lien ne fonctionne pas');
    await page.close();
    expect(requests.filter((url) => !url.startsWith(`${origin}/u/`))).toEqual([]);
  });
});
