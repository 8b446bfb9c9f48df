import type { Locator, Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import { CATALOG } from '../../server/src/messages/catalog.ts';
import { messageOf } from '../../server/src/messages/message.ts';
import { soundsEnglish } from './screen-words.ts';

/** What following every link of a console led to. */
export interface Crawled {
  /** Screens that were shown, by the name that screens.js has for them. */
  readonly screens: ReadonlySet<string>;
  /** What the server says in English, where it stood on a screen. */
  readonly sentences: ReadonlySet<string>;
  /** Dead ends, each with the page that led there. */
  readonly faults: readonly string[];
}

/** An address, and that of a screen where it stands. */
interface Link {
  readonly from: string;
  readonly link: string;
}

/** A button that shows more of the page, and with it more links; nothing else is pressed. */
const CLOSED = 'main button[aria-expanded="false"]:not([role="combobox"])';
const CONSOLE = '/console';
/** All but the one that leads to the content of the same page. */
const LINK = 'a[href]:not(.skip)';
const SCREEN = 'main [data-screen]';

/**
 * Follows every link of every screen, from the one that is shown on, each address once and by a click. A screen that could
 * not be loaded, an address that no screen has, an answer that is no success and a complaint of the page are faults.
 *
 * @param seen is called where a screen is shown for the first time
 */
export async function crawl(
  page: Page,
  complaints: readonly string[],
  seen: (screen: string) => Promise<void> = () => Promise.resolve(),
): Promise<Crawled> {
  const crawler = new Crawler(page, complaints, seen);
  await crawler.follow();
  crawler.stop();
  return crawler;
}

/** Sentences of the server in which nothing is filled in: they are known in the middle of a text, too. */
const WHOLE_SENTENCES = Object.values(CATALOG).filter((sentence) => !sentence.includes('{'));
const isOfServer = (text: string): boolean =>
  soundsEnglish(text) ||
  messageOf(text.trim()) !== null ||
  WHOLE_SENTENCES.some((sentence) => text.includes(sentence));

class Crawler {
  readonly screens = new Set<string>();
  readonly sentences = new Set<string>();
  readonly faults: string[] = [];
  readonly #page: Page;
  readonly #seeing: (screen: string) => Promise<void>;
  readonly #complaints: readonly string[];
  readonly #open = new Set<Request>();
  readonly #refused: string[] = [];
  readonly #seen = new Set<string>();
  /** Complaints that were looked at. */
  #told = 0;

  constructor(page: Page, complaints: readonly string[], seen: (screen: string) => Promise<void>) {
    this.#page = page;
    this.#seeing = seen;
    this.#complaints = complaints;
    page.on('request', this.#noteRequest);
    page.on('requestfinished', this.#noteEnd);
    page.on('requestfailed', this.#noteEnd);
  }

  stop(): void {
    this.#page.off('request', this.#noteRequest);
    this.#page.off('requestfinished', this.#noteEnd);
    this.#page.off('requestfailed', this.#noteEnd);
  }

  async follow(): Promise<void> {
    const start = await this.#look('the start');
    const waiting = start.map((link) => ({ from: this.#page.url(), link }));
    for (let next = this.#nextOf(waiting); next; next = this.#nextOf(waiting)) {
      const { from, link } = next;
      this.#seen.add(link);
      if (!new URL(link).pathname.startsWith(CONSOLE)) {
        await this.#leave(from, link);
        continue;
      }
      await this.#reach(from);
      await this.#linkTo(new URL(link).hash).click();
      const found = await this.#look(from);
      waiting.push(...found.map((each) => ({ from: link, link: each })));
    }
  }

  /** A link that was not followed yet: one of the screen that is shown, where there is one, since going back costs a screen. */
  #nextOf(waiting: readonly Link[]): Link | undefined {
    const left = waiting.filter(({ link }) => !this.#seen.has(link));
    return left.find(({ from }) => from === this.#page.url()) ?? left[0];
  }

  /** Goes back to where a link stands, be it in a part of the page that is closed at first. */
  async #reach(page: string): Promise<void> {
    if (this.#page.url() !== page) await this.#page.goto(page);
    await this.#settle();
    await this.#openAll();
  }

  #linkTo(end: string): Locator {
    return this.#page.locator(`${LINK}[href$="${end}"]`).first();
  }

  /** Judges the screen that is shown; answers its links, whole. */
  async #look(from: string): Promise<string[]> {
    await this.#settle();
    await this.#openAll();
    const problems = await this.#page.locator('[data-problem]').allInnerTexts();
    await this.#judge(from, problems);
    const { origin } = new URL(this.#page.url());
    const links = await this.#page
      .locator(LINK)
      .evaluateAll((found) =>
        found.flatMap((each) => (each instanceof HTMLAnchorElement ? [each.href] : [])),
      );
    return links.filter((link) => new URL(link).origin === origin);
  }

  async #judge(from: string, problems: readonly string[]): Promise<void> {
    const { hash } = new URL(this.#page.url());
    const fault = (what: string): void => void this.faults.push(`${hash || 'start'}, from ${from}: ${what}`);
    const screen = (await this.#page.locator(SCREEN).getAttribute('data-screen')) ?? 'unknown';
    if (screen === 'unknown') fault('no such page');
    else if (!this.screens.has(screen)) {
      this.screens.add(screen);
      await this.#seeing(screen).catch((error: unknown) => {
        fault(error instanceof Error ? error.message : String(error));
      });
    }
    if ((await this.#page.locator('main h1').innerText()).trim() === '') fault('no heading');
    for (const problem of problems) fault(problem);
    for (const text of await this.#texts()) if (isOfServer(text)) this.sentences.add(text);
    for (const refused of this.#refused.splice(0)) fault(refused);
    for (const complaint of this.#complaints.slice(this.#told)) fault(complaint);
    this.#told = this.#complaints.length;
  }

  /** Texts of the screen as they stand in its elements. */
  #texts(): Promise<string[]> {
    return this.#page
      .locator('main *')
      .evaluateAll((elements) =>
        elements.flatMap((element) =>
          [...element.childNodes].flatMap((node) =>
            node.nodeName === '#text' ? [node.textContent ?? ''] : [],
          ),
        ),
      );
  }

  /** Follows a link that leads out of the console: a file, or a page in a window of its own. */
  async #leave(from: string, link: string): Promise<void> {
    await this.#reach(from);
    const { pathname, search } = new URL(link);
    const found = this.#linkTo(`${pathname}${search}`);
    const isWindow = (await found.getAttribute('target')) === '_blank';
    const fault = await (isWindow ? this.#openWindow(found) : this.#download(found));
    if (fault !== null) this.faults.push(`${link}, from ${from}: ${fault}`);
  }

  async #download(link: Locator): Promise<string | null> {
    const [file] = await Promise.all([this.#page.waitForEvent('download'), link.click()]);
    return file.failure();
  }

  async #openWindow(link: Locator): Promise<string | null> {
    const [page] = await Promise.all([this.#page.waitForEvent('popup'), link.click()]);
    await page.waitForLoadState();
    const headings = await page.locator('h1').allInnerTexts();
    await page.close();
    return headings.length === 1 ? null : 'no heading';
  }

  async #openAll(): Promise<void> {
    // Opening one may bring others, and one that stays closed is not pressed for ever.
    for (let left = 20; left > 0 && (await this.#page.locator(CLOSED).count()) > 0; left--) {
      await this.#page.locator(CLOSED).first().click();
      await this.#settle();
    }
  }

  /** The screen of the address is shown, and nothing is being fetched. */
  async #settle(): Promise<void> {
    await expect
      .poll(
        async () => {
          const { hash } = new URL(this.#page.url());
          const shown = this.#page.locator(`${SCREEN}[data-address="${hash}"]`);
          const loading = this.#page.locator('main [aria-busy="true"]');
          return (await shown.count()) === 1 && (await loading.count()) === 0 && this.#open.size === 0;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(true);
  }

  readonly #noteRequest = (request: Request): void => {
    this.#open.add(request);
  };

  readonly #noteEnd = (request: Request): void => {
    void request.response().then((response) => {
      this.#open.delete(request);
      if (response && response.status() >= 400)
        this.#refused.push(`${request.method()} ${request.url()} answered with ${response.status()}`);
    });
  };
}
