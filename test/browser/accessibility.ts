import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/**
 * Throws what axe finds against WCAG 2.1 A and AA in what the page shows now. Salesforce's base components are judged as
 * well, as they are what people meet; what they alone are at fault for is left out by name.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const rules = Object.fromEntries(NOT_OURS.map((rule) => [rule, { enabled: false }]));
  await judge(page, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], rules });
}

/** Throws what axe finds hard to read in what the page shows now, to whose system wishes it dark. */
export async function expectReadable(page: Page): Promise<void> {
  await inTheDark(page, () => judge(page, { runOnly: ['color-contrast'] }));
}

/** Does something while the page is dark. */
export async function inTheDark(page: Page, work: () => Promise<void>): Promise<void> {
  await wish(page, 'dark');
  try {
    await work();
  } finally {
    await wish(page, null);
  }
}

async function wish(page: Page, colorScheme: 'dark' | null): Promise<void> {
  await page.emulateMedia({ colorScheme });
  // What changes its colour slowly has changed it; what turns for ever is not waited for. A wish is seen by the next frame.
  await page.evaluate(async () => {
    const transitions = (): Animation[] =>
      document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    do {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      await Promise.allSettled(transitions().map((transition) => transition.finished));
    } while (transitions().length > 0);
  });
}

async function judge(page: Page, options: object): Promise<void> {
  // A page holds it until it is loaded again.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (asked) => {
    const { axe } = window as unknown as {
      axe: { run(where: unknown, options: unknown): Promise<{ violations: Violation[] }> };
    };
    const result = await axe.run(document, asked);
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html }) => ({ html: html.slice(0, 300) })),
    }));
  }, options);
  if (violations.length > 0) throw new Error(describeViolations(violations));
}

/** Faults of the base components themselves, which Salesforce alone can mend. */
const NOT_OURS: readonly string[] = [];

function describeViolations(violations: readonly Violation[]): string {
  return violations
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `    ${html}`).join('\n')}`)
    .join('\n');
}
