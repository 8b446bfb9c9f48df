import type { Migration } from './migration.ts';

/** Deliveries are recorded by their ids, which had no index, so that each call's results read the whole outbox. */
export const costOfTheWayBack: Migration = {
  name: '015-cost-of-the-way-back',
  up: async (knex) => {
    await knex.raw('CREATE UNIQUE INDEX delivery_id ON di.delivery (id)');
  },
};
