import type { Migration } from './migration.ts';

/**
 * A share of the org's API calls for each connection, and who spent how many. Integrations keep the shares of their own; a
 * connection starts with the largest of them, so that none stops sooner than before. What waits of consent has an index of
 * its own: it is looked for while a million rows wait for calls.
 */
export const apiBudget: Migration = {
  name: '020-api-budget',
  up: async (knex) => {
    await knex.raw('ALTER TABLE di.connection ADD COLUMN api_share double precision NOT NULL DEFAULT 0.8');
    await knex.raw(
      `UPDATE di.connection c SET api_share = greatest(c.api_share, s.share)
       FROM (SELECT connection_id, max((settings ->> 'apiShare')::float8) AS share FROM di.integration
             WHERE status <> 'archived' GROUP BY connection_id) s
       WHERE s.connection_id = c.id AND s.share IS NOT NULL`,
    );
    await knex.raw(
      `CREATE TABLE di.api_call_count (
         connection_id uuid NOT NULL REFERENCES di.connection (id) ON DELETE CASCADE,
         day date NOT NULL,
         producer text NOT NULL,
         calls bigint NOT NULL,
         PRIMARY KEY (connection_id, day, producer))`,
    );
    await knex.raw(
      `CREATE INDEX delivery_consent_due ON di.delivery (integration_id, due_at, id)
       WHERE state = 'pending' AND is_consent_changed`,
    );
  },
};
