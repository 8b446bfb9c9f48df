import { afterAll, expect } from 'vitest';
import { dropLeftovers } from './postgres.ts';

// Set up before a file's own hooks, and so run after them.
afterAll(async () => {
  expect(await dropLeftovers(), 'what the file left behind').toEqual([]);
});
