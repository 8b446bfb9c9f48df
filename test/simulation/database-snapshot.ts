import type pg from 'pg';

/** Schemas of the server's, and of the project's tables. */
const SCHEMAS = "'di', 'p_demo'";

/**
 * Notes what is in a database, to be brought back as often as it is wanted: rows are put back table by table, which takes a
 * tenth of the time of copying the database, and connections to it go on.
 */
export async function rememberDatabase(client: pg.Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA remembered;
    CREATE TABLE remembered.sequence (name regclass, last_value bigint, is_called boolean);
    DO $$ DECLARE known record; BEGIN
      FOR known IN ${RELATIONS} LOOP
        IF known.relkind = 'S' THEN
          EXECUTE format('INSERT INTO remembered.sequence SELECT %L, last_value, is_called FROM %s', known.name, known.name);
        ELSE
          EXECUTE format('CREATE TABLE remembered.%I AS TABLE %s', known.oid, known.name);
        END IF;
      END LOOP;
    END $$`);
}

/** Brings back what was noted. No trigger hears of it. */
export async function restoreDatabase(client: pg.Client): Promise<void> {
  await client.query(`
    BEGIN;
    SET LOCAL session_replication_role = replica;
    DO $$ DECLARE known record; BEGIN
      FOR known IN ${RELATIONS} AND relkind = 'r' LOOP
        EXECUTE format('DELETE FROM %s', known.name);
        EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE TABLE remembered.%I', known.name, known.oid);
      END LOOP;
    END $$;
    SELECT setval(name, last_value, is_called) FROM remembered.sequence;
    COMMIT`);
}

const RELATIONS = `
  SELECT c.oid, c.oid::regclass AS name, c.relkind FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN (${SCHEMAS}) AND c.relkind IN ('r', 'S')`;
