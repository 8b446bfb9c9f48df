import { afterAll, expect } from 'vitest';
import { openContexts } from './browser.ts';

// Set up before a file's own hooks, and so run after them: the next file gets the browser as this one did.
afterAll(() => {
  expect(openContexts(), 'contexts that the file left open in the browser').toBe(0);
});
