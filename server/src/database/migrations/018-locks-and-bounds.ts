import type { Migration } from './migration.ts';

/**
 * Locks that readers by SQL cannot take: a table for each project table, made with its definition, and one each for
 * taking up deployments and for renewing functions. And the browser that an authorization is bound to.
 */
export const locksAndBounds: Migration = {
  name: '018-locks-and-bounds',
  up: async (knex) => {
    await knex.raw('CREATE SCHEMA IF NOT EXISTS di_lock');
    await knex.raw('CREATE TABLE di_lock.deployment_claim ()');
    await knex.raw('CREATE TABLE di_lock.function_renewal ()');
    await knex.raw(`
      CREATE FUNCTION di.make_table_lock() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('CREATE TABLE IF NOT EXISTS di_lock.%I ()', NEW.id);
        RETURN NULL;
      END $$`);
    await knex.raw(`
      DO $$
      DECLARE it record;
      BEGIN
        FOR it IN SELECT id FROM di.project_table LOOP
          EXECUTE format('CREATE TABLE di_lock.%I ()', it.id);
        END LOOP;
      END $$`);
    await knex.raw(`
      CREATE TRIGGER make_table_lock AFTER INSERT ON di.project_table
      FOR EACH ROW EXECUTE FUNCTION di.make_table_lock()`);
    await knex.raw('ALTER TABLE di.authorization_request ADD COLUMN browser_hash bytea');
  },
};
