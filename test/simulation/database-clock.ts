import pg from 'pg';

/**
 * Lets a database tell the simulation's time in place of the machine's: whoever calls now() or clock_timestamp() gets it, and
 * so do columns with a default. Copies of the database tell it too.
 */
export async function simulateDatabaseClock(client: pg.Client, now: number): Promise<void> {
  await client.query(`
    CREATE SCHEMA simulation;
    CREATE TABLE simulation.clock (at timestamptz NOT NULL);
    ALTER FUNCTION pg_catalog.now() RENAME TO machine_now;
    ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO machine_clock_timestamp;`);
  await client.query('INSERT INTO simulation.clock VALUES ($1)', [new Date(now)]);
  for (const name of ['now', 'clock_timestamp'])
    await client.query(`
      CREATE FUNCTION pg_catalog.${name}() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
      AS 'SELECT at FROM simulation.clock'`);
  await client.query(`
    DO $$ DECLARE known record; BEGIN
      -- In two parts, or Statements would take it for one of a statement's own.
      FOR known IN
        SELECT d.adrelid::regclass AS owner, a.attname AS name FROM pg_catalog.pg_attrdef d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE pg_catalog.pg_get_expr(d.adbin, d.adrelid)
          IN ('CURRENT_' || 'TIMESTAMP', 'machine_now()', 'machine_clock_timestamp()')
      LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT now()', known.owner, known.name);
      END LOOP;
    END $$`);
}

/** Moves a database's clock. */
export async function setDatabaseClock(client: pg.Client, now: number): Promise<void> {
  await client.query('UPDATE simulation.clock SET at = $1', [new Date(now)]);
}
