import type { Migration } from './migration.ts';

/** Deliveries are counted by hour (UTC): home shows how they flow. Those that were counted by day only have no hour: −1. */
export const deliveriesByHour: Migration = {
  name: '047-deliveries-by-hour',
  up: async (knex) => {
    await knex.raw(`
      ALTER TABLE di.delivery_count ADD COLUMN hour smallint NOT NULL DEFAULT -1,
        DROP CONSTRAINT delivery_count_pkey, ADD PRIMARY KEY (integration_id, day, hour, outcome)`);
  },
};
