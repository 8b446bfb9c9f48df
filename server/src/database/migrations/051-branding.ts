import type { Migration } from './migration.ts';

/** Opt-ins stand in an order that somebody chose, in languages; a project's pages look like whoever sends its mails. */
export const branding: Migration = {
  name: '051-branding',
  up: async (knex) => {
    await knex.raw(`
      ALTER TABLE di.opt_in
        ADD COLUMN position integer NOT NULL DEFAULT 0,
        ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
      CREATE TABLE di.branding (
        project_id uuid PRIMARY KEY REFERENCES di.project ON DELETE CASCADE,
        branding jsonb NOT NULL
      )`);
  },
};
