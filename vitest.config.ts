import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Files of these are given databases of one PostgreSQL, and leave nothing behind. */
const withDatabase = {
  globalSetup: 'test/server/support/postgres-of-the-run.ts',
  setupFiles: 'test/server/support/leftovers.ts',
};

export default defineConfig({
  test: {
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          ...withDatabase,
          // A slow machine takes its time.
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      { test: { name: 'scripts', include: ['test/scripts/**/*.test.ts'] } },
      {
        test: {
          name: 'local-org',
          include: [
            'test/local-org/**/*.test.ts',
            'test/guest/**/*.test.ts',
            'test/hostile-orgs/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...withDatabase,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/upgrade/**/*.test.ts'],
          ...withDatabase,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
