import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** The first one has no windows to show pages in, and takes a third less for the same pages. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where the browser is: CHROMIUM names another one. Null where there is none. */
export function browserPath(): string | null {
  return process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place)) ?? null;
}

/** The browser of this process, once somebody asked for it. */
let shared: Promise<Browser> | null = null;
let running: Browser | null = null;

/**
 * The browser that files of tests share, which costs more to start than most files to run. Each file opens contexts of its
 * own in it, which know nothing of each other, and closes those; the browser ends with the process.
 */
export function sharedBrowser(): Promise<Browser> {
  shared ??= startBrowser().then((browser) => (running = browser));
  return shared;
}

/** How many contexts are open in the shared browser. */
export function openContexts(): number {
  return running?.contexts().length ?? 0;
}

/** Starts the machine's own browser, without a window and without a word to anybody outside. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error('There is no Chromium: apt-get install chromium.');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Each frame of a movement is painted by the processor.
      '--disable-smooth-scrolling',
      '--disable-threaded-animation',
    ],
  });
}
