import knex from 'knex';
import pg from 'pg';
import { searchIndexes } from '../../server/src/people/search-index.ts';
import type { Api } from './api.ts';
import { batchBody } from './records.ts';
import { percentile, rounded, type Table } from './report.ts';

const SEARCHES = 60;
/** Rows that are written after the index was made, and wait in its list when they are searched. */
const WAITING = 20_000;

interface Person {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
}

/** What is typed. */
const TEXTS: Readonly<Record<string, (person: Person) => string>> = {
  'two letters': (person) => person.last_name.slice(0, 2),
  'a last name': (person) => person.last_name,
  'both names': (person) => `${person.first_name} ${person.last_name}`,
  'an address begun': (person) => person.email.slice(0, 12),
};

/** People of 2,000 first names and 40,000 last ones, straight from SQL. */
const PEOPLE = `INSERT INTO TABLE_NAME (email, first_name, last_name, phone, description, "_salesforce_id", "_source_modstamp")
  SELECT substr(md5(n::text), 1, 8) || '.' || n || '@example.com', initcap(substr(md5((n % 2000)::text), 1, 6)),
    initcap(substr(md5((n % 40000)::text || 'l'), 1, 8)), '+1 514 555 0100', 'Met at the fair, number ' || n,
    '003' || lpad(n::text, 12, '0') || 'AAA', '2026-11-01T00:00:00Z'
  FROM generate_series($1::int, $2::int) n`;

/** How long people are looked for in tables of 19,000 to two million rows: with two letters, a whole name, the beginning of an address. */
export async function search(databaseUrl: string, api: Api, isQuick: boolean): Promise<Table> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const connection = knex({ client: 'pg', connection: databaseUrl });
  const rows: Record<string, string | number>[] = [];
  await pool.query(`TRUNCATE ${api.table}`);
  let filled = 0;
  for (const count of isQuick ? [19_000, 200_000] : [19_000, 500_000, 2_000_000]) {
    await pool.query(PEOPLE.replace('TABLE_NAME', api.table), [filled + 1, count]);
    filled = count;
    await pool.query(`VACUUM ANALYZE ${api.table}`);
    const job = searchIndexes({ knex: connection, pool });
    const signal = new AbortController().signal;
    await job.run(signal);
    const started = performance.now();
    const { made } = await job.run(signal);
    const seconds = made === 0 ? '' : rounded((performance.now() - started) / 1000, 1);
    rows.push({ 'rows in the table': count, 'index, s': seconds, ...(await timesOf(pool, api)) });
    if (made === 0) continue;
    for (let sent = 0; sent < WAITING; sent += 2000) await api.send(batchBody(60_000_000 + sent, 2000, 1));
    const waiting = `${count} and ${WAITING} new`;
    rows.push({ 'rows in the table': waiting, 'index, s': '', ...(await timesOf(pool, api)) });
    await pool.query(`DELETE FROM ${api.table} WHERE email LIKE 'person%'`);
  }
  await connection.destroy();
  await pool.end();
  return rows;
}

/** Milliseconds of searches for people of the table, p50 and p95. */
async function timesOf(pool: pg.Pool, api: Api): Promise<Record<string, string>> {
  const people = await pool.query<Person>(
    `SELECT first_name, last_name, email FROM ${api.table} WHERE email < '1' LIMIT ${String(SEARCHES)}`,
  );
  const times: Record<string, string> = {};
  for (const [name, textOf] of Object.entries(TEXTS)) {
    const taken: number[] = [];
    for (const person of people.rows) taken.push(await timeOf(api, textOf(person)));
    times[name] = `${rounded(percentile(taken, 0.5), 1)}, ${rounded(percentile(taken, 0.95), 1)}`;
  }
  return times;
}

async function timeOf(api: Api, text: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`${api.url}/v1/admin/persons/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  const { persons } = (await answer.json()) as { persons?: unknown[] };
  if (persons === undefined || persons.length === 0) throw new Error(`Nobody is found by ${text}.`);
  return performance.now() - started;
}
