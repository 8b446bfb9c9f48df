import type { Migration } from './migration.ts';

/** An import that waits for another try waits longer each time, until a portion is taken. */
export const triesOfImports: Migration = {
  name: '038-tries-of-imports',
  up: async (knex) => {
    await knex.raw('ALTER TABLE di.import ADD COLUMN attempts integer NOT NULL DEFAULT 0');
  },
};
