import type { Migration } from './migration.ts';

/**
 * All work is held alike: `lease` says by whom, `leased_until` for how long, and neither says when work is due or was done
 * last. Jobs by schedule are rows that are held like the others, instead of a queue of their own.
 */
export const oneLease: Migration = {
  name: '030-one-lease',
  up: async (knex) => {
    await knex.raw('DROP SCHEMA IF EXISTS di_jobs CASCADE');
    await knex.raw(`
      CREATE TABLE di.scheduled_job (
        name text PRIMARY KEY,
        -- Of cron: where it is no longer the job's, the next run is another one.
        schedule text NOT NULL,
        next_run_at timestamptz NOT NULL,
        -- Runs in a row that have failed.
        failures integer NOT NULL DEFAULT 0,
        lease uuid,
        leased_until timestamptz
      )`);
    await knex.raw('ALTER TABLE di.pull_run RENAME COLUMN lease_until TO leased_until');
    await knex.raw('ALTER TABLE di.pull_run ADD COLUMN lease uuid');
    await knex.raw('ALTER TABLE di.alert ADD COLUMN leased_until timestamptz');
    await knex.raw('ALTER TABLE di.delivery_channel ADD COLUMN served_at timestamptz');
    await knex.raw('UPDATE di.delivery_channel SET served_at = leased_until');
    await knex.raw('UPDATE di.delivery_channel SET leased_until = NULL WHERE lease IS NULL');
    // Null where it is due as soon as there is something to do.
    await knex.raw('ALTER TABLE di.import ADD COLUMN due_at timestamptz');
    await knex.raw('UPDATE di.import SET due_at = leased_until, leased_until = NULL WHERE lease IS NULL');
  },
};
