import type { Migration } from './migration.ts';

/**
 * How often somebody has called, counted for all copies of the server. A crash of the database may forget it: nothing is
 * written to its log. The shape is that of rate-limiter-flexible; a key is a digest.
 */
export const sharedLimits: Migration = {
  name: '041-shared-limits',
  up: async (knex) => {
    await knex.raw(`
      CREATE UNLOGGED TABLE di.rate_limit (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      );
      CREATE INDEX rate_limit_expire ON di.rate_limit (expire)`);
  },
};
