import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from './compile/components.ts';

const FOLDER = path.join(ROOT, 'build/screens');

/** Whether somebody asked for pictures of what goes well: taking one costs as much processor as all of a step's tests. */
export const ARE_PICTURES_ASKED = process.env.PICTURES !== undefined;

/** Takes a picture of a whole page for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true });
}
