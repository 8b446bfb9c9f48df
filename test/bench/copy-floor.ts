import type pg from 'pg';
import { clusterTime } from './processor-time.ts';
import { FIELDS } from './records.ts';

type Field = (typeof FIELDS)[number] & { readonly length?: number; readonly picklist?: readonly string[] };

const NUMBER = String.raw`^[+-]?\d+(\.\d+)?$`;
/** What SQL looks for before it casts: a cast that fails would stop the whole file. */
const PATTERNS: Readonly<Record<string, string>> = {
  email: '^[^@[:space:]]+@([a-z0-9-]+[.])+[a-z0-9-]+$',
  date: String.raw`^\d{4}-\d{2}-\d{2}$`,
  timestamp: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.]\d{3}Z$`,
  integer: String.raw`^[+-]?\d+$`,
  decimal: NUMBER,
  boolean: '^(true|false)$',
};
const CASTS: Readonly<Record<string, string>> = {
  date: '::date',
  timestamp: '::timestamptz',
  integer: '::bigint',
  decimal: '::numeric',
  boolean: '::boolean',
};

/**
 * The least that a file's rows cost in the database itself, in seconds of a processor: COPY into an unlogged table of texts,
 * and one statement that checks each value as the import does, casts it and inserts the rows into a table like the project's.
 */
export async function copyFloor(pool: pg.Pool, table: string, file: string, rows: number): Promise<number> {
  const columns = FIELDS.map(({ name }) => name).join(', ');
  await pool.query(`
    DROP TABLE IF EXISTS copy_floor, copy_staging;
    CREATE TABLE copy_floor (LIKE ${table} INCLUDING ALL);
    CREATE UNLOGGED TABLE copy_staging (${FIELDS.map(({ name }) => `${name} text`).join(', ')})`);
  await pool.query('CHECKPOINT');
  const before = await clusterTime(pool);
  await pool.query(`COPY copy_staging FROM '${file}' WITH (FORMAT csv, HEADER)`);
  const written = await pool.query(`
    INSERT INTO copy_floor (${columns})
    SELECT ${FIELDS.map(valueOf).join(', ')} FROM copy_staging
    WHERE ${FIELDS.flatMap(checksOf).join(' AND ')}
    ON CONFLICT DO NOTHING`);
  const after = await clusterTime(pool);
  if (written.rowCount !== rows) throw new Error(`The floor wrote ${written.rowCount ?? 0} rows.`);
  await pool.query('DROP TABLE copy_floor, copy_staging');
  return after - before;
}

function valueOf({ name, type }: Field): string {
  const text = `nullif(btrim(${name}), '')`;
  if (type === 'email') return `lower(${text})`;
  if (type === 'multipicklist') return `string_to_array(${text}, ';')`;
  return `${text}${CASTS[type] ?? ''}`;
}

function checksOf({ name, type, length, picklist }: Field): string[] {
  const pattern = PATTERNS[type];
  return [
    ...(pattern === undefined ? [] : [`(${name} ~ '${pattern}')`]),
    ...(length === undefined ? [] : [`char_length(btrim(${name})) <= ${length}`]),
    ...(picklist === undefined ? [] : [`${name} IN (${picklist.map((each) => `'${each}'`).join(', ')})`]),
  ];
}
