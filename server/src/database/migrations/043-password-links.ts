import type { Migration } from './migration.ts';

/**
 * Whoever is invited chooses their own password by a link, and so does whoever has forgotten theirs; sessions are told apart, so
 * that each can be ended.
 */
export const passwordLinks: Migration = {
  name: '043-password-links',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.password_link (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL UNIQUE REFERENCES di."user" ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('invitation', 'reset')),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX password_link_expires_at ON di.password_link (expires_at);
      ALTER TABLE di."user" ALTER COLUMN password_hash DROP NOT NULL;
      ALTER TABLE di.session
        ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
        ADD COLUMN signed_in_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN browser text;
      CREATE INDEX session_user_id ON di.session (user_id)`);
  },
};
