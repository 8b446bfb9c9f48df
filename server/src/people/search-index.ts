import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type pg from 'pg';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../database/identifiers.ts';
import { knexSession } from '../database/session.ts';
import { checkEnding } from '../jobs/interrupted.ts';
import type { ScheduledJob } from '../jobs/scheduled-jobs.ts';
import { CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { filledColumns, nameColumns, searchedWords } from './searched-columns.ts';

/** Rows from which on looking through all of a table takes longer than people like to wait. */
const MANY_ROWS = 20_000;
/** Rows, and their share of a table, that are written between two looks at most where the table is not being loaded. */
const CALM = { rows: 10_000, share: 0.02 };
/** Named by the table's id, as all its indexes are. */
const indexName = (tableId: string): string => `search_${tableId}`;
/**
 * What is written waits in a list of the index, which searches read too, and which the job empties into it: many words at once cost
 * a fraction of what each costs by itself, and no batch pays for it. The bound, in kB, is one that no minute of writes reaches.
 */
const LISTED = 'fastupdate = on, gin_pending_list_limit = 1000000';

/**
 * Sees to it that people are found by name in large tables of contacts, too: by an index of the words, made beside the writes.
 * Small tables need none, and their batches do not pay for one; nor does a load: the index is made after it.
 *
 * @param many rows from which on a table has one
 */
export function searchIndexes(
  { knex, pool }: { readonly knex: Knex; readonly pool: pg.Pool },
  many = MANY_ROWS,
): ScheduledJob {
  const isCalm = calmTables();
  return {
    name: 'search-indexes',
    schedule: '* * * * *',
    run: async (ending) => {
      let made = 0;
      const tables = await contactsTables(knex, many);
      const filled = await filledColumns(
        knexSession(knex),
        tables.map(({ id }) => id),
      );
      for (const table of tables) {
        checkEnding(ending);
        const words = searchedWords(table, nameColumns(table, filled), null);
        if (words === null) continue;
        const wanted = wantedIndex(table, words);
        const isLoaded = isCalm(table);
        if (table.indexed === wanted) await emptyList(knex, table);
        else if (isLoaded) {
          await makeIndex(pool, table, words, wanted);
          made += 1;
        }
      }
      return { tables: tables.length, made };
    },
  };
}

interface ContactsTable extends BuiltTable {
  readonly schemaName: string;
  /** What the index that there is was made for; null where there is none, or one that was not finished. */
  readonly indexed: string | null;
  readonly rowCount: number;
  /** Rows that were written since the database counts them. */
  readonly written: number;
}

/** Tells by two looks at a table whether it is being loaded. */
function calmTables(): (table: ContactsTable) => boolean {
  const writtenBefore = new Map<string, number>();
  return ({ id, rowCount, written }) => {
    const before = writtenBefore.get(id);
    writtenBefore.set(id, written);
    return before !== undefined && written - before <= Math.max(CALM.rows, rowCount * CALM.share);
  };
}

/** Those of many rows, and those that were, and have an index. */
async function contactsTables(knex: Knex, many: number): Promise<ContactsTable[]> {
  const { rows } = await knex.raw<{ rows: (Omit<ContactsTable, keyof BuiltTable> & FoundTable)[] }>(
    `SELECT * FROM (
       SELECT t.id, t.name, t.built, p.schema_name AS "schemaName", r.reltuples::float8 AS "rowCount",
         (pg_stat_get_tuples_inserted(r.oid) + pg_stat_get_tuples_updated(r.oid))::float8 AS written,
         (SELECT obj_description(i.indexrelid, 'pg_class') FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = n.oid AND c.relname = 'search_' || t.id
          WHERE i.indisvalid) AS indexed
       FROM di.project_table t
       JOIN di.project p ON p.id = t.project_id AND p.archived_at IS NULL
       JOIN pg_namespace n ON n.nspname = p.schema_name
       JOIN pg_class r ON r.relnamespace = n.oid AND r.relname = t.built->>'code'
       WHERE t.built->>'code' = ? AND t.archived_at IS NULL) found
     WHERE "rowCount" >= ? OR indexed IS NOT NULL`,
    [CONTACTS, many],
  );
  return rows.map(({ built, ...table }) => ({ ...built, ...table }));
}

interface FoundTable {
  readonly id: string;
  readonly name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'>;
}

/** What an index is made for, to be told from another: its columns, and the types that they have. */
function wantedIndex(table: ContactsTable, words: string): string {
  const fields = table.fields.map(({ id, name, type }) => `${id} ${name} ${type}`).join('\n');
  return createHash('sha256').update(`${words}\n${fields}\n${LISTED}`).digest('hex');
}

const qualifiedName = ({ id, schemaName }: ContactsTable): string =>
  `${quoteIdentifier(schemaName)}.${quoteIdentifier(indexName(id))}`;

async function emptyList(knex: Knex, table: ContactsTable): Promise<void> {
  await knex.raw('SELECT gin_clean_pending_list(?::text::regclass)', [qualifiedName(table)]);
}

/** An index of a large table takes longer than a statement else may; writes go on meanwhile. */
async function makeIndex(pool: pg.Pool, table: ContactsTable, words: string, wanted: string): Promise<void> {
  const owner = quoteTable(table.schemaName, table.code);
  const name = quoteIdentifier(indexName(table.id));
  const client = await pool.connect();
  let error: Error | undefined;
  try {
    await client.query('SET statement_timeout = 0');
    await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${qualifiedName(table)}`);
    await client.query(
      `CREATE INDEX CONCURRENTLY ${name} ON ${owner} USING gin ((${words})) WITH (${LISTED})`,
    );
    await client.query(`COMMENT ON INDEX ${qualifiedName(table)} IS ${quoteLiteral(wanted)}`);
    // What is known of the words: without it a planner takes each of them for as frequent as any other.
    await client.query(`ANALYZE ${owner}`);
    await client.query('RESET statement_timeout');
  } catch (failure) {
    error = failure instanceof Error ? failure : new Error(String(failure));
    throw failure;
  } finally {
    // A session that failed may still have no time limit: it is closed.
    client.release(error);
  }
}
