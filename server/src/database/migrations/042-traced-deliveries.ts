import type { Migration } from './migration.ts';

/**
 * A delivery remembers the trace of the change that it comes from, as `traceparent` of W3C Trace Context, where the
 * transaction that changes a row says one: a server that sends no traces says none.
 */
export const tracedDeliveries: Migration = {
  name: '042-traced-deliveries',
  up: async (knex) => {
    await knex.raw(
      "ALTER TABLE di.delivery ADD COLUMN traceparent text DEFAULT nullif(current_setting('di.traceparent', true), '')",
    );
  },
};
