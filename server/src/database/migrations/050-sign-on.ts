import type { Migration } from './migration.ts';

/**
 * People sign in by an identity provider. Somebody is known by what the provider calls them for good, never by their address
 * (OpenID Connect Core 1.0, 5.7); a sign-on on its way is known by the hash of its state.
 */
export const signOn: Migration = {
  name: '050-sign-on',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.user_identity (
        issuer text NOT NULL,
        subject text NOT NULL,
        user_id uuid NOT NULL UNIQUE REFERENCES di."user" ON DELETE CASCADE,
        connected_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (issuer, subject)
      );
      CREATE TABLE di.sign_on_request (
        state_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        sealed_request text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX sign_on_request_expires_at ON di.sign_on_request (expires_at)`);
  },
};
