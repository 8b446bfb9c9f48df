import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Files of a worker share what they import, a fifth of their time otherwise: a file leaves no mock, timer or setting behind. */
const shared = { isolate: false };
/** The server's passwords cost a thousandth where tests make and sign in hundreds of users; only passwords.ts asks so. */
const cheapPasswords = {
  find: /^\.\/password-cost\.ts$/,
  replacement: path.join(import.meta.dirname, 'test/server/support/password-cost.ts'),
};
/** Files of these are given databases of one PostgreSQL, and leave nothing behind. */
const withDatabase = {
  alias: [cheapPasswords],
  globalSetup: 'test/server/support/postgres-of-the-run.ts',
  setupFiles: 'test/server/support/leftovers.ts',
};
/** A slow machine takes its time. */
const TEST_TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // With the usual 16 MB a tenth of a worker's time goes into collecting what lives as long as a test.
    execArgv: ['--max-semi-space-size=64'],
    projects: [
      {
        test: {
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          ...shared,
          ...withDatabase,
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'scripts',
          include: ['test/scripts/**/*.test.ts'],
          ...shared,
          testTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'local-org',
          include: [
            'test/local-org/**/*.test.ts',
            'test/guest/**/*.test.ts',
            'test/hostile-orgs/**/*.test.ts',
          ],
          ...shared,
          testTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...shared,
          ...withDatabase,
          setupFiles: [withDatabase.setupFiles, 'test/browser/leftovers.ts'],
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/upgrade/**/*.test.ts', 'test/simulation/**/*.test.ts'],
          ...shared,
          ...withDatabase,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
